import {
  type CommandResult,
  type Context,
  FerryError,
  type InputOf,
  loadSchedule,
  parseDuration,
  type Schedule,
} from "../../src/mod.ts";
import type { BotFile } from "./file/types.ts";
import type { server } from "./mod.ts";
import { type Job, jobsOf, runJob } from "./run/jobs.ts";
import { openFile, readFile } from "./run/open.ts";
import type { PrintStream } from "./run/print_stream.ts";
import { printingResult } from "./run/printing.ts";

/** Handler of `bot server`: runs until it is told to stop. */
export default async function serve(context: Context, { flags }: InputOf<typeof server>): Promise<CommandResult> {
  const grace = parseDuration(flags["stop-timeout"]);
  if (grace === undefined || grace < 0) {
    throw new FerryError("FLAG_INVALID", `Flag "--stop-timeout" cannot be "${flags["stop-timeout"]}"`, {
      hint: "use a duration such as 30s",
    });
  }
  const read = async () => await readFile(context, flags);
  const first = await read();
  return printingResult(context, async (out, signal) => {
    const options: ServerOptions = { context, dryRun: flags["dry-run"] === true, grace, out, signal };
    const { watchFile } = await loadSchedule();
    const starting = startTerm(first, options);
    let term: Term | undefined;
    using _watch = watchFile(first.path, {
      clock: context.clock,
      log: context.log,
      signal,
      onChange: async () => {
        const last = term ?? await starting;
        term = await startTerm(await read(), options, () => last.end());
        context.log.info("File was read anew", { file: first.path });
      },
    });
    await starting;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    context.log.info("Stopping server");
    await (term ?? await starting).end();
  });
}

interface ServerOptions {
  readonly context: Context;
  readonly dryRun: boolean;
  readonly grace: number;
  readonly out: PrintStream;
  readonly signal: AbortSignal;
}

/** The time of one file: from when it is loaded until another is. */
interface Term {
  end(): Promise<void>;
}

/** Starts the loops of a file; `before` ends the one before, once it is clear that this one can be used. */
async function startTerm(file: BotFile, options: ServerOptions, before?: () => Promise<void>): Promise<Term> {
  const { context, grace } = options;
  const { everySchedule, parseSchedule, runOnSchedule } = await loadSchedule();
  const scheduleOf = ({ interval, schedule }: Job): Schedule | undefined =>
    schedule !== undefined ? parseSchedule(schedule) : interval !== undefined ? everySchedule(interval) : undefined;
  const opened = openFile(context, file, options.dryRun, options.out);
  const planned = jobsOf(file, opened).map((job) => ({ job, schedule: scheduleOf(job) }));
  await before?.();
  const stopping = new AbortController();
  const hard = new AbortController();
  const loops = planned.map(async ({ job, schedule }) => {
    const { name } = job;
    if (schedule === undefined) {
      return void context.log.error("No schedule or interval found, ignoring", { name });
    }
    context.log.debug("Scheduled task", { name, sched: schedule.text });
    await runOnSchedule({
      schedule,
      run: async () => {
        context.log.debug("Running task", { name });
        await runJob(job, opened, hard.signal).catch(() => undefined);
      },
      onSkipped: (times) => context.log.warn("Runs were left out, the one before was still at work", { name, times }),
    }, { clock: context.clock, signal: stopping.signal });
  });
  return {
    end: async () => {
      stopping.abort(new Error("the server stops"));
      const timer = setTimeout(() => hard.abort(options.signal.reason ?? new Error("the server stops")), grace);
      await Promise.all(loops);
      clearTimeout(timer);
      await opened.context.close();
    },
  };
}
