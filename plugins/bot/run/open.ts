/**
 * From a file to what its jobs share.
 *
 * @module
 */
import { type Context, FerryError, type OwnContext } from "../../../src/mod.ts";
import { readBotFile } from "../file/read.ts";
import type { BotFile } from "../file/types.ts";
import { createActionLimit } from "./action_limit.ts";
import { Changes } from "./changes.ts";
import { lazyLua } from "./lazy_lua.ts";
import type { PrintStream } from "./print_stream.ts";
import type { RunShared } from "./run_script.ts";

/** Flags that a file is read with. */
export interface FileFlags {
  readonly config: string | undefined;
  readonly strict: boolean | undefined;
}

/**
 * Reads the file that the flags name, and says what is odd about it.
 *
 * @throws {FerryError} ARGUMENT_MISSING, CONFIG_INVALID, IO, NOT_FOUND
 */
export async function readFile(context: Context, { config, strict }: FileFlags): Promise<BotFile> {
  if (config === undefined || config === "") {
    throw new FerryError("ARGUMENT_MISSING", 'Flag "--config" is needed', { hint: "name the bot file: -c bot.yml" });
  }
  const file = await readBotFile(context, config, { strict: strict === true });
  for (const { column, hint, line, message, path } of file.warnings) {
    context.log.warn(message, {
      at: `${file.path}:${line}:${column}`,
      ...(path === "" ? {} : { key: path }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return file;
}

/** What is open while the jobs of a file run. */
export interface Opened extends RunShared {
  readonly context: OwnContext;
}

/** Opens a file's registries. */
export function openFile(context: Context, file: BotFile, dryRun: boolean, out: PrintStream): Opened {
  const { run } = file;
  const own = context.withRegistries({
    hosts: file.creds,
    skipDockerConfig: run.skipDockerConfig,
    // regbot knows no configuration but its own file.
    skipConfig: context.program === "regbot",
    ...(run.userAgent === undefined ? {} : { userAgent: run.userAgent }),
    ...(run.blobLimit === undefined ? {} : { blobLimit: run.blobLimit }),
  });
  const actions = createActionLimit(Math.max(1, run.parallel));
  return { context: own, out, dryRun, actions, changes: new Changes(), lua: lazyLua() };
}
