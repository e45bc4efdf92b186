/** Blobs and uploads of the fake registry (distribution-spec, "Pulling blobs", "Pushing blobs"). */
import { digestOf, parseDigest } from "../../src/oci/digest.ts";
import type { FakeFeatures, FakeRepository, FakeUpload } from "./fake_store.ts";
import { isStorable } from "./fake_store.ts";
import { joined } from "./http_connection.ts";
import { type Answer, errorAnswer, type ServerRequest } from "./http_message.ts";

/** What a handler of the fake registry works with. */
export interface FakeCall {
  readonly request: ServerRequest;
  readonly features: FakeFeatures;
  readonly origin: string;
  readonly name: string;
  readonly repository: FakeRepository;
  /** Every repository by name. */
  readonly repositories: ReadonlyMap<string, FakeRepository>;
}

/** GET, HEAD and DELETE of a blob. */
export function answerBlob(call: FakeCall, digest: string): Answer {
  const { request, features, repository } = call;
  if (!isStorable(digest)) return errorAnswer(400, "DIGEST_INVALID");
  const bytes = repository.blobs.get(digest);
  if (request.method === "DELETE") {
    if (!features.blobDelete) return errorAnswer(405, "UNSUPPORTED");
    return repository.blobs.delete(digest) ? { status: 202 } : errorAnswer(404, "BLOB_UNKNOWN");
  }
  if (request.method !== "GET" && request.method !== "HEAD") return errorAnswer(405, "UNSUPPORTED");
  if (bytes === undefined) return errorAnswer(404, "BLOB_UNKNOWN");
  const headers: Record<string, string> = { "content-type": "application/octet-stream" };
  if (features.contentDigest) headers["docker-content-digest"] = digest;
  if (features.range) headers["accept-ranges"] = "bytes";
  const range = features.range ? /^bytes=(\d+)-(\d*)$/.exec(request.headers.get("range") ?? "") : null;
  if (range === null) return withBody(request, 200, headers, bytes);
  const first = Number(range[1]);
  const last = Math.min(range[2] === "" ? bytes.byteLength - 1 : Number(range[2]), bytes.byteLength - 1);
  if (first > last) {
    return errorAnswer(416, "RANGE_INVALID", undefined, { "content-range": `bytes */${bytes.byteLength}` });
  }
  headers["content-range"] = `bytes ${first}-${last}/${bytes.byteLength}`;
  return withBody(request, 206, headers, bytes.subarray(first, last + 1));
}

/** An answer with a body for GET, and with its length alone for HEAD. */
export function withBody(
  request: ServerRequest,
  status: number,
  headers: Record<string, string>,
  body: Uint8Array,
): Answer {
  return request.method === "HEAD"
    ? { status, headers: { ...headers, "content-length": String(body.byteLength) } }
    : { status, headers, body };
}

/** POST of a new upload: a mount, a single POST, or a session. */
export async function startUpload(call: FakeCall): Promise<Answer> {
  const { request, features, repository, repositories, name, origin } = call;
  if (request.method !== "POST") return errorAnswer(405, "UNSUPPORTED");
  const mount = request.query.get("mount");
  if (mount !== null && !isStorable(mount)) return errorAnswer(400, "DIGEST_INVALID");
  const found = mount === null ? undefined : findMount(call, mount, request.query.get("from"), repositories);
  if (mount !== null && found !== undefined) {
    repository.blobs.set(mount, found);
    return created(origin, name, mount);
  }
  const digest = request.query.get("digest");
  if (digest !== null && features.singlePost) {
    return storeBlob(call, { bytes: await request.bytes() }, digest, undefined);
  }
  const id = crypto.randomUUID();
  const upload = { bytes: new Uint8Array(0) };
  repository.uploads.set(id, upload);
  return uploadAnswer(call, 202, id, upload);
}

