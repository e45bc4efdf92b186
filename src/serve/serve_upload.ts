/**
 * Uploads over HTTP (distribution-spec, "Pushing blobs" and "Cancel a blob upload").
 *
 * @module
 */
import { type Digest, DIGEST_ALGORITHMS, digestOf } from "../oci/digest.ts";
import { isFerryError } from "../errors.ts";
import { ioError } from "../transport/layout/io_error.ts";
import { ensureLayout } from "../transport/layout/index_store.ts";
import { answer, refusalAnswer } from "./answer.ts";
import { mountBlob } from "./mount.ts";
import { chunkRange, uploadRange } from "./range.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import type { Call } from "./call.ts";
import { checkDigest, checkName } from "./route.ts";
import { SinkFailure, type UploadFile } from "./upload_file.ts";

/** `POST /v2/<name>/blobs/uploads/`: mounts, takes all bytes at once, or starts an upload. */
export async function startUpload(registry: Registry, call: Call, name: string): Promise<Response> {
  registry.requireWritable();
  const { query } = call;
  const mount = query.get("mount");
  if (mount !== null) {
    const from = query.get("from");
    const digest = checkDigest(mount);
    const mounted = await mountBlob(registry, call, name, digest, from === null ? undefined : checkName(from));
    if (mounted) return created(name, digest);
  }
  const digest = query.get("digest");
  const wanted = digest === null ? undefined : checkDigest(digest);
  const algorithm = wanted?.split(":")[0] ?? query.get("digest-algorithm") ?? "sha256";
  if (!Object.hasOwn(DIGEST_ALGORITHMS, algorithm)) {
    throw new Refusal(400, "DIGEST_INVALID", "Digest algorithm is not supported", {
      detail: Object.keys(DIGEST_ALGORITHMS).join(", "),
    });
  }
  const id = await registry.uploads.start(name, algorithm);
  const location = locationOf(name, id);
  if (wanted !== undefined && !isBodyless(call.request, wanted)) {
    try {
      return await registry.uploads.use(name, id, async (upload) => {
        await takeBody(registry, call.request, upload, location);
        return await finish(registry, name, wanted, upload);
      });
    } catch (error) {
      // Nobody knows its address.
      await cancel(registry, name, id);
      throw error;
    }
  }
  return answer(202, null, { ...progress(location, id, 0), "content-length": "0" });
}

/** `PATCH`: a chunk. */
export async function patchUpload(registry: Registry, call: Call, name: string, id: string): Promise<Response> {
  registry.requireWritable();
  return await registry.uploads.use(name, id, async (upload) => {
    const location = locationOf(name, id);
    await takeBody(registry, call.request, upload, location);
    return {
      value: answer(202, null, { ...progress(location, id, upload.size), "content-length": "0" }),
      done: false,
    };
  });
}

/** `PUT ?digest=`: the rest of the bytes, and the end. */
export async function finishUpload(registry: Registry, call: Call, name: string, id: string): Promise<Response> {
  registry.requireWritable();
  const digest = checkDigest(call.query.get("digest") ?? "");
  return await registry.uploads.use(name, id, async (upload) => {
    await takeBody(registry, call.request, upload, locationOf(name, id));
    return await finish(registry, name, digest, upload);
  });
}

/** `GET`: how much is there. */
export async function uploadStatus(registry: Registry, name: string, id: string): Promise<Response> {
  return await registry.uploads.use(name, id, (upload) =>
    Promise.resolve({
      value: answer(204, null, progress(locationOf(name, id), id, upload.size)),
      done: false,
    }));
}

/** `DELETE`: the upload is given up. */
export async function cancelUpload(registry: Registry, name: string, id: string): Promise<Response> {
  registry.requireWritable();
  await cancel(registry, name, id);
  return answer(204, null);
}

/** The answer for a blob that is there now. */
export function created(name: string, digest: Digest): Response {
  return answer(201, null, {
    location: `/v2/${name}/blobs/${digest}`,
    "docker-content-digest": digest,
    "content-length": "0",
  });
}

async function cancel(registry: Registry, name: string, id: string): Promise<void> {
  await registry.uploads.use(name, id, async (upload) => {
    await upload.discard();
    return { value: undefined, done: true };
  });
}

async function finish(
  registry: Registry,
  name: string,
  digest: Digest,
  upload: UploadFile,
): Promise<{ readonly value: Response; readonly done: true }> {
  const { context } = registry.layouts;
  const root = registry.layouts.root(name);
  await ensureLayout(context, root);
  if (await upload.finish(root, digest)) return { value: created(name, digest), done: true };
  const refusal = new Refusal(400, "DIGEST_INVALID", "Digest does not match the content");
  return { value: refusalAnswer(refusal, false), done: true };
}

/** Takes a body into an upload, where its place in the content is right. */
async function takeBody(registry: Registry, request: Request, upload: UploadFile, location: string): Promise<void> {
  const length = lengthOf(request);
  const header = request.headers.get("content-range");
  let room = length;
  if (header !== null) {
    const range = chunkRange(header);
    if (range === undefined) throw new Refusal(400, "BLOB_UPLOAD_INVALID", "Content-Range cannot be read");
    if (range.start !== upload.size) {
      throw new Refusal(416, "BLOB_UPLOAD_INVALID", "Chunk is out of order", {
        headers: { location, range: uploadRange(upload.size) },
      });
    }
    const expected = range.end - range.start;
    if (length !== undefined && length !== expected) {
      throw new Refusal(400, "SIZE_INVALID", "Content-Length is not that of Content-Range");
    }
    room = expected;
  }
  const limit = registry.options.blobLimit;
  if (limit !== undefined && upload.size + (room ?? 0) > limit) throw tooLarge(limit);
  if (request.body === null) return;
  const before = upload.size;
  try {
    await upload.take(request.body, {
      room: room ?? (limit === undefined ? undefined : limit - upload.size),
      idleTimeout: registry.idleTimeout,
    });
  } catch (error) {
    if (isFerryError(error, "SIZE_MISMATCH")) {
      if (room === undefined && limit !== undefined) throw tooLarge(limit);
      throw new Refusal(400, "SIZE_INVALID", "Body is longer than it says");
    }
    if (error instanceof DOMException && error.name === "TimeoutError") {
      throw new Refusal(408, "BLOB_UPLOAD_INVALID", "Body stands still");
    }
    if (error instanceof SinkFailure) throw ioError("store an upload", error.cause);
    throw new Refusal(400, "BLOB_UPLOAD_INVALID", "Body was cut short");
  }
  if (room !== undefined && upload.size - before !== room) {
    throw new Refusal(400, "SIZE_INVALID", "Body is shorter than it says");
  }
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, "SIZE_INVALID", "Blob is too large", { detail: { limit } });
}

function locationOf(name: string, id: string): string {
  return `/v2/${name}/blobs/uploads/${id}`;
}

function progress(location: string, id: string, size: number): Record<string, string> {
  return { location, range: uploadRange(size), "docker-upload-uuid": id };
}

function lengthOf(request: Request): number | undefined {
  const header = request.headers.get("content-length");
  if (header === null) return undefined;
  const length = Number(header);
  return Number.isSafeInteger(length) && length >= 0 ? length : undefined;
}

/** A `POST` with a digest but without bytes is the start of an upload, unless no bytes are what it means. */
function isBodyless(request: Request, digest: Digest): boolean {
  const empty = lengthOf(request) === 0 || request.body === null;
  return empty && digest !== digestOf(new Uint8Array(0), digest.split(":")[0]);
}
