/** A terminal in memory: takes what ferry writes, shows what a person would see. Knows the few sequences that are used. */

import { textWidth } from "../../src/output/progress/width.ts";

/** A terminal of so many columns and rows; what scrolls out at its top is kept. */
export class FakeTerminal {
  /** False while the cursor is hidden. */
  cursor = true;
  /** Times that a line was longer than the terminal is wide, so that it was wrapped or cut. */
  wraps = 0;
  #lines: string[] = [""];
  #row = 0;
  #column = 0;
  #cuts = false;
  #told: { readonly columns: number; readonly rows: number };

  constructor(public columns: number, public rows: number) {
    this.#told = { columns, rows };
  }

  /** Size, as a program asks for it: that of old until the terminal tells. */
  readonly size = (): { readonly columns: number; readonly rows: number } => this.#told;

  /** Takes text. */
  readonly write = (text: string): void => {
    // deno-lint-ignore no-control-regex
    for (const [part] of text.matchAll(/\x1b\[[?\d;]*[a-zA-Z]|[\r\n]|[^\x1b\r\n]+|\x1b/g)) this.#take(part);
  };

  /** Lines as they stand, blanks at their ends and empty lines at the end left out. */
  get lines(): readonly string[] {
    const lines = this.#lines.map((line) => line.trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** Becomes narrower or wider; lines that no longer fit are wrapped, as most terminals do. */
  resize(columns: number, rows: number, tells = true): void {
    const lines = this.#lines.flatMap((line, at) => {
      const parts = [line.slice(0, columns)];
      for (let from = columns; from < line.length; from += columns) parts.push(line.slice(from, from + columns));
      if (at === this.#row) this.#column = parts.at(-1)!.length;
      return parts;
    });
    this.#row += lines.length - this.#lines.length;
    this.#lines = lines;
    this.columns = columns;
    this.rows = rows;
    if (tells) this.tell();
  }

  /** Tells programs of its size. */
  tell(): void {
    this.#told = { columns: this.columns, rows: this.rows };
  }

  #take(part: string): void {
    if (part === "\r") this.#column = 0;
    else if (part === "\n") {
      this.#row++;
      this.#column = 0;
      this.#lines[this.#row] ??= "";
    } else if (part.startsWith("\x1b")) this.#control(part);
    else this.#text(part);
  }

  #text(whole: string): void {
    const before = this.#lines[this.#row]!.slice(0, this.#column);
    const long = textWidth(before + whole) > this.columns;
    if (long) this.wraps++;
    const text = long && this.#cuts ? whole.slice(0, Math.max(0, this.columns - this.#column)) : whole;
    const line = this.#lines[this.#row]!.padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + text + line.slice(this.#column + text.length);
    this.#column += text.length;
  }

  #control(sequence: string): void {
    const number = Number(/\d+/.exec(sequence)?.[0] ?? 1);
    if (sequence === "\x1b[?25l") this.cursor = false;
    else if (sequence === "\x1b[?25h") this.cursor = true;
    else if (sequence === "\x1b[?7l") this.#cuts = true;
    else if (sequence === "\x1b[?7h") this.#cuts = false;
    else if (sequence.endsWith("A")) this.#row = Math.max(this.#top, this.#row - number);
    else if (sequence === "\x1b[K") this.#lines[this.#row] = this.#lines[this.#row]!.slice(0, this.#column);
    else if (sequence === "\x1b[J") {
      this.#lines[this.#row] = this.#lines[this.#row]!.slice(0, this.#column);
      this.#lines.length = this.#row + 1;
    } else if (!sequence.endsWith("m")) throw new Error(`Sequence ${JSON.stringify(sequence)} is not known`);
  }

  /** First line that can be seen: the cursor goes no higher. */
  get #top(): number {
    return Math.max(0, this.#lines.length - this.rows);
  }
}
