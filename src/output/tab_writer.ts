/**
 * Columns of text, aligned as Go's text/tabwriter does it.
 *
 * @module
 */

/** How columns are set. */
export interface TabWriterOptions {
  /** Least width of a cell with its padding, 0 unless given. */
  readonly minWidth?: number;
  /** Blanks behind the widest cell of a column, 1 unless given. */
  readonly padding?: number;
}

/**
 * Aligns lines whose cells end in a tab; what follows the last tab of a line belongs to no column.
 * A column is a run of neighbouring lines that have a cell there: its width is that of its widest cell.
 * Empty cells are padded as any other, so lines can end in blanks.
 */
export function alignTabs(text: string, options: TabWriterOptions = {}): string {
  const { minWidth = 0, padding = 1 } = options;
  const lines = text.split("\n").map((line) => line.split("\t"));
  const widths: number[][] = lines.map(() => []);
  const measure = (from: number, to: number, column: number) => {
    for (let at = from; at < to; at++) {
      if (lines[at]!.length - 1 <= column) continue;
      let end = at;
      let width = minWidth;
      while (end < to && lines[end]!.length - 1 > column) {
        width = Math.max(width, cellWidth(lines[end]![column]!) + padding);
        end++;
      }
      for (let row = at; row < end; row++) widths[row]![column] = width;
      measure(at, end, column + 1);
      at = end - 1;
    }
  };
  measure(0, lines.length, 0);
  return lines.map((cells, row) =>
    cells.map((cell, column) =>
      column === cells.length - 1 ? cell : cell + " ".repeat(Math.max(0, widths[row]![column]! - cellWidth(cell)))
    ).join("")
  ).join("\n");
}

function cellWidth(cell: string): number {
  let width = 0;
  for (const _ of cell) width++;
  return width;
}
