/**
 * Lays out a bundle: which content goes into it, its index, its lists of checksums, and the bytes of the archive.
 *
 * @module
 */
import type { CopyEvent, CopyName } from "../copy/event.ts";
import type { Item } from "../layout_archive/collect.ts";
import { referrerLists } from "../layout_archive/export.ts";
import { DOCKER_PATH } from "../layout_archive/docker_file.ts";
import { type ExtraFile, indexJson, LAYOUT_TEXT, layoutArchive } from "../layout_archive/write.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, digestOf, parseDigest } from "../oci/digest.ts";
import { formatReference, formatRepository } from "../reference/format.ts";
import { withTag } from "../reference/reference.ts";
import { type BundleContent, type BundleIndex, type IdentifiedIndex, INDEX_PATH, indexText } from "./form.ts";
import { dockerList } from "./docker_images.ts";
import type { Gathered, GatheredImage } from "./gather.ts";
import { ReadAhead } from "./read_ahead.ts";

const REF_NAME = "org.opencontainers.image.ref.name";
const CONTAINERD_NAME = "io.containerd.image.name";

/** Options of {@linkcode createBundle}. */
export interface CreateOptions {
  /** Program that makes it. */
  readonly createdBy: string;
  /** Time to note (RFC 3339). */
  readonly created?: string;
  /** A bundle whose content is left out. */
  readonly base?: IdentifiedIndex;
  /** Told what happens while the bytes are taken; `target` names the bundle. */
  readonly onEvent?: ((event: CopyEvent) => void) | undefined;
  /** Name of the bundle in events. */
  readonly target?: string;
}

/** A bundle that is laid out and not written yet. */
export interface CreatedBundle extends IdentifiedIndex {
  /** The bytes of the archive. Layers are read as they are asked for, each once; they fail where one is not what its digest says. */
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * Lays out a bundle. The same images give the same bytes.
 *
 * @throws what reading a config fails with
 */
export async function createBundle(gathered: Gathered, options: CreateOptions): Promise<CreatedBundle> {
  const { base, created, createdBy } = options;
  const { images } = gathered;
  const owners = new Map<Digest, GatheredImage>();
  const items = new Map<Digest, Item>();
  for (const image of images) {
    for (const item of image.items) {
      if (items.has(item.digest)) continue;
      items.set(item.digest, item);
      owners.set(item.digest, image);
    }
  }
  const there = new Set([...base?.index.content ?? [], ...base?.index.needs ?? []].map(({ digest }) => digest));
  const lists = referrerLists(mergedReferrers(images)).filter(({ descriptor }) => !there.has(descriptor.digest));
  const chosen = [...items.values()].filter(({ digest }) => !there.has(digest));
  for (const { item } of lists) if (!items.has(item.digest)) chosen.push(item);
  const docker = await dockerList(images, new Map(chosen.map((item) => [item.digest, item])));
  const written = chosen.map((item) => ofMemory(item, docker.read.get(item.digest)));
  const needs = [...items.values()].filter(({ digest }) => there.has(digest));
  const index: BundleIndex = {
    version: 1,
    createdBy,
    ...(created === undefined ? {} : { created }),
    ...(base === undefined ? {} : { base: { id: base.id } }),
    images: images.map(({ image }) => image),
    content: written.map(contentOf),
    ...(needs.length === 0 ? {} : { needs: needs.map(contentOf) }),
  };
  const identified = indexText(index);
  const present = new Set(written.map(({ digest }) => digest));
  const manifests = [
    ...imageEntries(images),
    ...lists.map(({ descriptor, tag }) => entryOf(descriptor, { [REF_NAME]: tag })),
    ...digestTagEntries(images),
  ].filter(({ digest }) => present.has(digest));
  const files: ExtraFile[] = [{ name: INDEX_PATH, text: new TextDecoder().decode(identified.raw) }];
  if (docker.text !== undefined) files.push({ name: DOCKER_PATH, text: docker.text });
  files.push(...await checksumFiles(manifests, files, written));
  return {
    ...identified,
    bytes: () => archiveBytes({ manifests, files, items: written }, images, owners, options),
  };
}

/** An item that was read already. */
function ofMemory(item: Item, bytes: Uint8Array | undefined): Item {
  if (bytes === undefined) return item;
  const { digest, kind, size } = item;
  return {
    digest,
    kind,
    size,
    async *read() {
      yield await Promise.resolve(bytes);
    },
  };
}

function contentOf({ kind, digest, size, mediaType }: Item): BundleContent {
  return { kind, digest, size, ...(mediaType === undefined ? {} : { mediaType }) };
}

function entryOf({ mediaType, digest, size }: Descriptor, annotations: Readonly<Record<string, string>>): Descriptor {
  return { mediaType, digest, size, annotations };
}

/**
 * Images of one repository are told apart by their tags, as in the layout of a repository; those of several by their full names,
 * which image-spec's grammar of `ref.name` takes as well.
 */
function imageEntries(images: readonly GatheredImage[]): Descriptor[] {
  const single = new Set(images.map(({ name }) => formatRepository(name))).size === 1;
  return images.map(({ image: { digest, mediaType, name: full }, name, items }) => {
    const size = items.find((item) => item.digest === digest)!.size;
    const short = single && name.tag !== "" ? name.tag : full;
    return entryOf({ mediaType, digest, size }, { [CONTAINERD_NAME]: full, [REF_NAME]: short });
  });
}

/** Digest tags by themselves; where repositories disagree about one, the later ones by their full names. */
function digestTagEntries(images: readonly GatheredImage[]): Descriptor[] {
  const taken = new Map<string, Digest>();
  const entries: Descriptor[] = [];
  for (const { name, listed } of images) {
    for (const { descriptor, tag } of listed) {
      const text = (taken.get(tag) ?? descriptor.digest) === descriptor.digest
        ? tag
        : formatReference(withTag(name, tag));
      if (taken.get(text) === descriptor.digest) continue;
      taken.set(text, descriptor.digest);
      entries.push(entryOf(descriptor, { [REF_NAME]: text }));
    }
  }
  return entries;
}

/** Referrers of every subject, of whichever repository. */
function mergedReferrers(images: readonly GatheredImage[]): ReadonlyMap<Digest, readonly Descriptor[]> {
  const merged = new Map<Digest, readonly Descriptor[]>();
  for (const { referrers } of images) {
    for (const [subject, list] of referrers) {
      const known = merged.get(subject) ?? [];
      const digests = new Set(known.map(({ digest }) => digest));
      merged.set(subject, [...known, ...list.filter(({ digest }) => !digests.has(digest))]);
    }
  }
  return merged;
}

/** Lists of checksums as sha256sum and sha512sum write them, of all that the archive holds but the lists. */
async function checksumFiles(
  manifests: readonly Descriptor[],
  files: readonly ExtraFile[],
  items: readonly Item[],
): Promise<ExtraFile[]> {
  const encoder = new TextEncoder();
  const lines: Record<string, string[]> = { sha256: [], sha512: [] };
  const add = (digest: Digest, path: string) => {
    const { algorithm, encoded } = parseDigest(digest);
    lines[algorithm]!.push(`${encoded}  ${path}\n`);
  };
  const texts = [
    { name: "oci-layout", text: LAYOUT_TEXT },
    { name: "index.json", text: indexJson(manifests) },
    ...files,
  ];
  for (const { name, text } of texts) add(digestOf(encoder.encode(text)), name);
  for (const item of items) {
    const { algorithm, encoded } = parseDigest(item.digest);
    // The digest of a signed schema 1 manifest is not that of its bytes.
    const digest = item.kind === "blob" ? item.digest : digestOf(await smallBytes(item), algorithm);
    add(digest, `blobs/${algorithm}/${encoded}`);
  }
  return Object.entries(lines).filter(([, list]) => list.length > 0).map(([algorithm, list]) => ({
    name: `${algorithm.toUpperCase()}SUMS`,
    text: list.join(""),
  }));
}

async function smallBytes(item: Item): Promise<Uint8Array> {
  const pieces = await Array.fromAsync(item.read());
  return pieces.length === 1 ? pieces[0]! : new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer());
}

