/**
 * Reads bundles: the index alone, or any of the content.
 *
 * @module
 */
import { decompressAny } from "../archive/compression.ts";
import { cleanEntryPath } from "../archive/entry_path.ts";
import { readTar } from "../archive/tar_read.ts";
import { FerryError } from "../errors.ts";
import type { Stretch } from "../file/hash_program.ts";
import type { StoredBytes } from "../layout_archive/content.ts";
import { RandomFile } from "../layout_archive/random_file.ts";
import { TarArchive } from "../layout_archive/tar_index.ts";
import { type Digest, parseDigest } from "../oci/digest.ts";
import {
  type BundleContent,
  type BundleIndex,
  type IdentifiedIndex,
  INDEX_MAX_BYTES,
  INDEX_PATH,
  parseIndex,
} from "./form.ts";
import { findVolumes, requireVolumes, type Volumes } from "./volumes.ts";

/** What JSON begins with, and no archive. */
const BRACE = 0x7b;

/** Entries that stand before the index at most. */
const ENTRIES_BEFORE = 64;

/**
 * The index of a bundle, of one of its volumes' names, or of a bundle.json by itself. No more is read than that takes.
 *
 * @throws {FerryError} NOT_FOUND where it or its first volume is missing, ARCHIVE_INVALID where it is no bundle, IO
 */
export async function readBundleIndex(path: string): Promise<IdentifiedIndex> {
  const { volumes } = await findVolumes(path);
  const missing = volumes.findIndex(({ size }) => size === undefined);
  const there = missing === -1 ? volumes : volumes.slice(0, missing);
  if (there.length === 0) throw new FerryError("NOT_FOUND", `Bundle "${path}" lacks its first volume`);
  await using file = await RandomFile.open(there.map((volume) => volume.path));
  return await indexIn(file.read(0, file.size), path);
}

/**
 * The index that a stream holds.
 *
 * @throws {FerryError} ARCHIVE_INVALID where it is no bundle, and what the stream fails with
 */
export async function indexIn(stream: AsyncIterable<Uint8Array>, name: string): Promise<IdentifiedIndex> {
  const { plain, rest } = await peek(stream);
  if (plain) return parseIndex(await whole(rest, INDEX_MAX_BYTES));
  let entries = 0;
  for await (const { header, body } of readTar(decompressAny(rest))) {
    if (cleanEntryPath(header.name) === INDEX_PATH) {
      if (header.size > INDEX_MAX_BYTES) throw tooLarge(header.size);
      return parseIndex(await whole(body, INDEX_MAX_BYTES));
    }
    if (++entries === ENTRIES_BEFORE) break;
  }
  throw noBundle(name);
}

/** A bundle.json by itself begins as JSON does. */
async function peek(
  stream: AsyncIterable<Uint8Array>,
): Promise<{ readonly plain: boolean; readonly rest: AsyncIterable<Uint8Array> }> {
  const iterator = stream[Symbol.asyncIterator]();
  let first = await iterator.next();
  while (first.done !== true && first.value.byteLength === 0) first = await iterator.next();
  const rest = async function* () {
    try {
      for (let next = first; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  };
  return { plain: first.done !== true && first.value[0] === BRACE, rest: rest() };
}

async function whole(pieces: AsyncIterable<Uint8Array>, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of pieces) {
    size += piece.byteLength;
    if (size > most) throw tooLarge(size);
    parts.push(piece.slice());
  }
  return new Uint8Array(await new Blob(parts as BlobPart[]).arrayBuffer());
}

function tooLarge(size: number): FerryError {
  return new FerryError("ARCHIVE_INVALID", `Bundle is not valid: ${INDEX_PATH} has ${size} bytes or more`);
}

function noBundle(name: string): FerryError {
  return new FerryError("ARCHIVE_INVALID", `Archive "${name}" is no bundle: it has no ${INDEX_PATH}`, {
    hint: "archives of single images are read by image import",
  });
}

/** A bundle whose content can be read in any order. */
export class Bundle implements AsyncDisposable, IdentifiedIndex {
  /** The archive. */
  readonly archive: TarArchive;
  /** Its name. */
  readonly path: string;
  /** Digest of the text of bundle.json. */
  readonly id: Digest;
  /** The index. */
  readonly index: BundleIndex;
  /** The text of bundle.json. */
  readonly raw: Uint8Array<ArrayBuffer>;

  private constructor(archive: TarArchive, path: string, { id, index, raw }: IdentifiedIndex) {
    this.archive = archive;
    this.path = path;
    this.id = id;
    this.index = index;
    this.raw = raw;
  }

  /**
   * Opens a bundle, all of whose volumes must be there. What is compressed as a whole is kept uncompressed in a temporary file.
   *
   * @throws {FerryError} NOT_FOUND that names missing volumes, ARCHIVE_INVALID, IO
   */
  static async open(path: string): Promise<Bundle> {
    const found = await findVolumes(path);
    requireVolumes(found);
    await refuseIndex(found);
    return await Bundle.#over(await TarArchive.open(found.volumes.map((volume) => volume.path)), found.path);
  }

  /**
   * Takes a bundle from a stream, by way of a temporary file.
   *
   * @throws {FerryError} ARCHIVE_INVALID, IO, and what the stream fails with
   */
  static async read(stream: AsyncIterable<Uint8Array>, name: string): Promise<Bundle> {
    return await Bundle.#over(await TarArchive.read(stream), name);
  }

  static async #over(archive: TarArchive, path: string): Promise<Bundle> {
    try {
      const raw = await archive.small(INDEX_PATH, INDEX_MAX_BYTES);
      if (raw === undefined) throw noBundle(path);
      return new Bundle(archive, path, parseIndex(raw));
    } catch (error) {
      await archive[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The content with a digest; undefined where the bundle does not have it. It need not be what its digest says. */
  find(digest: Digest): StoredBytes | undefined {
    const place = this.archive.find(blobPath(digest));
    if (place === undefined) return undefined;
    return { size: place.size, read: (offset) => this.archive.read(place, offset) };
  }

  /** Where the content with a digest lies on disk; undefined where it does not, or not by itself. */
  stretches(digest: Digest): readonly Stretch[] | undefined {
    const place = this.archive.find(blobPath(digest));
    return place === undefined ? undefined : this.archive.stretches(place);
  }

  /** What the index says that it holds and it does not, or not in that size. */
  lacking(): readonly BundleContent[] {
    return this.index.content.filter(({ digest, size }) => this.archive.find(blobPath(digest))?.size !== size);
  }

  /** Closes the files. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.archive[Symbol.asyncDispose]();
  }
}

/** A bundle.json by itself stands for a bundle only where nothing is taken out of it. */
async function refuseIndex({ path, volumes: [first] }: Volumes): Promise<void> {
  if (first === undefined) return;
  await using file = await RandomFile.open([first.path]);
  for await (const [byte] of file.read(0, 1)) {
    if (byte !== BRACE) return;
    throw new FerryError("ARCHIVE_INVALID", `File "${path}" is only the ${INDEX_PATH} of a bundle`, {
      hint: "name the bundle itself",
    });
  }
}

/** Path of content in an archive (image-spec, image-layout.md, "Blobs"). */
export function blobPath(digest: Digest): string {
  const { algorithm, encoded } = parseDigest(digest);
  return `blobs/${algorithm}/${encoded}`;
}
