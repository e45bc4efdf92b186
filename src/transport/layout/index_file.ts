/**
 * `index.json` and `oci-layout` as data (image-spec, image-layout.md), and what changes to them mean. Entries that cannot be read and
 * fields that are not known survive every change.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { type Descriptor, isJsonObject, type JsonObject, parseDescriptor } from "../../oci/descriptor.ts";
import type { Digest } from "../../oci/digest.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import { entryTag, hasTag, REF_NAME } from "./entry_tag.ts";

/** Annotation with the time of an entry. */
const CREATED = "org.opencontainers.image.created";

/** An entry: what the file says, and the descriptor in it where it is one. */
export interface IndexEntry {
  /** The value that the file has, as JSON. */
  readonly text: string;
  /** The descriptor; undefined where it cannot be read. */
  readonly descriptor: Descriptor | undefined;
}

/** The content of `index.json`. Immutable. */
export interface LayoutIndex {
  /** All fields. */
  readonly json: JsonObject;
  /** The entries, in order. */
  readonly entries: readonly IndexEntry[];
}

/** Content of the `oci-layout` file. */
export const LAYOUT_MARKER = '{"imageLayoutVersion":"1.0.0"}';

/** The index of a layout that holds nothing yet. */
export function emptyIndex(): LayoutIndex {
  return { json: { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [] }, entries: [] };
}

/**
 * Reads the text of `index.json`; `where` names the layout in errors.
 *
 * @throws {FerryError} LAYOUT_INVALID
 */
export function parseIndex(text: string, where: string): LayoutIndex {
  const json = parseObject(text, where, "index.json");
  const list = json.manifests ?? [];
  if (!Array.isArray(list)) throw invalidLayout(where, "manifests in index.json is not a list");
  return { json, entries: list.map(parseEntry) };
}

/**
 * Checks the text of `oci-layout`.
 *
 * @throws {FerryError} LAYOUT_INVALID
 */
export function checkMarker(text: string, where: string): void {
  const version = parseObject(text, where, "oci-layout").imageLayoutVersion;
  if (typeof version !== "string" || !/^1\.\d/.test(version)) {
    throw invalidLayout(where, `oci-layout has the version ${JSON.stringify(version) ?? "none"}, known is "1.0.0"`);
  }
}

/** The text of `index.json`. */
export function formatIndex(index: LayoutIndex): string {
  const fields = Object.entries({ ...index.json, manifests: undefined }).map(([name, value]) => {
    const text = name === "manifests"
      ? `[${index.entries.map((entry) => entry.text).join(",")}]`
      : JSON.stringify(value);
    return `${JSON.stringify(name)}:${text}`;
  });
  return `{${fields.join(",")}}`;
}

/** Descriptors of the entries that can be read. */
export function descriptorsOf(index: LayoutIndex): Descriptor[] {
  return index.entries.flatMap((entry) => entry.descriptor ?? []);
}

/** The entry of a tag: one whose `ref.name` is the tag goes before one whose full name ends in it. */
export function findTag(index: LayoutIndex, tag: string): Descriptor | undefined {
  let found: Descriptor | undefined;
  for (const { descriptor } of index.entries) {
    if (descriptor === undefined) continue;
    if (isNamed(descriptor, tag)) return descriptor;
    if (found === undefined && hasTag(descriptor, tag)) found = descriptor;
  }
  return found;
}

/** Tags, bytewise sorted, none twice. */
export function tagsOf(index: LayoutIndex): string[] {
  const tags = new Set<string>();
  for (const entry of descriptorsOf(index)) {
    const tag = entryTag(entry);
    if (tag !== undefined) tags.add(tag);
  }
  return [...tags].sort();
}

/**
 * Points a tag at a manifest: it takes the place of the entries that had exactly that name, and of an untagged entry of the same
 * manifest. Full names of other tools that end in the tag stay. An entry that says so already is left as it is.
 */
