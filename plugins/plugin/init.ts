import { type CommandResult, type Context, FerryError, type InputOf, loadUserPlugin } from "../../src/mod.ts";
import type { init } from "./mod.ts";

/** Handler of `plugin init`. */
export default async function run(_context: Context, { args, flags }: InputOf<typeof init>): Promise<CommandResult> {
  const { name } = args;
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new FerryError("ARGUMENT_INVALID", `Plugin name "${name}" is not valid`, {
      hint: "use lower case words joined by hyphens",
    });
  }
  const folder = flags.folder ?? name;
  const { pluginFiles, writeAll } = await loadUserPlugin();
  const files = await pluginFiles(name, flags.types === true);
  if (flags.types !== true) {
    for (const path of files.keys()) {
      if (await Deno.stat(`${folder}/${path}`).catch(() => undefined) === undefined) continue;
      throw new FerryError("ARGUMENT_INVALID", `Folder "${folder}" has a file "${path}" already`, {
        hint: "choose another folder, or write the types alone with --types",
      });
    }
  }
  await writeAll(folder, files);
  const own = [...files.keys()].filter((path) => !path.startsWith("."));
  return {
    data: () => ({ name, folder, files: own }),
    text: () =>
      flags.types === true
        ? `Wrote types to ${folder}\n`
        : `Wrote ${folder}: ${own.join(", ")}\nTry it: ferry --plugin ${folder} ${name} count alpine\n`,
  };
}
