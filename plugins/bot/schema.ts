import { type CommandResult, loadYaml } from "../../src/mod.ts";
import { botForm } from "./file/form.ts";

/** Handler of `bot schema`. */
export default async function print(): Promise<CommandResult> {
  const yaml = await loadYaml();
  const schema = yaml.jsonSchemaOf(botForm(yaml), {
    title: "ferry bot file",
    description: "Scripts and rules of retention that ferry bot runs. Files of regbot are bot files.",
  });
  return { data: () => schema, text: () => `${JSON.stringify(schema, undefined, 2)}\n` };
}
