import type { CopyEvent } from "../../copy/event.ts";
import type { ActiveBlob } from "./tally.ts";
import type { View, ViewOptions } from "./view.ts";
import { averageRate } from "./words.ts";

/** Milliseconds between two events of the bytes of a blob. */
const TICK = 100;

/** One JSON object a line for every event; the README has the table of their fields. Fields are only ever added. */
export function jsonView(options: ViewOptions): View {
  const { tally, now, write } = options;
  const told = new WeakMap<ActiveBlob, number>();
  const say = (event: string, fields: Readonly<Record<string, unknown>>) =>
    write(`${JSON.stringify({ event, time: new Date(now()).toISOString(), ...fields })}\n`);
  return {
    every: TICK,
    before(event: CopyEvent) {
      if (event.type === "bytes") return;
      const { type, copy, ...fields } = event;
      if (event.type === "done") {
        const bytes = event.kind === "blob" ? tally.blob(copy, event.digest)?.bytes ?? 0 : undefined;
        say(type, { copy, ...fields, bytes });
      } else if (event.type === "end") {
        const counts = tally.counts(copy);
        say(type, {
          copy,
          ...fields,
          manifests: counts?.manifests ?? 0,
          blobs: counts?.blobs,
          bytes: counts?.bytes ?? 0,
        });
      } else say(type, { copy, ...fields });
    },
    tick() {
      for (const blob of tally.active()) {
        const { copy, digest, size, bytes } = blob;
        if (bytes === (told.get(blob) ?? 0)) continue;
        told.set(blob, bytes);
        say("bytes", { copy, kind: "blob", digest, size, bytes });
      }
    },
    above: write,
    clear: () => {},
    finish(outcome) {
      const { total, copied: done, failed } = tally;
      const ms = now() - options.started;
      say("summary", {
        outcome: failed > 0 ? "failed" : outcome,
        copies: { done, failed: failed + tally.running },
        manifests: total.manifests,
        blobs: total.blobs,
        bytes: total.bytes,
        ms,
        rate: Math.round(averageRate(total.bytes, ms)),
      });
    },
  };
}