type Archive = Parameters<typeof layoutArchive>[0];

/** The bytes, with an event for all that happens: each piece of content belongs to the first image that has it. */
async function* archiveBytes(
  archive: Archive,
  images: readonly GatheredImage[],
  owners: ReadonlyMap<Digest, GatheredImage>,
  { onEvent, target = "bundle" }: CreateOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  await using ahead = new ReadAhead(archive.items);
  if (onEvent === undefined) return yield* layoutArchive({ ...archive, items: ahead.items });
  const names = new Map(
    images.map((image): [GatheredImage, CopyName] => [image, { source: image.image.source, target }]),
  );
  const copyOf = (item: Item): CopyName | undefined => names.get(owners.get(item.digest)!);
  for (const item of archive.items) {
    const copy = copyOf(item);
    if (copy !== undefined) onEvent({ type: "found", copy, kind: item.kind, digest: item.digest, size: item.size });
  }
  let outcome: "done" | "failed" = "failed";
  const items = ahead.items.map((item) => ({ ...item, read: () => watched(item, copyOf(item), onEvent) }));
  try {
    yield* layoutArchive({ ...archive, items });
    outcome = "done";
  } finally {
    for (const copy of names.values()) onEvent({ type: "end", copy, outcome });
  }
}

async function* watched(
  item: Item,
  copy: CopyName | undefined,
  onEvent: (event: CopyEvent) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (copy === undefined) return yield* item.read();
  const { digest, kind, size } = item;
  onEvent({ type: "start", copy, kind, digest, size });
  for await (const piece of item.read()) {
    yield piece;
    if (kind === "blob") onEvent({ type: "bytes", copy, digest, bytes: piece.byteLength });
  }
  onEvent({ type: "done", copy, kind, digest, size, outcome: "sent" });
}
