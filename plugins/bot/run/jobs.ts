/**
 * The jobs of a file: its scripts, then its rules of retention.
 *
 * @module
 */
import { FerryError } from "../../../src/mod.ts";
import type { BotFile, When } from "../file/types.ts";
import { runRetention } from "../retention/run.ts";
import { runScript, type RunShared } from "./run_script.ts";

/** A job. */
export interface Job extends When {
  /** Name, for logs. */
  readonly name: string;
  /**
   * Runs it.
   *
   * @throws {FerryError} SCRIPT_FAILED and what registries fail with
   */
  run(signal: AbortSignal): Promise<void>;
}

/** The jobs of a file. */
export function jobsOf({ retention, scripts }: BotFile, shared: RunShared): readonly Job[] {
  return [
    ...scripts.map((script): Job => ({
      ...whenOf(script),
      name: script.name,
      run: (signal) => runScript(script, shared, signal),
    })),
    ...retention.map((rule): Job => ({
      ...whenOf(rule),
      name: rule.name,
      run: (signal) => runRetention(rule, shared, signal),
    })),
  ];
}

/** Runs a job; a failure is logged and given back, so that others go on. */
export async function runJob(job: Job, { context }: RunShared, signal: AbortSignal): Promise<FerryError | undefined> {
  try {
    await job.run(signal);
    return undefined;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const failure = error instanceof FerryError ? error : new FerryError("INTERNAL", String(error), { cause: error });
    context.log.error("Error running script", { script: job.name, error: failure.message });
    return failure;
  }
}

function whenOf({ interval, schedule }: When): When {
  return { ...(interval === undefined ? {} : { interval }), ...(schedule === undefined ? {} : { schedule }) };
}
