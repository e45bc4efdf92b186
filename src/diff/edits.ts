/**
 * The fewest lines to delete and insert that make one list of lines another: the greedy algorithm of Myers, which takes
 * deletions before insertions ("An O(ND) Difference Algorithm and Its Variations").
 *
 * @module
 */

/** Lines `from` to `to` of the old list become lines `start` to `end` of the new one; either range may be empty. */
export interface Edit {
  /** First line of the old list that goes, counted from 0. */
  readonly from: number;
  /** First line of the old list behind them. */
  readonly to: number;
  /** First line of the new list that comes. */
  readonly start: number;
  /** First line of the new list behind them. */
  readonly end: number;
}

/** The lists that are compared, as numbers: equal lines have equal numbers. */
interface Lists {
  readonly old: Int32Array;
  readonly young: Int32Array;
}

/** Past so many edits the exact way would need too much memory: the square of their number. */
const EXACT_EDITS = 3000;

/**
 * Edits in order, none touching the next. Above 3,000 edits they need not be the fewest.
 *
 * @example
 * ```ts
 * import { findEdits } from "./edits.ts";
 * const [edit] = findEdits(["a", "b"], ["a", "c"]);
 * if (edit?.from !== 1 || edit.end !== 2) throw new Error("wrong");
 * ```
 */
export function findEdits(old: readonly string[], young: readonly string[]): Edit[] {
  const numbers = new Map<string, number>();
  const number = (line: string) => {
    const known = numbers.get(line);
    if (known !== undefined) return known;
    numbers.set(line, numbers.size);
    return numbers.size - 1;
  };
  const lists: Lists = { old: Int32Array.from(old, number), young: Int32Array.from(young, number) };
  const whole = { from: 0, to: old.length, start: 0, end: young.length };
  return joined(editsWithin(lists, whole));
}

function editsWithin(lists: Lists, range: Edit): Edit[] {
  const { old, young } = lists;
  let { from, to, start, end } = range;
  while (from < to && start < end && old[from] === young[start]) [from, start] = [from + 1, start + 1];
  if (from === to || start === end) return from === to && start === end ? [] : [{ from, to, start, end }];
  const exact = shortest(lists, { from, to, start, end });
  if (exact !== undefined) return exact;
  while (from < to && start < end && old[to - 1] === young[end - 1]) [to, end] = [to - 1, end - 1];
  const anchors = anchorsOf(lists, { from, to, start, end });
  if (anchors.length === 0) return [{ from, to, start, end }];
  const edits: Edit[] = [];
  for (const [x, y] of [...anchors, [to, end] as const]) {
    edits.push(...editsWithin(lists, { from, to: x, start, end: y }));
    [from, start] = [x + 1, y + 1];
  }
  return edits;
}

/** Edits by the shortest path; undefined where it has more than {@linkcode EXACT_EDITS} steps. */
function shortest({ old, young }: Lists, { from, to, start, end }: Edit): Edit[] | undefined {
  const [width, height] = [to - from, end - start];
  const most = Math.min(width + height, EXACT_EDITS);
  // furthest[k + most]: how far into the old list the best path on diagonal k (x - y) has come.
  const furthest = new Int32Array(2 * most + 3);
  const at = (k: number) => k + most + 1;
  const trace: Int32Array[] = [];
  for (let d = 0; d <= most; d++) {
    trace.push(furthest.slice(at(-d - 1), at(d + 1) + 1));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && furthest[at(k - 1)]! < furthest[at(k + 1)]!);
      let x = down ? furthest[at(k + 1)]! : furthest[at(k - 1)]! + 1;
      while (x < width && x - k < height && old[from + x] === young[start + x - k]) x++;
      furthest[at(k)] = x;
      if (x === width && x - k === height) return walked(trace, d, width, height, from, start);
    }
  }
  return undefined;
}

function walked(
  trace: readonly Int32Array[],
  steps: number,
  width: number,
  height: number,
  from: number,
  start: number,
): Edit[] {
  const edits: Edit[] = [];
  let [x, y] = [width, height];
  for (let d = steps; d > 0; d--) {
    const before = trace[d]!;
    const value = (k: number) => before[k + d + 1]!;
    const k = x - y;
    const down = k === -d || (k !== d && value(k - 1) < value(k + 1));
    const previous = down ? k + 1 : k - 1;
    x = value(previous);
    y = x - previous;
    edits.push(
      down
        ? { from: from + x, to: from + x, start: start + y, end: start + y + 1 }
        : { from: from + x, to: from + x + 1, start: start + y, end: start + y },
    );
  }
  return edits.reverse();
}

/** Lines that are unique on both sides, as many as stand in the same order: places that surely belong together. */
function anchorsOf({ old, young }: Lists, { from, to, start, end }: Edit): (readonly [number, number])[] {
  const places = new Map<number, { old: number; young: number; count: number }>();
  for (let x = from; x < to; x++) {
    const known = places.get(old[x]!);
    if (known === undefined) places.set(old[x]!, { old: x, young: -1, count: 1 });
    else known.count = 3;
  }
  for (let y = start; y < end; y++) {
    const known = places.get(young[y]!);
    if (known === undefined) continue;
    known.count++;
    known.young = y;
  }
  const pairs = [...places.values()].filter((place) => place.count === 2 && place.young >= 0);
  return longestRising(pairs.map((place) => [place.old, place.young] as const));
}

/** The longest run of pairs whose second numbers rise; the first ones rise already. */
function longestRising(pairs: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const tails: number[] = [];
  const previous = new Int32Array(pairs.length).fill(-1);
  for (const [index, pair] of pairs.entries()) {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[tails[middle]!]![1] < pair[1]) low = middle + 1;
      else high = middle;
    }
    if (low > 0) previous[index] = tails[low - 1]!;
    tails[low] = index;
  }
  const run: (readonly [number, number])[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index]!) run.push(pairs[index]!);
  return run.reverse();
}

/** Edits that touch become one where lines go, then come. */
function joined(edits: readonly Edit[]): Edit[] {
  const out: Edit[] = [];
  for (const edit of edits) {
    const last = out.at(-1);
    if (last === undefined || last.to !== edit.from || last.end !== edit.start) out.push(edit);
    else out[out.length - 1] = { from: last.from, to: edit.to, start: last.start, end: edit.end };
  }
  return out;
}
