/**
 * What a registry says of its refusal, fit to be shown; and answers that no registry gave.
 *
 * @module
 */

/** An entry of an error body (distribution-spec, "Error Codes"). */
export interface RegistryError {
  /** The registry's own code. */
  readonly code: string;
  /** Its words, "" where they say no more than the code. */
  readonly message: string;
}

/** Entries that are shown. */
const MOST = 5;
/** Characters of a text that are shown. */
const LONGEST = 300;

/** The entries of an error body, cleaned; none where it is no such body. */
export function registryErrors(body: string): RegistryError[] {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return [];
  }
  const errors = typeof value === "object" && value !== null && "errors" in value ? value.errors : undefined;
  if (!Array.isArray(errors)) return [];
  return errors.slice(0, MOST).flatMap((error: unknown) => {
    if (typeof error !== "object" || error === null) return [];
    const fields = error as Readonly<Record<string, unknown>>;
    const code = cleanText(fields.code);
    const message = cleanText(fields.message);
    const more = digestIn(fields.detail);
    if (code === "" && message === "") return [];
    const words = [message === code ? "" : message, message.includes(more) ? "" : more].filter((text) => text !== "");
    return [{ code: code === "" ? "UNKNOWN" : code, message: words.join(" ") }];
  });
}

/** The entries as one text: `DENIED: no; UNKNOWN`. */
export function registryWords(errors: readonly RegistryError[]): string {
  return errors.map(({ code, message }) => message === "" ? code : `${code}: ${message}`).join("; ");
}

/** True for a page of the web, which no registry gives: a proxy, a login page or another server answered. */
export function isWebPage(headers: Headers, body?: string | Uint8Array): boolean {
  if (/^\s*text\/html\b/i.test(headers.get("content-type") ?? "")) return true;
  const start = typeof body === "string" ? body.slice(0, 200) : new TextDecoder().decode(body?.subarray(0, 200));
  return /^\s*<(?:!doctype\s+html|html)\b/i.test(start);
}

/** Hint for an answer that is a page of the web. */
export function webPageHint(registry: string): string {
  return `it is a web page, as no registry gives: check the name and port of "${registry}", or whether a proxy or login page ` +
    "stands before it";
}

/** Text from a registry goes to terminals: no control characters, not without end. */
function cleanText(text: unknown): string {
  // deno-lint-ignore no-control-regex
  return typeof text === "string" ? text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim().slice(0, LONGEST) : "";
}

/** The digest that an entry's detail names: which blob of a manifest is not there. */
function digestIn(detail: unknown): string {
  if (detail === undefined || detail === null) return "";
  return /[a-z0-9]+:[0-9a-f]{64,128}\b/.exec(JSON.stringify(detail).slice(0, 4096))?.[0] ?? "";
}
