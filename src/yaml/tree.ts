/**
 * A yaml document as plain data with positions; aliases are followed and merge keys (`<<`) worked in.
 *
 * @module
 */

/** A place in a file. */
export interface Position {
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1, in characters. */
  readonly column: number;
}

/** A value of a document. The same value may be there in several places, through aliases. */
export type YamlNode = YamlScalar | YamlList | YamlMap;

/** A text, number, boolean or null. */
export interface YamlScalar {
  /** Tells the kinds apart. */
  readonly kind: "scalar";
  /** Where it is. */
  readonly at: Position;
  /** As yaml 1.2 reads it. */
  readonly value: string | number | boolean | null;
  /** As it is written; for a quoted or block text, the text. */
  readonly text: string;
}

/** A list. */
export interface YamlList {
  /** Tells the kinds apart. */
  readonly kind: "list";
  /** Where it is. */
  readonly at: Position;
  /** What it holds. */
  readonly items: readonly YamlNode[];
}

/** A mapping. */
export interface YamlMap {
  /** Tells the kinds apart. */
  readonly kind: "map";
  /** Where it is. */
  readonly at: Position;
  /** What it holds, each key once; keys from merges come behind its own. */
  readonly entries: ReadonlyMap<string, YamlEntry>;
}

/** A key with its value. */
export interface YamlEntry {
  /** Where the key is. */
  readonly at: Position;
  /** The value. */
  readonly value: YamlNode;
}

/** Steps from the document to a value: keys, and places in lists from 0. */
export type YamlPath = readonly (string | number)[];

/** A path as people write it: `sync[0].tags.allow`. */
export function formatPath(path: YamlPath): string {
  return path.map((step, at) =>
    typeof step === "number" ? `[${step}]` : /^[\w-]+$/.test(step) ? `${at === 0 ? "" : "."}${step}` : `["${step}"]`
  ).join("");
}

/** Position of the value at a path, of its nearest parent where it is not there. */
export function positionAt(root: YamlNode, path: YamlPath): Position {
  let node = root;
  for (const step of path) {
    const next = node.kind === "map"
      ? node.entries.get(String(step))?.value
      : node.kind === "list" && typeof step === "number"
      ? node.items[step]
      : undefined;
    if (next === undefined) break;
    node = next;
  }
  return node.at;
}
