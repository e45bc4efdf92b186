/**
 * Runs programs and takes their time and memory.
 *
 * @module
 */

/** A command line to measure. */
export interface CommandLine {
  /** Program and arguments. */
  readonly words: readonly string[];
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What one run took. */
export interface Taken {
  /** Wall time. */
  readonly seconds: number;
  /** Most memory resident at a time (VmHWM), in MiB; 0 when it was not watched. */
  readonly peak: number;
}

/** Runs a command line; throws with what it printed when it fails. */
export async function take({ words, env }: CommandLine, watchMemory = false): Promise<Taken> {
  const [program = "", ...args] = words;
  const command = new Deno.Command(program, {
    args,
    env,
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
  const start = performance.now();
  const process = command.spawn();
  const printed = new Response(process.stderr).text();
  let ended = false;
  // The kernel's own figure for a child (getrusage) starts at what its parent had: /proc starts anew with the program.
  const peak = watchMemory ? watchPeak(process.pid, () => ended) : Promise.resolve(0);
  const { code } = await process.status;
  const seconds = (performance.now() - start) / 1000;
  ended = true;
  if (code !== 0) throw new Error(`${words.join(" ")} ended with ${code}\n${await printed}`);
  await printed;
  return { seconds, peak: await peak };
}

async function watchPeak(pid: number, ended: () => boolean): Promise<number> {
  let peak = 0;
  while (!ended()) {
    try {
      const kib = /^VmHWM:\s+(\d+) kB/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
      peak = Math.max(peak, Number(kib ?? 0) / 1024);
    } catch {
      break;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return peak;
}

/** The middle one. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Something to measure in turns with others. */
export interface Contender {
  /** Makes ready for a run; not measured. */
  readonly before?: () => Promise<void>;
  /** The run; not measured on its own unless it says so. */
  readonly run: () => Promise<Taken>;
  /** Checks what the run left; not measured. */
  readonly after?: () => Promise<void>;
}

/** Runs contenders in turns, each `runs` times after one that does not count; gives the median seconds of each. */
export async function inTurns(contenders: readonly Contender[], runs: number, warm = 1): Promise<number[]> {
  const taken = contenders.map((): number[] => []);
  for (let run = -warm; run < runs; run++) {
    // Who goes first changes from run to run.
    const order = contenders.map((_, at) => (at + Math.abs(run)) % contenders.length);
    for (const at of order) {
      const contender = contenders[at]!;
      await contender.before?.();
      const { seconds } = await contender.run();
      await contender.after?.();
      if (run >= 0) taken[at]!.push(seconds);
    }
  }
  return taken.map(median);
}
