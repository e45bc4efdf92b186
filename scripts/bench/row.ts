/**
 * A line of the bench's table.
 *
 * @module
 */

/** One thing that was measured. */
export interface Row {
  /** What was done. */
  readonly what: string;
  /** Our figure, with its unit. */
  readonly ours: string;
  /** The peer's figure, with its unit and name; undefined when the peer is missing. */
  readonly peer: string | undefined;
  /** What is held against limit and aim: mostly ours divided by the peer's. Undefined when the peer is missing. */
  readonly figure: number | undefined;
  /** Must not be passed. */
  readonly limit: number;
  /** Wanted. */
  readonly aim?: number;
  /** More is better: the figure must not be below limit and aim. */
  readonly most?: boolean;
  /** Program that the figure needs and that is not installed. */
  readonly missing?: string;
}

/** `ok`, `ok, aim missed`, `OVER` or `UNDER`. */
export function verdict({ figure, limit, aim, most = false, missing = "the peer" }: Row): string {
  if (figure === undefined) return `skipped: ${missing} is not installed`;
  const passes = (mark: number) => most ? figure < mark : figure > mark;
  if (passes(limit)) return most ? "UNDER" : "OVER";
  return aim !== undefined && passes(aim) ? "ok, aim missed" : "ok";
}

const WIDTHS = [50, 10, 24, 8, 7, 6];

/** Head of the table. */
export const HEAD: string = line(["what", "ferry", "peer", "figure", "limit", "aim"], "");

/** A row as text. */
export function rowText(row: Row): string {
  const number = (value: number | undefined) => value === undefined ? "-" : String(Number(value.toFixed(2)));
  const mark = (value: number | undefined) => row.most === true && value !== undefined ? `>=${value}` : number(value);
  const { what, ours, peer = "-", figure, limit, aim } = row;
  return line([what, ours, peer, number(figure), mark(limit), mark(aim)], verdict(row));
}

function line(cells: readonly string[], last: string): string {
  return [...cells.map((cell, at) => cell.padEnd(WIDTHS[at]!)), last].join(" ").trimEnd();
}

/** Seconds as text. */
export function secondsText(seconds: number): string {
  return seconds < 0.1995 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`;
}
