/**
 * Blobs over HTTP: pulled and deleted (distribution-spec, "Pulling blobs", "Deleting Blobs").
 *
 * @module
 */
import type { Digest } from "../oci/digest.ts";
import { deleteBlob } from "../transport/layout/blob.ts";
import { blobPath } from "../transport/layout/paths.ts";
import { answer, AT_ONCE_MOST } from "./answer.ts";
import type { Call } from "./call.ts";
import { type ByteRange, requestedRange } from "./range.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import { isCurrent } from "./serve_manifest.ts";

const READ_BYTES = 256 * 1024;

/** `GET` and `HEAD`, whole or a range. */
export async function pullBlob(registry: Registry, call: Call, name: string, digest: Digest): Promise<Response> {
  const size = call.head ? await registry.reliedSize(name, digest) : registry.blobSize(name, digest);
  if (size === undefined) throw blobUnknown(registry, name, digest);
  const headers = {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    "accept-ranges": "bytes",
    etag: `"${digest}"`,
  };
  if (isCurrent(call.request, digest)) return answer(304, null, headers);
  const condition = call.request.headers.get("if-range");
  const asked = condition === null || condition === headers.etag ? call.request.headers.get("range") : null;
  const range = requestedRange(asked, size);
  if (range === "unsatisfiable") {
    throw new Refusal(416, "SIZE_INVALID", "Range is not in the blob", {
      headers: { "content-range": `bytes */${size}` },
    });
  }
  const { start, end } = range ?? { start: 0, end: size };
  const sized = {
    ...headers,
    "content-length": String(end - start),
    ...(range === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${size}` }),
  };
  const status = range === undefined ? 200 : 206;
  if (call.head) return answer(status, null, sized);
  if (size <= AT_ONCE_MOST) return answer(status, readRange(registry, name, digest, { start, end }, size), sized);
  return answer(status, await openRange(registry, name, digest, { start, end }, size), sized);
}

/** `DELETE`. */
export async function removeBlob(registry: Registry, name: string, digest: Digest): Promise<Response> {
  registry.requireDeletes();
  const view = await registry.view(name);
  // A listed manifest is no blob: without its file its entry would lead nowhere.
  if (view.digests.has(digest)) throw blobUnknown(registry, name, digest);
  await deleteBlob(registry.layouts.context, registry.layouts.reference(name), digest, {});
  return answer(202, null, { "content-length": "0" });
}

function readRange(
  registry: Registry,
  name: string,
  digest: Digest,
  { start, end }: ByteRange,
  size: number,
): Uint8Array<ArrayBuffer> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Deno.readFileSync(blobPath(registry.layouts.root(name), digest));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw blobUnknown(registry, name, digest);
    throw error;
  }
  if (bytes.byteLength !== size) throw new Error("a blob has not the size that its file had");
  return bytes.subarray(start, end);
}

async function openRange(
  registry: Registry,
  name: string,
  digest: Digest,
  { start, end }: ByteRange,
  size: number,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(blobPath(registry.layouts.root(name), digest));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw blobUnknown(registry, name, digest);
    throw error;
  }
  if (start > 0) await file.seek(start, Deno.SeekMode.Start);
  // The runtime sends a file's own stream without bringing its bytes here.
  return end === size ? file.readable : part(file, end - start);
}

/** The next bytes of a file, as a stream that closes the file. */
function part(file: Deno.FsFile, bytes: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = bytes;
  return new ReadableStream({
    pull: async (controller) => {
      const buffer = new Uint8Array(Math.min(READ_BYTES, left));
      const read = await file.read(buffer).catch((error) => {
        file.close();
        throw error;
      });
      if (read === null) {
        file.close();
        return controller.error(new Error("a blob is shorter than its file was"));
      }
      left -= read;
      controller.enqueue(buffer.subarray(0, read));
      if (left > 0) return;
      file.close();
      controller.close();
    },
    cancel: () => file.close(),
  }, { highWaterMark: 0 });
}

function blobUnknown(registry: Registry, name: string, digest: Digest): Refusal {
  if (!registry.has(name)) return new Refusal(404, "NAME_UNKNOWN", "Repository not found", { detail: { name } });
  return new Refusal(404, "BLOB_UNKNOWN", "Blob not found", { detail: { digest } });
}
