/**
 * What comes from a confined plugin, as plain data without anything that a terminal would act on.
 *
 * @module
 */

/** Characters that move, colour and hide on a terminal, and those that turn the direction of writing; ends of lines and tabs stay. */
// deno-lint-ignore no-control-regex
const ACTING = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text, with `\ufffd` for each character that a terminal would act on. */
export function plainText(text: string): string {
  return text.replace(ACTING, "\ufffd");
}

/** A text on one line, not longer than a message. */
export function plainLine(value: unknown): string {
  const text = typeof value === "string" ? value : "";
  return plainText(text.slice(0, 2000)).replace(/\s+/g, " ").trim();
}

/**
 * Plain data from JSON.
 *
 * @throws {SyntaxError} where it is no JSON
 */
export function plainData(json: unknown): unknown {
  return JSON.parse(String(json), (_key, value: unknown) => {
    if (typeof value === "string") return plainText(value);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [plainText(key), one]));
  });
}

/** The fields of an object; none of what is no object. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Record<string, unknown> : {};
}
