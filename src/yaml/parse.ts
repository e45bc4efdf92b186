/**
 * Reads yaml 1.2; the one file that knows the yaml package.
 *
 * @module
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseAllDocuments,
} from "yaml";
import type { ProblemList } from "./problem.ts";
import type { Position, YamlEntry, YamlMap, YamlNode } from "./tree.ts";

/** Most characters of a file. */
export const YAML_MAX_LENGTH = 2 << 20;
/** Most values of a document once its aliases are followed. */
export const YAML_MAX_VALUES = 1_000_000;
/** Most levels of a document. */
export const YAML_MAX_DEPTH = 100;
/** Mistakes of syntax that are told; what follows the first few is mostly their echo. */
const MOST_SYNTAX_ERRORS = 5;
const SECRET_LINE = /\b(?:pass|token|clientKey)["']?\s*:[^\n]*$/;
const TOO_DEEP = "Values are nested too deep";

/** The document of a text, or undefined where it has mistakes that leave none. They go to `problems`. */
export function parseYaml(source: string, problems: ProblemList): YamlNode | undefined {
  const text = source.replace(/^\uFEFF/, "");
  const counter = new LineCounter();
  const tell: Tell = (offset, message, hint, severity = "error") => {
    const at = positionIn(text, counter, offset);
    // What stands there may be a secret that was taken for an alias or a tag.
    const secret = SECRET_LINE.test(text.slice(counter.lineStarts[at.line - 1] ?? 0, offset));
    const words = secret
      ? { message: "This is not valid yaml", hint: "put the value in quotes" }
      : { message, ...(hint === undefined ? {} : { hint }) };
    problems.add({ path: "", ...at, ...words, severity });
  };
  if (text.length > YAML_MAX_LENGTH) {
    tell(0, `File is larger than ${YAML_MAX_LENGTH >> 20} MiB`);
    return undefined;
  }
  try {
    const parsed = parseAllDocuments(text, {
      lineCounter: counter,
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: "silent",
    });
    const documents = [...parsed];
    const errors = documents.flatMap((document) => document.errors).slice(0, MOST_SYNTAX_ERRORS);
    for (const error of errors) {
      const message = syntaxMessage(error.message);
      tell(error.pos[0], message, message === TOO_DEEP ? undefined : SYNTAX_HINTS[error.code]);
      if (message === TOO_DEEP) break;
    }
    if (errors.length > 0) return undefined;
    for (const warning of documents.flatMap((document) => document.warnings)) {
      tell(warning.pos[0], warning.message, undefined, "warning");
    }
    const second = documents.slice(1).find((document) => document.contents !== null && !isEmpty(document));
    if (second !== undefined) {
      tell(second.contents?.range?.[0] ?? 0, "File holds several documents", 'keep one, without "---" between them');
      return undefined;
    }
    const contents = documents[0]?.contents ?? null;
    if (contents === null) return { kind: "scalar", at: { line: 1, column: 1 }, value: null, text: "" };
    return new Reader((offset) => positionIn(text, counter, offset), tell).read(contents);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    tell(0, TOO_DEEP);
    return undefined;
  }
}

type Tell = (offset: number, message: string, hint?: string, severity?: "error" | "warning") => void;

/** Thrown to give up on a document. */
class Stop extends Error {}

/** A node that was read with the count of values that it stands for. */
interface Read {
  readonly node: YamlNode;
  readonly values: number;
}

class Reader {
  readonly #position: (offset: number) => Position;
  readonly #tell: Tell;
  /** Values by anchor as far as the text was read; undefined while the value itself is being read. */
  readonly #anchors = new Map<string, Read | undefined>();

  constructor(position: (offset: number) => Position, tell: Tell) {
    this.#position = position;
    this.#tell = tell;
  }

  read(contents: Node): YamlNode | undefined {
    try {
      return this.#node(contents, 0).node;
    } catch (error) {
      if (error instanceof Stop) return undefined;
      throw error;
    }
  }

  #stop(offset: number, message: string, hint?: string): never {
    this.#tell(offset, message, hint);
    throw new Stop();
  }

  #node(node: Node, depth: number): Read {
    const offset = node.range?.[0] ?? 0;
    if (depth > YAML_MAX_DEPTH) this.#stop(offset, `Values are nested deeper than ${YAML_MAX_DEPTH} levels`);
    if (isAlias(node)) return this.#alias(node.source, offset);
    const anchor = "anchor" in node ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
    const read = this.#content(node, offset, depth);
    if (read.values > YAML_MAX_VALUES) this.#stop(offset, `Aliases make more than ${YAML_MAX_VALUES} values of it`);
    if (anchor !== undefined) this.#anchors.set(anchor, read);
    return read;
  }

  #alias(name: string, offset: number): Read {
    const read = this.#anchors.get(name);
    if (read !== undefined) return read;
    if (this.#anchors.has(name)) this.#stop(offset, `Alias "*${name}" stands inside of what it names`);
    return this.#stop(offset, `Alias "*${name}" names nothing`, `put the anchor "&${name}" before it`);
  }

  #content(node: Node, offset: number, depth: number): Read {
    const at = this.#position(offset);
    if (isScalar(node)) {
      const { source, value } = node;
      const plain = value === null || typeof value === "string" || typeof value === "number" ||
        typeof value === "boolean";
      if (!plain && typeof value !== "bigint") {
        this.#stop(offset, `Values of type "${node.tag ?? ""}" have no meaning here`);
      }
      const known = plain ? value : Number(value);
      return { node: { kind: "scalar", at, value: known, text: source ?? String(value ?? "") }, values: 1 };
    }
    let values = 1;
    if (isSeq<Node | null>(node)) {
      const items: YamlNode[] = [];
      for (const item of node.items) {
        const read = item === null ? { node: nothing(at), values: 1 } : this.#node(item, depth + 1);
        items.push(read.node);
        values += read.values;
      }
      return { node: { kind: "list", at, items }, values };
    }
    if (!isMap<Node | null, Node | null>(node)) this.#stop(offset, "This has no meaning here");
    const own = new Map<string, YamlEntry>();
    const merged: YamlMap[] = [];
    for (const { key, value } of node.items) {
      const keyOffset = key?.range?.[0] ?? offset;
      const read = value === null
        ? { node: nothing(this.#position(keyOffset)), values: 1 }
        : this.#node(value, depth + 1);
      values += read.values;
      if (isMerge(key)) {
        merged.push(...this.#mergeable(read.node, keyOffset));
        continue;
      }
      const name = this.#key(key, keyOffset);
      if (own.has(name)) {
        this.#tell(keyOffset, `Key "${name}" is there twice: the last one counts`, "keep one of them", "warning");
      }
      own.set(name, { at: this.#position(keyOffset), value: read.node });
    }
    for (const map of merged) {
      for (const [name, entry] of map.entries) if (!own.has(name)) own.set(name, entry);
    }
    return { node: { kind: "map", at, entries: own }, values };
  }

  #key(key: Node | null, offset: number): string {
    const node = key === null ? undefined : this.#node(key, 0).node;
    if (node === undefined || (node.kind === "scalar" && node.value === null)) this.#stop(offset, "A key is empty");
    if (node.kind !== "scalar") return this.#stop(offset, "A key must be a text");
    return node.text;
  }

  #mergeable(node: YamlNode, offset: number): readonly YamlMap[] {
    const maps = node.kind === "list" ? node.items : [node];
    return maps.map((map) =>
      map.kind === "map" ? map : this.#stop(offset, 'Key "<<" needs a mapping, or a list of mappings')
    );
  }
}

function nothing(at: Position): YamlNode {
  return { kind: "scalar", at, value: null, text: "" };
}

function isMerge(key: Pair["key"]): boolean {
  return isScalar(key) && key.type === "PLAIN" && key.source === "<<";
}

function isEmpty(document: Document.Parsed): boolean {
  const { contents } = document;
  return isScalar(contents) && contents.value === null && (contents.source ?? "") === "";
}

/** Columns count characters, not UTF-16 units. */
function positionIn(text: string, counter: LineCounter, offset: number): Position {
  const { line, col } = counter.linePos(Math.min(offset, text.length));
  if (line === 0) return { line: 1, column: 1 };
  const start = counter.lineStarts[line - 1] ?? 0;
  return { line, column: [...text.slice(start, start + col - 1)].length + 1 };
}

/** The parser takes an overflow of its stack for a mistake in the text. */
function syntaxMessage(message: string): string {
  return /call stack|Stack overflow/.test(message) ? TOO_DEEP : message.replace(/\.$/, "");
}

const SYNTAX_HINTS: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: "indent with spaces",
  BLOCK_AS_IMPLICIT_KEY: 'put texts with ": " in quotes',
  BAD_INDENT: "check brackets and the indentation of this and the line before",
  MISSING_CHAR: "check quotes and brackets",
};
