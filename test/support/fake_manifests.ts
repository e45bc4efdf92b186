/** Manifests, tags, referrers and the catalog of the fake registry (distribution-spec, "Pulling manifests", "Content Discovery"). */
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { parseManifest } from "../../src/oci/manifest.ts";
import type { FakeCall } from "./fake_blobs.ts";
import { withBody } from "./fake_blobs.ts";
import { type FakeRepository, isStorable } from "./fake_store.ts";
import { type Answer, errorAnswer, jsonAnswer, type ServerRequest } from "./http_message.ts";

const TAG = /^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$/;

/** GET, HEAD, PUT and DELETE of a manifest by tag or digest. */
export async function answerManifest(call: FakeCall, reference: string): Promise<Answer> {
  const { request, features, repository } = call;
  if (reference.includes(":") ? !isStorable(reference) : !TAG.test(reference)) {
    return errorAnswer(400, "MANIFEST_INVALID");
  }
  if (request.method === "PUT") return await putManifest(call, reference);
  const digest = repository.resolve(reference);
  const stored = digest === undefined ? undefined : repository.manifests.get(digest);
  if (request.method === "DELETE") return deleteManifest(call, reference);
  if (request.method !== "GET" && request.method !== "HEAD") return errorAnswer(405, "UNSUPPORTED");
  if (request.method === "HEAD" && !features.head) return errorAnswer(405, "UNSUPPORTED");
  if (digest === undefined || stored === undefined) return errorAnswer(404, "MANIFEST_UNKNOWN");
  const headers: Record<string, string> = { "content-type": stored.mediaType, etag: `"${digest}"` };
  if (request.method === "HEAD" ? features.headDigest : features.contentDigest) {
    headers["docker-content-digest"] = digest;
  }
  return withBody(request, 200, headers, stored.bytes);
}

async function putManifest(call: FakeCall, reference: string): Promise<Answer> {
  const { request, features, repository, origin, name } = call;
  const bytes = await request.bytes();
  const mediaType = request.headers.get("content-type") ?? "";
  let manifest;
  try {
    manifest = parseManifest(bytes, { mediaType, digest: reference.includes(":") ? reference : undefined });
  } catch (error) {
    return errorAnswer(400, "MANIFEST_INVALID", String(error));
  }
  const { digest } = manifest.descriptor;
  const etag = request.headers.get("if-match");
  if (etag !== null && etag !== `"${repository.resolve(reference) ?? ""}"`) return errorAnswer(412, "DENIED");
  if (features.strict) {
    const blobs = [...manifest.layers, ...(manifest.config === undefined ? [] : [manifest.config])];
    const missing = blobs.find((blob) => blob.urls === undefined && !repository.blobs.has(blob.digest)) ??
      manifest.manifests.find((child) => !repository.manifests.has(child.digest));
    if (missing !== undefined) return errorAnswer(400, "MANIFEST_BLOB_UNKNOWN", `${missing.digest} is unknown`);
  }
  repository.manifests.set(digest, { mediaType, bytes });
  if (!reference.includes(":")) repository.tags.set(reference, digest);
  const headers: Record<string, string> = { location: `${origin}/v2/${name}/manifests/${digest}` };
  if (features.contentDigest) headers["docker-content-digest"] = digest;
  if (features.referrers && manifest.subject !== undefined) headers["oci-subject"] = manifest.subject.digest;
  return { status: 201, headers };
}

function deleteManifest(call: FakeCall, reference: string): Answer {
  const { features, repository } = call;
  const byDigest = reference.includes(":");
  if (byDigest ? !features.manifestDelete : !features.tagDelete) return errorAnswer(405, "UNSUPPORTED");
  if (!byDigest) return repository.tags.delete(reference) ? { status: 202 } : errorAnswer(404, "MANIFEST_UNKNOWN");
  if (!repository.manifests.delete(reference)) return errorAnswer(404, "MANIFEST_UNKNOWN");
  for (const [tag, digest] of repository.tags) if (digest === reference) repository.tags.delete(tag);
  return { status: 202 };
}

/** GET of the tags of a repository. */
export function answerTags(call: FakeCall): Answer {
  const { request, features, repository, repositories, name } = call;
  if (!repositories.has(name)) return errorAnswer(404, "NAME_UNKNOWN");
  const { names, link } = page([...repository.tags.keys()].sort(), request, features.pageSize);
  return jsonAnswer(200, { name, tags: names }, link);
}

/** GET of the catalog. */
export function answerCatalog(
  request: ServerRequest,
  pageSize: number,
  repositories: ReadonlyMap<string, FakeRepository>,
): Answer {
  const { names, link } = page([...repositories.keys()].sort(), request, pageSize);
  return jsonAnswer(200, { repositories: names }, link);
}

function page(all: readonly string[], request: ServerRequest, most: number) {
  const last = request.query.get("last");
  const rest = last === null ? all : all.filter((name) => name > last);
  const wanted = Math.min(request.query.has("n") ? Number(request.query.get("n")) : most, most);
  const names = rest.slice(0, wanted);
  const link: Record<string, string> = names.length < rest.length && names.length > 0
    ? { link: `<${new URL(request.target, "http://x").pathname}?n=${wanted}&last=${names.at(-1)}>; rel="next"` }
    : {};
  return { names, link };
}

/** GET of the referrers of a digest (distribution-spec, "Listing Referrers"). */
export function answerReferrers(call: FakeCall, subject: string): Answer {
  const { request, features, repository } = call;
  if (!features.referrers) {
    return { status: 404, headers: { "content-type": "text/plain" }, body: "404 page not found\n" };
  }
  if (!isStorable(subject)) return errorAnswer(400, "DIGEST_INVALID");
  const wanted = features.referrersFilter ? request.query.get("artifactType") : null;
  const all: Descriptor[] = [];
  for (const [digest, stored] of repository.manifests) {
    const manifest = parseManifest(stored.bytes, { mediaType: stored.mediaType, digest });
    if (manifest.subject?.digest !== subject) continue;
    const artifactType = manifest.artifactType ?? manifest.config?.mediaType;
    const descriptor = artifactType === undefined ? manifest.descriptor : { ...manifest.descriptor, artifactType };
    if (wanted === null || artifactType === wanted) all.push(descriptor);
  }
  const from = Number(request.query.get("page") ?? "0");
  const manifests = all.slice(from, from + features.pageSize);
  const headers: Record<string, string> = { "content-type": "application/vnd.oci.image.index.v1+json" };
  if (wanted !== null) headers["oci-filters-applied"] = "artifactType";
  if (from + manifests.length < all.length) {
    const query = new URLSearchParams(request.query);
    query.set("page", String(from + manifests.length));
    headers.link = `</v2/${call.name}/referrers/${subject}?${query}>; rel="next"`;
  }
  const index = { schemaVersion: 2, mediaType: "application/vnd.oci.image.index.v1+json", manifests };
  return jsonAnswer(200, index, headers);
}
