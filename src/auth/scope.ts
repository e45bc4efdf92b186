/**
 * Scopes of access tokens: `repository:name:pull,push` (distribution-spec's token scope documentation).
 *
 * @module
 */

/**
 * Scopes by `type:name`, each with its actions. A scope of another form (`aws`) is a key of its own without actions.
 */
export type ScopeSet = ReadonlyMap<string, ReadonlySet<string>>;

/** No scope at all: a token that only says who asks. */
export const NO_SCOPES: ScopeSet = new Map();

const ACTION_ORDER = ["pull", "push", "delete"];

/**
 * Reads scopes; each text may hold several, separated by spaces. The name may have colons (`repository:host:5000/a:pull`).
 *
 * @example
 * ```ts
 * import { formatScopes, parseScopes } from "./scope.ts";
 * const scopes = parseScopes(["repository:b:push repository:a:pull", "repository:b:pull"]);
 * if (formatScopes(scopes).join(" ") !== "repository:b:pull,push repository:a:pull") throw new Error();
 * ```
 */
export function parseScopes(texts: Iterable<string>): ScopeSet {
  const scopes = new Map<string, Set<string>>();
  for (const text of texts) {
    for (const one of text.split(/\s+/)) {
      if (one !== "") add(scopes, ...split(one));
    }
  }
  return scopes;
}

/** The scope of a repository; actions in any order. */
export function repositoryScope(repository: string, actions: readonly string[]): ScopeSet {
  return new Map([[`repository:${repository}`, new Set(actions)]]);
}

/** All scopes of all sets. */
export function unionScopes(...sets: readonly ScopeSet[]): ScopeSet {
  const scopes = new Map<string, Set<string>>();
  for (const set of sets) {
    for (const [key, actions] of set) add(scopes, key, actions);
  }
  return scopes;
}

/** True when `granted` has every action of `wanted`; the action `*` has them all. */
export function coversScopes(granted: ScopeSet, wanted: ScopeSet): boolean {
  for (const [key, actions] of wanted) {
    const have = granted.get(key);
    if (have === undefined) return false;
    if (have.has("*")) continue;
    for (const action of actions) {
      if (!have.has(action)) return false;
    }
  }
  return true;
}

/** Texts of scopes, in the order in which they came, with `pull,push` in this order, as token servers know it. */
export function formatScopes(scopes: ScopeSet): string[] {
  return Array.from(
    scopes,
    ([key, actions]) => actions.size === 0 ? key : `${key}:${[...actions].sort(order).join(",")}`,
  );
}

/** True when any scope names a repository. */
export function namesRepository(scopes: ScopeSet): boolean {
  return scopes.keys().some((key) => /^repository(?:\([^)]*\))?:/.test(key));
}

function split(text: string): [string, Iterable<string>] {
  const first = text.indexOf(":");
  const last = text.lastIndexOf(":");
  if (first < 0 || first === last) return [text, []];
  return [text.slice(0, last), text.slice(last + 1).split(",").filter((action) => action !== "")];
}

function add(scopes: Map<string, Set<string>>, key: string, actions: Iterable<string>): void {
  const have = scopes.get(key) ?? new Set();
  for (const action of actions) have.add(action);
  scopes.set(key, have);
}

function order(a: string, b: string): number {
  const rank = (action: string) => (ACTION_ORDER.indexOf(action) + 1) || ACTION_ORDER.length + 1;
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}
