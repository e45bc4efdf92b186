/**
 * What a server says of its refusal, fit to be shown.
 *
 * @module
 */
import type { Credential } from "./credential.ts";
import { basicAuthorization, credentialSecret, IDENTITY_USER } from "./credential_text.ts";

const LONGEST = 300;
/** Secrets below this length are not cut out: the gaps would spell them. */
const SHORTEST_SECRET = 4;

/**
 * The message in an error answer: `errors[].code` and `message` (distribution-spec, error codes), OAuth2's `error` and
 * `error_description`, or docker's `details`; plain text as it is; of HTML nothing. One line, cut short, without the secrets given.
 */
export function cleanWords(text: string, credential?: Credential, ...secrets: readonly (string | undefined)[]): string {
  let words: string;
  try {
    words = fromJson(JSON.parse(text));
  } catch {
    words = /^\s*</.test(text) ? "" : text;
  }
  const hide = [...secrets];
  if (credential !== undefined) {
    const secret = credentialSecret(credential);
    const username = credential.kind === "basic" ? credential.username : IDENTITY_USER;
    const basic = basicAuthorization(username, secret).slice("Basic ".length);
    hide.push(secret, encodeURIComponent(secret), basic);
  }
  for (const secret of hide) {
    if (secret !== undefined && secret.length >= SHORTEST_SECRET) words = words.replaceAll(secret, "***");
  }
  // deno-lint-ignore no-control-regex
  const line = words.replace(/[\x00-\x1f\x7f-\x9f\s]+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line;
}

function fromJson(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return "";
  const fields = value as Readonly<Record<string, unknown>>;
  if (Array.isArray(fields["errors"])) {
    return fields["errors"].map((one) => pick(Object(one), "code", "message")).filter((one) => one !== "").join("; ");
  }
  return pick(fields, "error", "error_description", "details", "message");
}

function pick(fields: Readonly<Record<string, unknown>>, ...names: readonly string[]): string {
  return names.map((name) => fields[name]).filter((value) => typeof value === "string" && value !== "").join(": ");
}
