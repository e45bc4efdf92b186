/**
 * Lines at the bottom of a terminal that are drawn anew again and again, while other lines scroll by above them.
 *
 * @module
 */
import type { Row } from "./row.ts";

/** Size of a terminal. */
export interface ScreenSize {
  /** Characters a line. */
  readonly columns: number;
  /** Lines. */
  readonly rows: number;
}

const HIDE_CURSOR = "\x1b[?25l";
const SHOW_CURSOR = "\x1b[?25h";
/** Cuts off what is longer than a line, or wraps it again (DECAWM). */
const CUT = "\x1b[?7l";
const WRAP = "\x1b[?7h";
/** Erases to the end of the line, to the end of the screen. */
const ERASE_LINE = "\x1b[K";
const ERASE_BELOW = "\x1b[J";

/** The lines at the bottom. The cursor stays hidden behind the last of them until they go. */
export class Screen {
  readonly #write: (text: string) => void;
  readonly #size: () => ScreenSize;
  #shown: readonly Row[] = [];
  #columns = 0;

  /** `size` is asked before every frame, so that a terminal may change its size at any time. */
  constructor(write: (text: string) => void, size: () => ScreenSize) {
    this.#write = write;
    this.#size = size;
  }

  /** Draws lines in place of those that are there; none takes them away. Each must be narrower than the screen. */
  draw(make: (size: ScreenSize) => readonly Row[]): void {
    const size = this.#size();
    const rows = make(size);
    if (rows.length === 0) return this.clear();
    // Lines of the same width are drawn over, not erased first, which would flicker.
    const start = this.#shown.length === 0 ? HIDE_CURSOR : this.#back(size, size.columns !== this.#columns);
    this.#write(start + body(rows) + ERASE_BELOW);
    this.#shown = rows;
    this.#columns = size.columns;
  }

  /** Writes text above the lines. It has to end with a line end. */
  above(text: string): void {
    if (this.#shown.length === 0) return this.#write(text);
    const size = this.#size();
    // What was drawn for a wider screen would wrap: the next frame brings it back.
    if (size.columns < this.#columns) {
      this.clear();
      return this.#write(text);
    }
    this.#write(this.#back(size, true) + text + body(this.#shown) + ERASE_BELOW);
  }

  /** Takes the lines away and shows the cursor. */
  clear(): void {
    if (this.#shown.length === 0) return;
    this.#write(this.#back(this.#size(), true) + SHOW_CURSOR);
    this.#shown = [];
  }

  /** Back to the start of the first line. A terminal that became narrower has wrapped what was drawn, as nearly all do. */
  #back(size: ScreenSize, erase: boolean): string {
    const wrapped = (row: Row) => Math.max(1, Math.ceil(row.width / Math.max(1, size.columns)));
    const lines = this.#shown.reduce((sum, row) => sum + wrapped(row), 0);
    const up = Math.min(lines, Math.max(1, size.rows)) - 1;
    return `\r${up > 0 ? `\x1b[${up}A` : ""}${erase ? ERASE_BELOW : ""}`;
  }
}

/** Nothing of it wraps, also where the terminal became narrower and has not told yet: what it wrapped before is then still as long. */
function body(rows: readonly Row[]): string {
  return CUT + rows.map(({ text }) => text).join(`${ERASE_LINE}\n`) + WRAP;
}
