/**
 * Who may do what with which repositories: a JSON file with groups of users and with rules.
 *
 * ```json
 * {
 *   "groups": { "developers": ["ann", "bob"] },
 *   "rules": [
 *     { "repository": "public/*", "allow": ["pull"], "anonymous": true },
 *     { "repository": "team/*", "allow": ["pull", "push"], "members": ["developers", "robot"] },
 *     { "repository": "*", "allow": ["pull", "push", "delete"], "members": ["admin"] }
 *   ]
 * }
 * ```
 *
 * Rules add up: what one allows no other takes away, and what none allows is refused. `*` in a repository stands for any text, slashes
 * among it. `members` are users or groups; `anonymous` is everybody.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { isJsonObject, type JsonObject } from "../../oci/descriptor.ts";
import type { Action } from "../call.ts";

/** Says whether a user ("" for nobody known) may do something. */
export interface Acl {
  /** True when a rule allows it. */
  allows(user: string, repository: string, action: Action): boolean;
}

const ACTIONS: readonly string[] = ["pull", "push", "delete"] satisfies readonly Action[];

interface Rule {
  readonly pieces: readonly string[];
  readonly actions: ReadonlySet<string>;
  readonly users: ReadonlySet<string>;
  readonly anonymous: boolean;
}

/**
 * Reads the file; `where` names it in errors.
 *
 * @throws {FerryError} CONFIG_INVALID
 */
export function parseAcl(text: string, where: string): Acl {
  const invalid = (what: string) =>
    new FerryError("CONFIG_INVALID", `"${where}" is not a valid access file: ${what}`, {
      hint: 'write {"rules": [{"repository": "team/*", "allow": ["pull", "push"], "members": ["ann"]}]}',
    });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid(`it is not JSON (${cause instanceof Error ? cause.message : cause})`);
  }
  if (!isJsonObject(json)) throw invalid("it is not an object");
  requireKeys(json, ["groups", "rules"], "it", invalid);
  const groups = new Map<string, readonly string[]>();
  if (json.groups !== undefined) {
    if (!isJsonObject(json.groups)) throw invalid("groups is not an object");
    for (const [name, members] of Object.entries(json.groups)) {
      groups.set(name, texts(members, `groups.${name}`, invalid));
    }
  }
  if (!Array.isArray(json.rules)) throw invalid("rules is not a list");
  const rules = json.rules.map((rule, at) => parseRule(rule, `rules[${at}]`, groups, invalid));
  return {
    allows: (user, repository, action) =>
      rules.some((rule) =>
        rule.actions.has(action) && (rule.anonymous || (user !== "" && rule.users.has(user))) &&
        matches(rule.pieces, repository)
      ),
  };
}

function parseRule(
  value: unknown,
  where: string,
  groups: ReadonlyMap<string, readonly string[]>,
  invalid: (what: string) => FerryError,
): Rule {
  if (!isJsonObject(value)) throw invalid(`${where} is not an object`);
  requireKeys(value, ["repository", "allow", "members", "anonymous"], where, invalid);
  const { repository, allow, members, anonymous } = value;
  if (typeof repository !== "string" || repository === "") throw invalid(`${where}.repository is not text`);
  const actions = texts(allow, `${where}.allow`, invalid);
  const odd = actions.find((action) => !ACTIONS.includes(action));
  if (odd !== undefined) throw invalid(`${where}.allow has "${odd}", known are ${ACTIONS.join(", ")}`);
  if (anonymous !== undefined && typeof anonymous !== "boolean") {
    throw invalid(`${where}.anonymous is not true or false`);
  }
  const named = members === undefined ? [] : texts(members, `${where}.members`, invalid);
  return {
    pieces: repository.split("*"),
    actions: new Set(actions),
    users: new Set(named.flatMap((name) => groups.get(name) ?? [name])),
    anonymous: anonymous === true,
  };
}

function requireKeys(
  value: JsonObject,
  known: readonly string[],
  where: string,
  invalid: (what: string) => FerryError,
): void {
  const odd = Object.keys(value).find((key) => !known.includes(key));
  if (odd !== undefined) throw invalid(`${where} has the unknown key "${odd}", known are ${known.join(", ")}`);
}

function texts(value: unknown, where: string, invalid: (what: string) => FerryError): readonly string[] {
  if (!Array.isArray(value) || !value.every((one) => typeof one === "string")) {
    throw invalid(`${where} is not a list of texts`);
  }
  return value;
}

/** True when `text` is the pieces with anything between them. Linear: each piece is looked for once, from where the last ended. */
function matches(pieces: readonly string[], text: string): boolean {
  const first = pieces[0]!;
  const last = pieces.at(-1)!;
  if (pieces.length === 1) return text === first;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