/** GET, PATCH, PUT and DELETE of an upload. */
export async function continueUpload(call: FakeCall, id: string): Promise<Answer> {
  const { request, repository, features } = call;
  const upload = repository.uploads.get(id);
  if (upload === undefined) return errorAnswer(404, "BLOB_UPLOAD_UNKNOWN");
  switch (request.method) {
    case "GET":
      return features.uploadStatus ? uploadAnswer(call, 204, id, upload) : errorAnswer(404, "BLOB_UPLOAD_UNKNOWN");
    case "DELETE":
      repository.uploads.delete(id);
      return { status: 204 };
    case "PATCH":
      return await patchUpload(call, id, upload);
    case "PUT":
      return await finishUpload(call, id, upload);
    default:
      return errorAnswer(405, "UNSUPPORTED");
  }
}

/** Takes bytes into an upload, as a server does whose client goes away later. */
export function appendUpload(upload: FakeUpload, bytes: Uint8Array): void {
  upload.bytes = joined(upload.bytes, bytes);
}

async function patchUpload(call: FakeCall, id: string, upload: FakeUpload): Promise<Answer> {
  const { request, features } = call;
  if (!features.chunked) return errorAnswer(405, "UNSUPPORTED", "chunked uploads are not supported");
  if (!startsRight(request, upload)) return uploadAnswer(call, 416, id, upload);
  const bytes = await request.bytes();
  appendUpload(upload, bytes);
  return uploadAnswer(call, 202, id, upload);
}

async function finishUpload(call: FakeCall, id: string, upload: FakeUpload): Promise<Answer> {
  const { request, features } = call;
  const digest = request.query.get("digest") ?? "";
  if (!isStorable(digest)) return errorAnswer(400, "DIGEST_INVALID");
  if (!startsRight(request, upload)) return uploadAnswer(call, 416, id, upload);
  const bytes = await request.bytes();
  if (!features.monolithicPut && upload.bytes.byteLength === 0 && bytes.byteLength > 0) {
    return errorAnswer(405, "UNSUPPORTED", "send the blob in chunks");
  }
  return storeBlob(call, { bytes: joined(upload.bytes, bytes) }, digest, id);
}

function startsRight(request: ServerRequest, upload: FakeUpload): boolean {
  const range = request.headers.get("content-range");
  return range === null || Number(/^(?:bytes )?(\d+)-\d+/.exec(range)?.[1]) === upload.bytes.byteLength;
}

function storeBlob(call: FakeCall, upload: FakeUpload, digest: string, id: string | undefined): Answer {
  const { repository, origin, name } = call;
  if (!isStorable(digest) || digestOf(upload.bytes, parseDigest(digest).algorithm) !== digest) {
    return errorAnswer(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  repository.blobs.set(digest, upload.bytes);
  if (id !== undefined) repository.uploads.delete(id);
  return created(origin, name, digest);
}

function findMount(
  call: FakeCall,
  digest: string,
  from: string | null,
  repositories: ReadonlyMap<string, FakeRepository>,
): Uint8Array<ArrayBuffer> | undefined {
  if (from !== null) return call.features.mount ? repositories.get(from)?.blobs.get(digest) : undefined;
  if (!call.features.anonymousMount) return undefined;
  for (const other of repositories.values()) {
    const bytes = other.blobs.get(digest);
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

function created(origin: string, name: string, digest: string): Answer {
  return {
    status: 201,
    headers: { location: `${origin}/v2/${name}/blobs/${digest}`, "docker-content-digest": digest },
  };
}

function uploadAnswer(call: FakeCall, status: number, id: string, upload: FakeUpload): Answer {
  const { features, origin, name } = call;
  const path = `/v2/${name}/blobs/uploads/${id}`;
  const headers: Record<string, string> = { "docker-upload-uuid": id };
  if (features.uploadLocation === "absolute") headers.location = `${origin}${path}`;
  else if (features.uploadLocation === "relative") headers.location = path;
  else headers.location = `${origin}${path}?_state=${upload.bytes.byteLength}%3D%3D&part=1`;
  if (features.chunkMinLength > 0) headers["oci-chunk-min-length"] = String(features.chunkMinLength);
  const last = upload.bytes.byteLength - (features.uploadRange === "off-by-one" ? 0 : 1);
  if (features.uploadRange !== "none") headers.range = `0-${Math.max(0, last)}`;
  return { status, headers };
}
