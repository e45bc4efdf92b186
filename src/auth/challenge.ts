/**
 * WWW-Authenticate: what a server asks for (RFC 9110, section 11.6.1).
 *
 * @module
 */

/** One challenge of a WWW-Authenticate header. */
export interface Challenge {
  /** Scheme in lower case, for example `bearer`. */
  readonly scheme: string;
  /** The token68 that follows some schemes instead of parameters, or "". */
  readonly token68: string;
  /** Parameters by their name in lower case, unquoted; the first of a name counts. */
  readonly params: ReadonlyMap<string, string>;
}

const TOKEN = /[!#$%&'*+\-.^_`|~0-9A-Za-z]+/y;
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;
const SPACE = /[ \t\r\n]*/y;
const SEPARATORS = /[ \t\r\n,]*/y;
const PARAM_NAME = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*=[ \t]*/y;
const LOOSE_VALUE = /[^ \t\r\n,]*/y;
const TO_COMMA = /[^,]*/y;

/**
 * Parses WWW-Authenticate: several challenges in one value, or several values. Never throws: what cannot be read is left out.
 * A parameter's value may be unquoted although it is no token (`realm=https://host/token`), as some registries send it.
 *
 * @example
 * ```ts
 * import { parseChallenges } from "./challenge.ts";
 * const [basic, bearer] = parseChallenges('Basic realm="r", Bearer realm="https://a/t",scope="repository:x:pull,push"');
 * if (basic?.scheme !== "basic" || bearer?.params.get("scope") !== "repository:x:pull,push") throw new Error();
 * ```
 */
export function parseChallenges(value: string | readonly string[]): Challenge[] {
  return typeof value === "string" ? parseValue(value) : value.flatMap(parseValue);
}

function parseValue(text: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    at += found[0].length;
    return found[1] ?? found[0];
  };
  const takeValue = (): string => {
    if (text[at] !== '"') return take(LOOSE_VALUE) ?? "";
    let value = "";
    for (at++; at < text.length && text[at] !== '"'; at++) {
      if (text[at] === "\\" && at + 1 < text.length) at++;
      value += text[at];
    }
    at++;
    return value;
  };
  while (take(SEPARATORS), at < text.length) {
    if (take(PARAM_NAME) !== undefined) {
      takeValue(); // A parameter that belongs to no scheme.
      continue;
    }
    const scheme = take(TOKEN);
    if (scheme === undefined || (at < text.length && !" \t\r\n,".includes(text[at] ?? ""))) {
      take(TO_COMMA);
      continue;
    }
    take(SPACE);
    const token68 = take(TOKEN68) ?? "";
    const params = new Map<string, string>();
    while (token68 === "") {
      const before = at;
      take(SEPARATORS);
      const name = take(PARAM_NAME)?.toLowerCase();
      if (name === undefined) {
        at = before;
        break;
      }
      const value = takeValue();
      if (!params.has(name)) params.set(name, value);
    }
    challenges.push({ scheme: scheme.toLowerCase(), token68, params });
  }
  return challenges;
}
