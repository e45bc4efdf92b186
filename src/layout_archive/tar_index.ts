/**
 * What a tar archive holds and where, so that its entries can be read in any order.
 *
 * @module
 */
import { decompressAny, DETECT_BYTES, detectCompression } from "../archive/compression.ts";
import { cleanEntryPath } from "../archive/entry_path.ts";
import { TAR_TYPE } from "../archive/tar_header.ts";
import { readTar } from "../archive/tar_read.ts";
import { FerryError } from "../errors.ts";
import type { Stretch } from "../file/hash_program.ts";
import { RandomFile } from "./random_file.ts";

/** An entry with content. */
export interface TarPlace {
  /** Where its content starts. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** Links that are followed before they are taken for a loop. */
const MAX_LINKS = 16;

/** Entries that are read before an archive is taken for an attack on memory. */
const MAX_ENTRIES = 2_000_000;

/** An archive whose entries can be read in any order. */
export class TarArchive implements AsyncDisposable {
  readonly #file: RandomFile;
  readonly #files: ReadonlyMap<string, TarPlace>;
  readonly #links: ReadonlyMap<string, string>;

  private constructor(file: RandomFile, files: ReadonlyMap<string, TarPlace>, links: ReadonlyMap<string, string>) {
    this.#file = file;
    this.#files = files;
    this.#links = links;
  }

  /**
   * Opens an archive in a file or in volumes that follow each other, compressed or not. What is compressed is kept uncompressed in a
   * temporary file meanwhile.
   *
   * @throws {FerryError} IO, ARCHIVE_INVALID, UNSUPPORTED compression
   */
  static async open(paths: readonly string[]): Promise<TarArchive> {
    const file = await RandomFile.open(paths);
    try {
      const [start = new Uint8Array(0)] = await Array.fromAsync(file.read(0, DETECT_BYTES));
      if (detectCompression(start) === "none") return await TarArchive.#over(file);
      await using compressed = file;
      return await TarArchive.read(compressed.read(0, compressed.size));
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Takes an archive from a stream, compressed or not, by way of a temporary file.
   *
   * @throws {FerryError} IO, ARCHIVE_INVALID, UNSUPPORTED compression, and what the stream fails with
   */
  static async read(stream: AsyncIterable<Uint8Array>): Promise<TarArchive> {
    const file = await RandomFile.spool(decompressAny(stream));
    try {
      return await TarArchive.#over(file);
    } catch (error) {
      await file[Symbol.asyncDispose]();
      throw error;
    }
  }

  static async #over(file: RandomFile): Promise<TarArchive> {
    const files = new Map<string, TarPlace>();
    const links = new Map<string, string>();
    const source = new SkippingSource(file);
    for await (const { header, offset } of readTar(source, { skipper: source, strictEnd: true })) {
      const path = cleanEntryPath(header.name);
      // Of several entries with one path the last one counts, as it does where archives are unpacked.
      files.delete(path);
      links.delete(path);
      if (header.type === TAR_TYPE.symbolicLink) {
        links.set(path, cleanEntryPath(`${path.slice(0, Math.max(path.lastIndexOf("/"), 0))}/${header.linkname}`));
      } else if (header.type === TAR_TYPE.hardLink) links.set(path, cleanEntryPath(header.linkname));
      else if (header.type === TAR_TYPE.file || header.type === TAR_TYPE.contiguous) {
        files.set(path, { offset, size: header.size });
      }
      if (files.size + links.size > MAX_ENTRIES) {
        throw new FerryError("ARCHIVE_INVALID", `Archive is not valid: it has more than ${MAX_ENTRIES} entries`);
      }
    }
    return new TarArchive(file, files, links);
  }

  /** Paths of all files, as they stand in the archive. */
  paths(): Iterable<string> {
    return this.#files.keys();
  }

  /**
   * Where the file at a path is, with links followed; undefined where there is none.
   *
   * @throws {FerryError} ARCHIVE_INVALID where links lead in a circle
   */
  find(path: string): TarPlace | undefined {
    let at = path;
    for (let links = 0; links <= MAX_LINKS; links++) {
      const target = this.#links.get(at);
      if (target === undefined) return this.#files.get(at);
      at = target;
    }
    throw new FerryError(
      "ARCHIVE_INVALID",
      `Archive is not valid: the links of "${path.slice(0, 200)}" lead in a circle`,
    );
  }

  /** Bytes of an entry from some offset on. */
  read(place: TarPlace, offset = 0): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    return this.#file.read(place.offset + offset, place.size - offset);
  }

  /** Where the bytes of an entry lie on disk; undefined where the archive is in a temporary file. */
  stretches({ offset, size }: TarPlace): readonly Stretch[] | undefined {
    return this.#file.stretches(offset, size);
  }

  /**
   * A small file whole; undefined where there is none.
   *
   * @throws {FerryError} ARCHIVE_INVALID where it has more than `most` bytes
   */
  async small(path: string, most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const place = this.find(path);
    if (place === undefined) return undefined;
    if (place.size > most) {
      throw new FerryError(
        "ARCHIVE_INVALID",
        `Archive is not valid: "${path}" has ${place.size} bytes, more than ${most}`,
      );
    }
    const bytes = new Uint8Array(place.size);
    let at = 0;
    for await (const piece of this.read(place)) {
      bytes.set(piece, at);
      at += piece.byteLength;
    }
    return bytes;
  }

  /** Closes the archive. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

/** Pieces of a file, of which whole stretches can be left out without reading them. */
class SkippingSource implements AsyncIterable<Uint8Array> {
  readonly #file: RandomFile;
  #at = 0;

  constructor(file: RandomFile) {
    this.#file = file;
  }

  /** Leaves out the next bytes; gives how many there were. */
  skip(count: number): number {
    const skipped = Math.min(count, this.#file.size - this.#at);
    this.#at += skipped;
    return skipped;
  }

  /** Small pieces: most of the file is left out. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    while (this.#at < this.#file.size) {
      const [piece] = await Array.fromAsync(this.#file.read(this.#at, 4096));
      if (piece === undefined) return;
      this.#at += piece.byteLength;
      yield piece;
    }
  }
}
