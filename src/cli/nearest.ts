/**
 * The known word that a typed one was meant to be.
 *
 * @module
 */

/** Edits (insert, delete, replace, swap of two neighbours) that turn `a` into `b`: Damerau-Levenshtein, optimal string alignment. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replace, last[j]! + 1, row[j - 1]! + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, beforeLast[j - 2]! + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/** Those of `known` that `word` may stand for, nearest first, `most` at most: a third of the letters may be wrong. */
export function allNear(word: string, known: Iterable<string>, most: number): string[] {
  const typed = word.toLowerCase();
  const near: { readonly name: string; readonly distance: number }[] = [];
  for (const name of known) {
    const lower = name.toLowerCase();
    const begun = typed.length >= 3 && lower.startsWith(typed);
    const allowed = Math.max(1, Math.floor(lower.length / 3));
    if (!begun && Math.abs(lower.length - typed.length) > allowed) continue;
    const distance = begun ? 1 : editDistance(typed, lower);
    if (begun || distance <= allowed) near.push({ name, distance });
  }
  return near.sort((a, b) => a.distance - b.distance).slice(0, most).map(({ name }) => name);
}

/** The one of `known` that `word` most likely stands for, or undefined when none is near. */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  return allNear(word, known, 1)[0];
}

/** Hint that names the nearest known word, else `otherwise`. */
export function suggestion(word: string, known: Iterable<string>, otherwise: string, prefix = ""): string {
  const name = nearest(word, known);
  return name === undefined ? otherwise : `did you mean "${prefix}${name}"?`;
}
