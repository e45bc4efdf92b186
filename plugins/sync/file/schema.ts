/**
 * The form of a sync file as JSON Schema.
 *
 * @module
 */
import { type JsonSchema, loadYaml } from "../../../src/mod.ts";
import { syncForm } from "./form.ts";

/** JSON Schema (draft 2020-12) of sync files, for editors. */
export async function syncSchema(): Promise<JsonSchema> {
  const yaml = await loadYaml();
  return yaml.jsonSchemaOf(syncForm(yaml), {
    title: "ferry sync file",
    description: "What ferry sync copies between registries, and when. Files of regsync are sync files.",
  });
}
