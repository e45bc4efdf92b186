/**
 * Values as yaml.
 *
 * @module
 */

/** A text that every reader of yaml, 1.1 or 1.2, takes for that text without quotes. */
const PLAIN = /^[A-Za-z_/][\w/.+-]*(?:[ :@=][\w/.+-]+)*$/;
/** What looks like one and is something else to some reader. */
const WORD = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

/**
 * A value as yaml, block by block, keys in their order. Texts that could be taken for something else are in double quotes.
 *
 * @example
 * ```ts
 * import { writeYaml } from "./write.ts";
 * const text = writeYaml({ size: 3, names: ["a", "3.10"], none: [] });
 * if (text !== 'size: 3\nnames:\n- a\n- "3.10"\nnone: []\n') throw new Error(text);
 * ```
 */
export function writeYaml(value: unknown): string {
  const lines: string[] = [];
  write(value, "", "", lines);
  return `${lines.join("\n")}\n`;
}

/** Writes a value; its first line begins with `head`, what stands before it on that line. */
function write(value: unknown, head: string, indent: string, lines: string[]): void {
  const space = head === "" || head.endsWith(" ") ? "" : " ";
  if (Array.isArray(value) && value.length > 0) {
    if (head !== "") lines.push(head.trimEnd());
    // A list in a mapping stands under its key; a list in a list further in.
    for (const item of value) write(item, `${indent}- `, `${indent}  `, lines);
  } else if (isMapping(value) && Object.keys(value).length > 0) {
    let first = head;
    if (head !== "" && !head.endsWith("- ")) {
      lines.push(head);
      first = "";
    }
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const start = first === "" ? indent : first;
      first = "";
      write(item, `${start}${scalar(key)}:`, isMapping(item) ? `${indent}  ` : indent, lines);
    }
  } else lines.push(`${head}${space}${Array.isArray(value) ? "[]" : isMapping(value) ? "{}" : scalar(value)}`);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function scalar(value: unknown): string {
  if (typeof value !== "string") return value === undefined ? "null" : String(value);
  // Double quotes of yaml take all that those of JSON have.
  return PLAIN.test(value) && !WORD.test(value) ? value : JSON.stringify(value.toWellFormed());
}
