import { type CommandResult, type Context, FerryError, type InputOf, lines, loadLua } from "../../src/mod.ts";
import type { check } from "./mod.ts";
import { readFile } from "./run/open.ts";
import { readSource } from "./run/read_source.ts";

/** A script to look at. */
interface Source {
  readonly name: string;
  readonly text: string;
  /** Where the script's first line is, in which file. */
  readonly file?: string;
  readonly line?: number;
}

/** Handler of `bot check`. */
export default async function checkScripts(
  context: Context,
  { args, flags }: InputOf<typeof check>,
): Promise<CommandResult> {
  const sources: Source[] = [];
  if (flags.config !== undefined || args.files.length === 0) {
    const { path, scripts } = await readFile(context, flags);
    for (const { file = path, line, name, source } of scripts) {
      sources.push({ name, text: source, file, ...(line === undefined ? {} : { line }) });
    }
  }
  for (const file of args.files) sources.push({ name: file, text: await readSource(context, file) });
  const { Lua } = await loadLua();
  const lua = new Lua();
  const wrong = sources.flatMap((source) => {
    const message = lua.check(new TextEncoder().encode(source.text), source.name);
    return message === undefined ? [] : [{ name: source.name, message: place(source, message) }];
  });
  const result: CommandResult = {
    data: () => ({ scripts: sources.length, problems: wrong }),
    text: () => wrong.length > 0 ? "" : lines(sources.map(({ name }) => `${name}: ok`)),
  };
  if (wrong.length === 0) return result;
  return {
    ...result,
    error: new FerryError(
      "CONFIG_INVALID",
      `Scripts are not valid Lua:\n${wrong.map(({ message }) => `  ${message}`).join("\n")}`,
    ),
  };
}

/** The message with the place in the bot file in front, where that is known. */
function place({ file, line, name }: Source, message: string): string {
  const number = message.startsWith(`${name}:`) ? /^\d+/.exec(message.slice(name.length + 1))?.[0] : undefined;
  if (file === undefined || line === undefined || number === undefined) return message;
  return `${file}:${line + Number(number) - 1}: ${message}`;
}
