/**
 * The lines that progress draws on a terminal: cells that fit the width. Where they do not, the least telling go.
 *
 * @module
 */
import type { ActiveBlob, Tally } from "./tally.ts";
import { percent, shortRate, shortSize, shortTime, SIZE_WIDTH, TIME_WIDTH } from "./units.ts";
import { fitWidth, plainText, textWidth } from "./width.ts";
import { count, others, secondsLeft, shortName } from "./words.ts";

/** A line, and the columns that it takes. */
export interface Row {
  /** Its text, with colours where wanted. */
  readonly text: string;
  /** Columns. */
  readonly width: number;
}

/** How rows are drawn. */
export interface RowStyle {
  /** Columns of the terminal. */
  readonly columns: number;
  /** With colours. */
  readonly colours: boolean;
}

const SIZES_WIDTH = 2 * SIZE_WIDTH + 1;
const RATE_WIDTH = SIZE_WIDTH + 2;
const DIGEST_WIDTH = 12;
const NAME_WIDTH = 30;
const BAR_LEAST = 8;
const BAR_MOST = 42;

/** Cells of a blob's line, the widest choice first. */
const BLOB_CELLS: readonly (readonly string[])[] = [
  ["digest", "name", "bar", "sizes", "rate", "left"],
  ["digest", "bar", "sizes", "rate", "left"],
  ["digest", "sizes", "rate", "left"],
  ["short", "sizes", "left"],
  ["short", "percent", "left"],
  ["short", "percent"],
  ["percent"],
];

/** Cells of the line of totals, the widest choice first. */
const TOTAL_CELLS: readonly (readonly string[])[] = [
  ["digest", "sizes", "rate", "left", "all"],
  ["sizes", "rate", "left", "all"],
  ["digest", "sizes", "rate", "left", "counts"],
  ["sizes", "rate", "left", "counts"],
  ["digest", "sizes", "rate", "left", "blobs"],
  ["sizes", "rate", "left", "blobs"],
  ["sizes", "left", "blobs"],
  ["sizes", "left"],
  ["percent", "left"],
  ["percent"],
];

const COLOURS: Readonly<Record<string, string>> = { bar: "32", rate: "36", left: "2", digest: "1", short: "1" };

/** The line of a blob on its way; with the name of its copy where there are several. */
export function blobRow(blob: ActiveBlob, named: boolean, style: RowStyle): Row {
  const bytes = Math.min(Math.max(0, blob.bytes), blob.size);
  const encoded = plainText(blob.digest).replace(/^[^:]*:/, "");
  const rate = blob.bytes > 0 ? blob.rate.perSecond : undefined;
  return compose(
    BLOB_CELLS,
    {
      digest: encoded.slice(0, DIGEST_WIDTH).padEnd(DIGEST_WIDTH),
      short: encoded.slice(0, 7).padEnd(7),
      ...(named ? { name: padded(shortName(blob.copy.target), NAME_WIDTH) } : {}),
      ...moving(bytes, blob.size, rate),
    },
    style,
    blob.size <= 0 ? 0 : bytes / blob.size,
  );
}

/** The line of totals. */
export function totalRow(tally: Tally, style: RowStyle): Row {
  const { done, wanted, total, settled } = tally;
  const blobs = `${settled}/${count(total.found, "blob")}`;
  const counts = [blobs, ...others(total)];
  const images = tally.begun > 1 ? [`${tally.copied + tally.failed}/${count(tally.begun, "image")}`] : [];
  const cells = {
    digest: "total".padEnd(DIGEST_WIDTH),
    ...moving(done, wanted, tally.rate.perSecond),
    blobs,
    counts: counts.join(", "),
    all: [...counts, ...images].join(", "),
  };
  return compose(TOTAL_CELLS, cells, style, 0);
}

/** The line that stands for blobs for which there is no room. */
export function moreRow(number: number, style: RowStyle): Row {
  const text = fitWidth(`... and ${number} more`, style.columns - 1);
  return { text, width: textWidth(text) };
}

/** A bar of so many columns: `[====>   ]`. */
export function bar(part: number, columns: number): string {
  const room = columns - 2;
  const full = Math.floor(Math.min(1, Math.max(0, part)) * room);
  if (full >= room || part <= 0) return `[${(part <= 0 ? " " : "=").repeat(room)}]`;
  return `[${`${"=".repeat(full)}>`.padEnd(room)}]`;
}

function moving(bytes: number, size: number, rate: number | undefined): Record<string, string> {
  const left = secondsLeft(size - bytes, rate);
  return {
    sizes: `${shortSize(bytes)}/${shortSize(size)}`.padStart(SIZES_WIDTH),
    percent: `${percent(bytes, size)}%`.padStart(4),
    rate: (rate === undefined ? "" : shortRate(rate)).padStart(RATE_WIDTH),
    left: (left === undefined ? "-:--" : shortTime(left)).padStart(TIME_WIDTH),
  };
}

/** Sets the first choice of cells that fits. The bar takes what the others leave. */
function compose(
  choices: readonly (readonly string[])[],
  cells: Readonly<Record<string, string>>,
  { columns, colours }: RowStyle,
  part: number,
): Row {
  // A line that ends in the last column would leave the cursor in doubt.
  const room = Math.max(0, columns - 1);
  for (const choice of choices) {
    const chosen = choice.filter((name) => name === "bar" || (cells[name] ?? "") !== "");
    const blanks = chosen.length - 1;
    const fixed = chosen.reduce((sum, name) => sum + (name === "bar" ? 0 : textWidth(cells[name]!)), blanks);
    const hasBar = chosen.includes("bar");
    if (fixed + (hasBar ? BAR_LEAST : 0) > room) continue;
    const width = hasBar ? Math.min(BAR_MOST, room - fixed) : 0;
    const texts = chosen.map((name) => {
      const text = name === "bar" ? bar(part, width) : cells[name]!;
      const colour = colours ? COLOURS[name] : undefined;
      return colour === undefined ? text : `\x1b[${colour}m${text}\x1b[0m`;
    });
    return { text: texts.join(" "), width: fixed + width };
  }
  const text = fitWidth(cells[choices.at(-1)![0]!]!, room);
  return { text, width: textWidth(text) };
}

function padded(text: string, columns: number): string {
  const fitted = fitWidth(text, columns);
  return fitted + " ".repeat(columns - textWidth(fitted));
}
