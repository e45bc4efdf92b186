/**
 * Counts in words, for lines that people read.
 *
 * @module
 */
import type { CopyName } from "../../copy/event.ts";
import type { Tally } from "./tally.ts";
import { percent, shortRate, shortSize, shortTime, tookTime } from "./units.ts";
import { plainText } from "./width.ts";

/** `1 blob`, `2 blobs`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Blobs that were not sent, by why not; kinds of which there are none are left out. */
export function others({ blobs }: { readonly blobs: Tally["total"]["blobs"] }): string[] {
  const kinds = [[blobs.mounted, "mounted"], [blobs.linked, "linked"], [blobs.skipped, "skipped"], [
    blobs.exists,
    "existing",
  ]] as const;
  return kinds.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
}

/** Seconds until everything that was found has moved, undefined where nobody can say. */
export function secondsLeft(remaining: number, rate: number | undefined): number | undefined {
  if (remaining <= 0) return 0;
  return rate === undefined || rate < 1 ? undefined : remaining / rate;
}

/** The end of a reference as a name: a digest in it is cut short. */
export function shortName(name: string): string {
  return plainText(name).replace(/@([a-z0-9]+:[0-9a-f]{12})[0-9a-f]{20,}/, "@$1");
}

/** What is copied: the one copy by its names, several by their number. */
function what(tally: Tally, copies: number): string {
  const { first, begun } = tally;
  return begun === 1 && first !== undefined ? names(first) : count(copies, "image");
}

function names({ source, target }: CopyName): string {
  return `${shortName(source)} to ${shortName(target)}`;
}

/** How far the copies are: `Copying a:v1 to b:v1: 45.2 MB of 209 MB (21%), 12.3 MB/s, 0:13 left, 3 of 12 blobs`. */
export function standing(tally: Tally): string {
  const { done, wanted, total, settled } = tally;
  const rate = tally.rate.perSecond;
  const left = secondsLeft(wanted - done, rate);
  const ended = tally.begun > 1 ? ` (${tally.copied + tally.failed} done)` : "";
  const parts = [
    `${shortSize(done)} of ${shortSize(wanted)} (${percent(done, wanted)}%)`,
    ...(rate === undefined ? [] : [shortRate(rate)]),
    ...(left === undefined ? [] : [`${shortTime(left)} left`]),
    `${settled} of ${count(total.found, "blob")}`,
  ];
  return `Copying ${what(tally, tally.begun)}${ended}: ${parts.join(", ")}`;
}

/** What was done: `Copied a:v1 to b:v1: 5 blobs sent (209 MB), 1 mounted, 3 existing, 2 manifests, in 12.3s at 17.0 MB/s`. */
export function closing(tally: Tally, milliseconds: number): string {
  const { total, begun, copied, failed } = tally;
  const took = tookTime(milliseconds);
  if (!tally.changed && failed === 0) {
    const place = begun === 1 && tally.first !== undefined ? shortName(tally.first.target) : count(begun, "image");
    return `Nothing to copy: ${place} ${begun === 1 ? "is" : "are"} up to date, in ${took}`;
  }
  const parts = [
    ...(total.blobs.sent > 0 ? [`${count(total.blobs.sent, "blob")} sent (${shortSize(total.bytes)})`] : []),
    ...others(total),
    ...(total.manifests > 0 ? [count(total.manifests, "manifest")] : []),
    `in ${took}${
      total.bytes > 0 && milliseconds > 0 ? ` at ${shortRate(averageRate(total.bytes, milliseconds))}` : ""
    }`,
  ];
  const some = copied < begun ? `${copied} of ${count(begun, "image")}` : what(tally, copied);
  return `Copied ${some}: ${parts.join(", ")}`;
}

/** Bytes a second over a whole run; a run too short to time took a millisecond. */
export function averageRate(bytes: number, milliseconds: number): number {
  return bytes / Math.max(1, milliseconds) * 1000;
}
