/**
 * Tables of README.md, the one place that they are written in by hand.
 *
 * @module
 */

/** Rows of the table under a heading of the second level, cells as they are written, without the head. */
export function readmeTable(readme: string, heading: string): (readonly string[])[] {
  const [, after] = readme.split(`\n## ${heading}\n`);
  if (after === undefined) throw new Error(`README.md has no heading "${heading}"`);
  const [section = ""] = after.split("\n## ");
  const rows = section.split("\n").filter((line) => line.startsWith("|")).map(cells);
  if (rows.length < 3) throw new Error(`README.md has no table under "${heading}"`);
  return rows.slice(2);
}

function cells(line: string): string[] {
  return line.replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());
}
