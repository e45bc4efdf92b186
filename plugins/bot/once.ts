import { type CommandResult, type Context, FerryError, type InputOf } from "../../src/mod.ts";
import type { once } from "./mod.ts";
import { type Job, jobsOf, runJob } from "./run/jobs.ts";
import { type Opened, openFile, readFile } from "./run/open.ts";
import { printingResult } from "./run/printing.ts";

/** Handler of `bot once`. */
export default async function run(context: Context, { flags }: InputOf<typeof once>): Promise<CommandResult> {
  const file = await readFile(context, flags);
  return printingResult(context, async (out, signal) => {
    const opened = openFile(context, file, flags["dry-run"] === true, out);
    try {
      const jobs = jobsOf(file, opened);
      const failures = await runAll(jobs, opened, file.run.parallel > 0, signal);
      throwFailures(failures, jobs.length);
    } finally {
      await opened.context.close();
    }
  });
}

/** All at once, or one after the other; a job that fails stops no other. */
async function runAll(
  jobs: readonly Job[],
  opened: Opened,
  together: boolean,
  signal: AbortSignal,
): Promise<readonly FerryError[]> {
  const failures: (FerryError | undefined)[] = [];
  if (together) failures.push(...await Promise.all(jobs.map((job) => runJob(job, opened, signal))));
  else for (const job of jobs) failures.push(await runJob(job, opened, signal));
  return failures.filter((failure) => failure !== undefined);
}

function throwFailures(failures: readonly FerryError[], jobs: number): void {
  const [first] = failures;
  if (first === undefined) return;
  if (jobs === 1) throw first;
  throw new FerryError("BOT_PARTIAL", `${failures.length} of ${jobs} jobs failed, the first with: ${first.message}`, {
    cause: first,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  });
}
