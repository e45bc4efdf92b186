/**
 * What the server did, in numbers (Prometheus text format 0.0.4).
 *
 * @module
 */
import type { Clock } from "../../../src/mod.ts";
import type { Pulls } from "../engine/pulls.ts";
import type { Outcome, Rows } from "../engine/row.ts";
import { WRONG } from "../engine/row.ts";

interface StepNumbers {
  runs: number;
  failed: number;
  running: number;
  bytes: number;
  seconds: number;
  lastEnd: number;
  lastSuccess: number;
  next: number;
  readonly outcomes: Map<Outcome, number>;
}

/** Name under which the first pass over what is missing is counted. */
const FIRST = "(missing)";

/** Numbers of all steps. */
export class Metrics {
  readonly #clock: Clock;
  readonly #started: number;
  readonly #steps = new Map<string, StepNumbers>();
  readonly #left = new Map<string, number>();
  readonly #reloads = { worked: 0, failed: 0 };

  /** Begins to count. */
  constructor(clock: Clock) {
    this.#clock = clock;
    this.#started = clock.now();
  }

  /** Images that failed since the start. */
  get failures(): number {
    let failures = 0;
    for (const { outcomes } of this.#steps.values()) {
      for (const [outcome, count] of outcomes) failures += WRONG.has(outcome) ? count : 0;
    }
    return failures;
  }

  /** A step begins; "" is the first pass over what is missing. */
  began(step: string): void {
    this.#of(step).running++;
  }

  /** A step has ended. */
  ran(step: string, rows: Rows, milliseconds: number, failed: boolean): void {
    const numbers = this.#of(step);
    numbers.running--;
    numbers.runs++;
    if (failed) numbers.failed++;
    numbers.bytes += rows.bytes;
    numbers.seconds = milliseconds / 1000;
    numbers.lastEnd = this.#clock.now() / 1000;
    if (!failed) numbers.lastSuccess = numbers.lastEnd;
    for (const [outcome, count] of rows.counts) {
      numbers.outcomes.set(outcome, (numbers.outcomes.get(outcome) ?? 0) + count);
    }
  }

  /** When a step runs next, milliseconds since 1970. */
  next(step: string, time: number): void {
    this.#of(step).next = time / 1000;
  }

  /** The file was read anew. */
  reloaded(worked: boolean): void {
    if (worked) this.#reloads.worked++;
    else this.#reloads.failed++;
  }

  /** What registries still allow. */
  limits(pulls: Pulls): void {
    for (const [registry, { remain }] of pulls.all()) this.#left.set(registry, remain);
  }

  /** For people and probes: alive, and how each step ended last. */
  health(): Readonly<Record<string, unknown>> {
    return {
      status: "ok",
      started: new Date(this.#started).toISOString(),
      steps: [...this.#steps].map(([name, { runs, failed, running, lastEnd, lastSuccess, next }]) => ({
        name,
        runs,
        failed,
        running: running > 0,
        ...times({ lastEnd, lastSuccess, next }),
      })),
    };
  }

  /** The text of `/metrics`. */
  text(): string {
    const lines: string[] = [];
    const family = (
      name: string,
      type: "counter" | "gauge",
      help: string,
      samples: readonly (readonly [string, number])[],
    ) => {
      if (samples.length === 0) return;
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`);
      for (const [labels, value] of samples) lines.push(`${name}${labels} ${value}`);
    };
    const each = (value: (numbers: StepNumbers) => number, known: (value: number) => boolean = () => true) =>
      [...this.#steps].map(([step, numbers]) => [labelsOf({ step }), value(numbers)] as const)
        .filter(([, number]) => known(number));
    const set = (value: number) => value > 0;
    family(
      "ferry_sync_images_total",
      "counter",
      "Images by what became of them.",
      [...this.#steps].flatMap(
        ([step, { outcomes }]) =>
          [...outcomes].map(([outcome, count]) => [labelsOf({ step, outcome }), count] as const),
      ),
    );
    family("ferry_sync_bytes_total", "counter", "Bytes of blobs that were sent.", each(({ bytes }) => bytes));
    family("ferry_sync_runs_total", "counter", "Runs of steps.", each(({ runs }) => runs));
    family(
      "ferry_sync_failed_runs_total",
      "counter",
      "Runs of steps in which something failed.",
      each(({ failed }) => failed),
    );
    family("ferry_sync_running", "gauge", "1 while a step runs.", each(({ running }) => running));
    family("ferry_sync_run_seconds", "gauge", "Time that the last run took.", each(({ seconds }) => seconds));
    family(
      "ferry_sync_last_run_timestamp_seconds",
      "gauge",
      "When the last run ended.",
      each(({ lastEnd }) => lastEnd, set),
    );
    family(
      "ferry_sync_last_success_timestamp_seconds",
      "gauge",
      "When the last run without failures ended.",
      each(({ lastSuccess }) => lastSuccess, set),
    );
    family(
      "ferry_sync_next_run_timestamp_seconds",
      "gauge",
      "When the next run is due.",
      each(({ next }) => next, set),
    );
    family(
      "ferry_sync_pulls_left",
      "gauge",
      "Pulls that a registry still allows.",
      [...this.#left].map(
        ([registry, left]) => [labelsOf({ registry }), left] as const,
      ),
    );
    family("ferry_sync_reloads_total", "counter", "Times that the file was read anew.", [
      [labelsOf({ result: "used" }), this.#reloads.worked],
      [labelsOf({ result: "refused" }), this.#reloads.failed],
    ]);
    return `${lines.join("\n")}\n`;
  }

  #of(step: string): StepNumbers {
    const name = step === "" ? FIRST : step;
    let numbers = this.#steps.get(name);
    if (numbers === undefined) {
      numbers = {
        runs: 0,
        failed: 0,
        running: 0,
        bytes: 0,
        seconds: 0,
        lastEnd: 0,
        lastSuccess: 0,
        next: 0,
        outcomes: new Map(),
      };
      this.#steps.set(name, numbers);
    }
    return numbers;
  }
}

function labelsOf(labels: Readonly<Record<string, string>>): string {
  const escaped = (text: string) => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `{${Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`).join(",")}}`;
}

function times(seconds: Readonly<Record<string, number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(seconds).filter(([, value]) => value > 0)
      .map(([name, value]) => [name, new Date(value * 1000).toISOString()]),
  );
}
