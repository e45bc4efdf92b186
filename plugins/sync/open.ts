/**
 * From the flags of a command to steps that can be run.
 *
 * @module
 */
import { type Context, FerryError, type OwnContext, parseDuration } from "../../src/mod.ts";
import { prepareSteps } from "./engine/prepare.ts";
import type { PreparedStep } from "./engine/work.ts";
import { readSyncFile } from "./file/mod.ts";
import type { SyncFile } from "./file/types.ts";

/** A file that is ready to be run. */
export interface Session {
  /** The file. */
  readonly file: SyncFile;
  /** A context with the file's registries; closed by who opened the session. */
  readonly context: OwnContext;
  /** Steps to run. */
  readonly steps: readonly PreparedStep[];
  /** Steps that are not asked for. */
  readonly others: readonly PreparedStep[];
}

/** Flags that a file is read with. */
export interface FileFlags {
  /** `--config`. */
  readonly config: string | undefined;
  /** `--strict`. */
  readonly strict: boolean | undefined;
}

/**
 * Reads the file that the flags name, and says what is odd about it.
 *
 * @throws {FerryError} ARGUMENT_MISSING, CONFIG_INVALID, IO, NOT_FOUND
 */
export async function readFile(context: Context, { config, strict }: FileFlags): Promise<SyncFile> {
  if (config === undefined || config === "") {
    throw new FerryError("ARGUMENT_MISSING", 'Flag "--config" is needed', { hint: "name the sync file: -c sync.yml" });
  }
  const file = await readSyncFile(context, config, { strict: strict === true });
  for (const { path, line, column, message, hint } of file.warnings) {
    context.log.warn(message, {
      at: `${file.path}:${line}:${column}`,
      ...(path === undefined || path === "" ? {} : { key: path }),
      ...(hint === undefined ? {} : { hint }),
    });
  }
  return file;
}

/**
 * Makes a session of a file.
 *
 * @throws {FerryError} CONFIG_INVALID, PLATFORM_INVALID, FLAG_INVALID where no step has a name of `only`
 */
export async function openSession(context: Context, file: SyncFile, only: readonly string[]): Promise<Session> {
  const { run } = file;
  const own = context.withRegistries({
    hosts: file.creds,
    skipDockerConfig: run.skipDockerConfig,
    // regsync knows no configuration but its own file.
    skipConfig: context.program === "regsync",
    ...(run.userAgent === undefined ? {} : { userAgent: run.userAgent }),
    ...(run.blobLimit === undefined ? {} : { blobLimit: run.blobLimit }),
  });
  try {
    const steps = await prepareSteps(own, file);
    const names = only.map((name) => [name, globExpression(name)] as const);
    for (const [name, expression] of names) {
      if (steps.some(({ step }) => expression.test(step.name))) continue;
      throw new FerryError("FLAG_INVALID", `No step of "${file.path}" is named "${name}"`, {
        hint: `the steps are ${steps.slice(0, 8).map(({ step }) => step.name).join(", ")}`,
      });
    }
    const wanted = (prepared: PreparedStep) =>
      names.length === 0 || names.some(([, expression]) => expression.test(prepared.step.name));
    return { file, context: own, steps: steps.filter(wanted), others: steps.filter((step) => !wanted(step)) };
  } catch (error) {
    await own.close();
    throw error;
  }
}

function globExpression(text: string): RegExp {
  const escaped = text.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${escaped}$`, "s");
}

/**
 * Milliseconds of a flag.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function durationOf(flag: string, text: string): number {
  const milliseconds = text === "0" ? 0 : parseDuration(text);
  if (milliseconds !== undefined && milliseconds >= 0) return milliseconds;
  throw new FerryError("FLAG_INVALID", `Flag "--${flag}" must be a time, not "${text}"`, {
    hint: "write it as 90s, 15m or 1h30m",
  });
}