export function setTag(index: LayoutIndex, tag: string, descriptor: Descriptor, created?: string): LayoutIndex {
  const named = index.entries.filter((entry) => entry.descriptor !== undefined && isNamed(entry.descriptor, tag));
  const kept = named.find((entry) => entry.descriptor?.digest === descriptor.digest);
  const entry = kept ?? newEntry(descriptor, tag, created);
  const place = named[0];
  const entries: IndexEntry[] = [];
  for (const one of index.entries) {
    if (one === place) entries.push(entry);
    else if (!named.includes(one) && !isBare(one, descriptor.digest)) entries.push(one);
  }
  if (place === undefined) entries.push(entry);
  return changed(index, entries);
}

/** Takes every entry of a tag out, full names that end in it among them. */
export function removeTag(index: LayoutIndex, tag: string): LayoutIndex {
  return removeEntries(index, (entry) => isNamed(entry, tag) || hasTag(entry, tag));
}

/** Takes the entries out that `gone` says. */
export function removeEntries(index: LayoutIndex, gone: (entry: Descriptor) => boolean): LayoutIndex {
  return changed(index, index.entries.filter((entry) => entry.descriptor === undefined || !gone(entry.descriptor)));
}

/** Takes entries out that name nothing: no annotations but the time, and a digest that `gone` says. */
export function removeBare(index: LayoutIndex, gone: (digest: Digest) => boolean): LayoutIndex {
  return changed(
    index,
    index.entries.filter((entry) =>
      !(entry.descriptor !== undefined && gone(entry.descriptor.digest) && isBare(entry, entry.descriptor.digest))
    ),
  );
}

/** Lists a manifest without a tag; one that is listed already is not listed again. */
export function addUntagged(index: LayoutIndex, descriptor: Descriptor, created?: string): LayoutIndex {
  if (index.entries.some((entry) => entry.descriptor?.digest === descriptor.digest)) return index;
  return changed(index, [...index.entries, newEntry(descriptor, undefined, created)]);
}

/** LAYOUT_INVALID with the usual hint. */
export function invalidLayout(where: string, what: string): FerryError {
  return new FerryError("LAYOUT_INVALID", `"${where}" is not an OCI image layout: ${what}`, {
    hint: "give the folder that has the files oci-layout and index.json",
  });
}

function isNamed(entry: Descriptor, tag: string): boolean {
  return entry.annotations?.[REF_NAME] === tag;
}

function isBare(entry: IndexEntry, digest: Digest): boolean {
  if (entry.descriptor?.digest !== digest) return false;
  return Object.keys(entry.descriptor.annotations ?? {}).every((key) => key === CREATED);
}

function newEntry(descriptor: Descriptor, tag: string | undefined, created: string | undefined): IndexEntry {
  const { mediaType, digest, size } = descriptor;
  const annotations: Record<string, string> = {};
  if (created !== undefined) annotations[CREATED] = created;
  if (tag !== undefined) annotations[REF_NAME] = tag;
  const entry = Object.keys(annotations).length === 0
    ? { mediaType, digest, size }
    : { mediaType, digest, size, annotations };
  return new Entry(entry, entry);
}

/** An entry, whose text is made once: an index is written anew for each of many tags. */
class Entry implements IndexEntry {
  readonly #raw: unknown;
  #text: string | undefined;

  constructor(raw: unknown, readonly descriptor: Descriptor | undefined) {
    this.#raw = raw;
  }

  get text(): string {
    return this.#text ??= JSON.stringify(this.#raw);
  }
}

/** The index with these entries; the same index when they are the same. */
function changed(index: LayoutIndex, entries: readonly IndexEntry[]): LayoutIndex {
  const same = entries.length === index.entries.length && entries.every((entry, at) => entry === index.entries[at]);
  return same ? index : { json: index.json, entries };
}

function parseEntry(raw: unknown): IndexEntry {
  try {
    return new Entry(raw, parseDescriptor(raw, "manifests"));
  } catch {
    return new Entry(raw, undefined);
  }
}

function parseObject(text: string, where: string, file: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FerryError("LAYOUT_INVALID", `"${where}" is not an OCI image layout: ${file} is not JSON`, { cause });
  }
  if (!isJsonObject(value)) throw invalidLayout(where, `${file} is not a JSON object`);
  return value;
}
