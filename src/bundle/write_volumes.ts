/**
 * Writes a bundle into one file or into volumes of a size, all of them or none, with a list of their checksums beside them.
 *
 * @module
 */
import { basename } from "node:path";
import { ioError, writeFile } from "../file/write_file.ts";
import { DigestVerifier } from "../oci/digest.ts";
import { listPath, volumePath } from "./volumes.ts";

/** A file that was written. */
export interface WrittenVolume {
  /** Its path. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** sha256, hexadecimal. */
  readonly sha256: string;
}

/**
 * Writes the content into `path`, or into volumes of `split` bytes. They are written aside and get their names when all are complete,
 * the list of checksums last. What is there already and is no file (a pipe, a device) is written to as it is, without a list.
 *
 * @throws {FerryError} IO, and what the content fails with; then nothing is left behind
 */
export async function writeVolumes(
  path: string,
  content: AsyncIterable<Uint8Array>,
  { signal, split }: { readonly split?: number | undefined; readonly signal?: AbortSignal } = {},
): Promise<readonly WrittenVolume[]> {
  const there = await Deno.stat(path).catch(() => undefined);
  if (there !== undefined && !there.isFile && !there.isDirectory && split === undefined) {
    const verifier = new DigestVerifier();
    const size = await writeFile(path, hashed(content, verifier));
    return [{ path, size, sha256: verifier.digest().slice("sha256:".length) }];
  }
  if (there?.isDirectory === true) throw ioError(path, { code: "EISDIR" });
  const target = await Deno.realPath(path).catch(() => path);
  const writer = new Writer(target, split);
  try {
    for await (const piece of content) {
      signal?.throwIfAborted();
      await writer.write(piece);
    }
    return await writer.finish();
  } catch (error) {
    await writer.drop();
    throw error;
  }
}

interface Part {
  readonly path: string;
  readonly aside: string;
  readonly file: Deno.FsFile;
  readonly verifier: DigestVerifier;
}

class Writer {
  readonly #path: string;
  readonly #split: number | undefined;
  readonly #mark = crypto.randomUUID().slice(0, 8);
  readonly #asides: string[] = [];
  readonly #done: (WrittenVolume & { readonly aside: string })[] = [];
  #part: Part | undefined;

  constructor(path: string, split: number | undefined) {
    this.#path = path;
    this.#split = split;
  }

  async write(piece: Uint8Array): Promise<void> {
    for (let at = 0; at < piece.byteLength;) {
      const part = this.#part ??= await this.#begin();
      const room = this.#split === undefined ? Infinity : this.#split - part.verifier.size;
      const now = piece.subarray(at, at + Math.min(room, piece.byteLength - at));
      for (let sent = 0; sent < now.byteLength;) {
        sent += await part.file.write(now.subarray(sent)).catch((cause) => Promise.reject(ioError(part.path, cause)));
      }
      part.verifier.update(now);
      at += now.byteLength;
      if (part.verifier.size === this.#split) await this.#end(part);
    }
  }

  async finish(): Promise<readonly WrittenVolume[]> {
    if (this.#part !== undefined) await this.#end(this.#part);
    const list = listPath(this.#path);
    const text = this.#done.map(({ path, sha256 }) => `${sha256}  ${basename(path)}\n`).join("");
    for (const path of [...this.#done.map((one) => one.path), list]) await refuseFolder(path);
    const named: string[] = [];
    try {
      for (const { aside, path } of this.#done) {
        const fresh = await Deno.stat(path).then(() => false, () => true);
        await Deno.rename(aside, path).catch((cause) => Promise.reject(ioError(path, cause)));
        if (fresh) named.push(path);
      }
      await writeFile(list, new TextEncoder().encode(text));
    } catch (error) {
      for (const path of named) await Deno.remove(path).catch(() => {});
      throw error;
    }
    return this.#done.map(({ path, sha256, size }) => ({ path, size, sha256 }));
  }

  /** Takes away all that was written aside. */
  async drop(): Promise<void> {
    try {
      this.#part?.file.close();
    } catch {
      // It was closed already.
    }
    for (const aside of this.#asides) await Deno.remove(aside).catch(() => {});
  }

  async #begin(): Promise<Part> {
    const path = this.#split === undefined ? this.#path : volumePath(this.#path, this.#done.length + 1);
    const aside = `${path}.${this.#mark}.ferry-partial`;
    const file = await Deno.open(aside, { write: true, createNew: true }).catch((cause) =>
      Promise.reject(ioError(path, cause))
    );
    this.#asides.push(aside);
    return { path, aside, file, verifier: new DigestVerifier() };
  }

  async #end({ aside, file, path, verifier }: Part): Promise<void> {
    await file.sync().catch((cause) => Promise.reject(ioError(path, cause)));
    file.close();
    this.#part = undefined;
    const { size } = verifier;
    this.#done.push({ path, aside, size, sha256: verifier.digest().slice("sha256:".length) });
  }
}

async function refuseFolder(path: string): Promise<void> {
  const there = await Deno.stat(path).catch(() => undefined);
  if (there?.isDirectory === true) throw ioError(path, { code: "EISDIR" });
}

async function* hashed(
  content: AsyncIterable<Uint8Array>,
  verifier: DigestVerifier,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const piece of content) {
    verifier.update(piece);
    yield piece;
  }
}
