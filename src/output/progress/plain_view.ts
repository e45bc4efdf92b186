import { jsonLine, LOG_LEVELS } from "../log.ts";
import { percent } from "./units.ts";
import type { View, ViewOptions } from "./view.ts";
import { averageRate, closing, secondsLeft, standing } from "./words.ts";

/** Milliseconds between ticks, for the rates. */
const TICK = 1000;
/** Milliseconds between lines. */
const LINE = 10_000;

/** A line each ten seconds while something runs, and one at the end. Where logs are JSON, so are these lines. */
export function plainView(options: ViewOptions): View {
  const { tally, now, write } = options;
  let said = now();
  const say = (text: string, fields: () => Record<string, unknown>) =>
    write(`${options.jsonLogs ? jsonLine(now(), LOG_LEVELS.INFO, text, fields()) : text}\n`);
  const counts = () => ({
    manifests: tally.total.manifests,
    blobs: { ...tally.total.blobs },
    bytes: tally.total.bytes,
    copies: { running: tally.running, done: tally.copied, failed: tally.failed },
  });
  return {
    every: TICK,
    tick() {
      if (tally.running === 0 || now() - said < LINE) return;
      said = now();
      const { done, wanted } = tally;
      const rate = tally.rate.perSecond;
      say(standing(tally), () => ({
        ...counts(),
        wanted,
        percent: percent(done, wanted),
        rate: rate === undefined ? undefined : Math.round(rate),
        left: rounded(secondsLeft(wanted - done, rate)),
      }));
    },
    above: write,
    clear: () => {},
    finish(outcome) {
      // What was there already is no news to a script.
      if (!tally.changed || (outcome === "failed" && tally.copied === 0)) return;
      const ms = now() - options.started;
      say(closing(tally, ms), () => ({ ...counts(), ms, rate: Math.round(averageRate(tally.total.bytes, ms)) }));
    },
  };
}

function rounded(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.round(seconds);
}
