/**
 * Differences of lists of lines as text: hunks with lines before and behind.
 *
 * @module
 */
import { type Edit, findEdits } from "./edits.ts";

/** A run of differences with the equal lines around it. */
export interface Hunk {
  /** First line of the old list, counted from 1; 0 where none is shown and none is before. */
  readonly oldStart: number;
  /** Lines of the old list that are shown. */
  readonly oldLines: number;
  /** First line of the new list, counted as in the old one. */
  readonly newStart: number;
  /** Lines of the new list that are shown. */
  readonly newLines: number;
  /** Lines with two characters before them: two blanks for a line of both lists, `- ` for the old, `+ ` for the new one. */
  readonly lines: readonly string[];
}

/** Hunks of the differences with `context` equal lines around each; none where the lists are equal. */
export function diffHunks(old: readonly string[], young: readonly string[], context: number): Hunk[] {
  const hunks: Hunk[] = [];
  let group: Edit[] = [];
  const flush = () => {
    if (group.length > 0) hunks.push(hunkOf(old, young, group, context));
    group = [];
  };
  for (const edit of findEdits(old, young)) {
    const last = group.at(-1);
    if (last !== undefined && edit.from - last.to > 2 * context) flush();
    group.push(edit);
  }
  flush();
  return hunks;
}

/** Text of hunks, each line with its line end; empty where there are none. */
export function hunksText(hunks: readonly Hunk[]): string {
  return hunks.map((hunk) =>
    [`@@ -${hunk.oldStart},${hunk.oldLines} +${hunk.newStart},${hunk.newLines} @@`, ...hunk.lines]
      .map((line) => `${line}\n`).join("")
  ).join("");
}

function hunkOf(old: readonly string[], young: readonly string[], edits: readonly Edit[], context: number): Hunk {
  const [first, last] = [edits[0]!, edits.at(-1)!];
  const before = Math.min(context, first.from);
  const after = Math.min(context, old.length - last.to);
  const lines: string[] = [];
  const equal = (from: number, to: number) => {
    for (let at = from; at < to; at++) lines.push(`  ${old[at]}`);
  };
  equal(first.from - before, first.from);
  for (const [index, edit] of edits.entries()) {
    if (index > 0) equal(edits[index - 1]!.to, edit.from);
    for (let at = edit.from; at < edit.to; at++) lines.push(`- ${old[at]}`);
    for (let at = edit.start; at < edit.end; at++) lines.push(`+ ${young[at]}`);
  }
  equal(last.to, last.to + after);
  const oldLines = last.to + after - (first.from - before);
  const newLines = last.end + after - (first.start - before);
  return {
    oldStart: first.from - before + (oldLines === 0 ? 0 : 1),
    oldLines,
    newStart: first.start - before + (newLines === 0 ? 0 : 1),
    newLines,
    lines,
  };
}
