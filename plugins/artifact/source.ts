import { type BlobSource, type Descriptor, DigestVerifier, FerryError, fileBytes } from "../../src/mod.ts";
import { packFolder } from "./pack.ts";

/**
 * A file or folder to store: read once for its digest, again when it has to be sent.
 *
 * @throws {FerryError} IO where it cannot be read
 */
export async function sourceOf(path: string, mediaType: string): Promise<BlobSource> {
  const info = await readable(path, () => Deno.stat(path));
  const bytes = (offset: number) => info.isDirectory ? after(packFolder(path), offset) : fileBytes(path, offset);
  const verifier = new DigestVerifier();
  await readable(path, async () => {
    for await (const piece of bytes(0)) verifier.update(piece);
  });
  const { size } = verifier;
  const descriptor: Descriptor = { mediaType, digest: verifier.digest(), size };
  return {
    descriptor,
    reopenable: true,
    open: (offset) =>
      Promise.resolve({
        body: ReadableStream.from(bytes(offset) as AsyncIterable<Uint8Array<ArrayBuffer>>),
        size: size - offset,
        offset,
      }),
  };
}

async function* after(pieces: AsyncIterable<Uint8Array>, offset: number): AsyncGenerator<Uint8Array, void, undefined> {
  let skip = offset;
  for await (const piece of pieces) {
    if (skip >= piece.byteLength) skip -= piece.byteLength;
    else {
      yield piece.subarray(skip);
      skip = 0;
    }
  }
}

async function readable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof FerryError) throw cause;
    const words = cause instanceof Deno.errors.NotFound ? "it does not exist" : (cause as Error).message;
    throw new FerryError("IO", `Could not read "${path}": ${words}`, { cause });
  }
}
