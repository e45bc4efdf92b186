/**
 * Manifests over HTTP: pulled, pushed and deleted (distribution-spec, "Pulling manifests", "Pushing Manifests", "Deleting Manifests").
 *
 * @module
 */
import type { Digest } from "../oci/digest.ts";
import { parseDigest } from "../oci/digest.ts";
import { detectMediaType, type Manifest, parseManifest } from "../oci/manifest.ts";
import { baseMediaType, MEDIA_TYPE } from "../oci/media_type.ts";
import { deleteManifest, putManifest } from "../transport/layout/manifest.ts";
import { blobFolder } from "../transport/layout/paths.ts";
import { syncFolder } from "../transport/layout/atomic.ts";
import { deleteTag } from "../transport/layout/tag.ts";
import { stateOf } from "../transport/layout/context.ts";
import { answer } from "./answer.ts";
import { readBody } from "./body.ts";
import type { Call } from "./call.ts";
import { requireContent } from "./content.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";
import { checkTag } from "./route.ts";

/** A manifest's place: a tag or a digest, the other is "". */
export interface ManifestPlace {
  /** Repository. */
  readonly name: string;
  /** Tag. */
  readonly tag: string;
  /** Digest. */
  readonly digest: Digest;
}

/** Most tags that one push may set. */
const TAGS_MOST = 100;

/** `GET` and `HEAD`. */
export async function pullManifest(
  registry: Registry,
  call: Call,
  { name, tag, digest }: ManifestPlace,
): Promise<Response> {
  const view = await registry.view(name);
  const entry = tag === "" ? view.digests.get(digest) : view.tags.get(tag);
  const wanted = tag === "" ? digest : entry?.digest;
  const found = wanted === undefined ? undefined : await registry.manifest(name, wanted, entry?.mediaType);
  if (wanted === undefined || found === undefined) {
    throw new Refusal(404, "MANIFEST_UNKNOWN", "Manifest not found", { detail: tag === "" ? { digest } : { tag } });
  }
  if (call.head && tag === "") await registry.reliedSize(name, wanted);
  const headers = {
    "content-type": entry === undefined || entry.mediaType === "" ? found.mediaType : entry.mediaType,
    "docker-content-digest": wanted,
    etag: `"${wanted}"`,
  };
  if (isCurrent(call.request, wanted)) return answer(304, null, headers);
  const sized = { ...headers, "content-length": String(found.bytes.byteLength) };
  return answer(200, call.head ? null : found.bytes, sized);
}

/** `PUT`. */
export async function pushManifest(registry: Registry, call: Call, place: ManifestPlace): Promise<Response> {
  registry.requireWritable();
  const { name, tag, digest } = place;
  const tags = tag === "" ? [...new Set(call.query.getAll("tag").map(checkTag))] : [tag];
  if (tags.length > TAGS_MOST) throw new Refusal(414, "TAG_INVALID", "Too many tags in one request");
  const raw = await readBody(call.request, registry.manifestLimit, registry.idleTimeout);
  const manifest = readPushed(raw, call.request.headers.get("content-type"), digest);
  await requireContent(registry, name, manifest);
  const { context } = registry.layouts;
  const stored = manifest.descriptor.digest;
  try {
    // What is acknowledged must not wait for a parent that may never come, nor have lost content to the garbage collection.
    const how = { listNow: true, check: () => requireContent(registry, name, manifest) };
    for (const one of tags.length === 0 ? [""] : tags) {
      await putManifest(context, registry.layouts.reference(name, one, stored), manifest, how);
    }
    await flush(registry, name, stored);
  } finally {
    registry.changed(name);
  }
  registry.manifests.put(stored, { bytes: raw, mediaType: manifest.descriptor.mediaType });
  return answer(201, null, {
    location: `/v2/${name}/manifests/${tag === "" ? stored : tag}`,
    "docker-content-digest": stored,
    "content-length": "0",
    ...(manifest.subject === undefined ? {} : { "oci-subject": manifest.subject.digest }),
    ...(tag === "" && tags.length > 0 ? { "oci-tag": tags.join(", ") } : {}),
  });
}

/** `DELETE`: by tag only the tag goes, by digest the manifest with all its tags. */
export async function removeManifest(registry: Registry, { name, tag, digest }: ManifestPlace): Promise<Response> {
  registry.requireDeletes();
  const view = await registry.view(name);
  const unknown = () => new Refusal(404, "MANIFEST_UNKNOWN", "Manifest not found");
  const { context } = registry.layouts;
  try {
    if (tag !== "") {
      if (!view.tags.has(tag)) throw unknown();
      await deleteTag(context, registry.layouts.reference(name, tag), {});
    } else {
      if (await registry.manifest(name, digest, view.digests.get(digest)?.mediaType) === undefined) throw unknown();
      await deleteManifest(context, registry.layouts.reference(name, "", digest), {});
    }
  } finally {
    registry.changed(name);
  }
  return answer(202, null, { "content-length": "0" });
}

/** The names of files that a push made are on disk before it is acknowledged; where `index.json` changed they are already. */
async function flush(registry: Registry, name: string, digest: Digest): Promise<void> {
  const root = registry.layouts.root(name);
  const folder = blobFolder(root, parseDigest(digest).algorithm);
  if (stateOf(registry.layouts.context, root).unflushed.delete(folder)) await syncFolder(folder);
}

/**
 * What a client pushed, where it is a manifest that a layout can hold.
 *
 * @throws {Refusal} MANIFEST_INVALID, and DIGEST_INVALID where its digest is not that of the address
 */
function readPushed(raw: Uint8Array<ArrayBuffer>, contentType: string | null, digest: Digest): Manifest {
  const given = contentType === null ? undefined : baseMediaType(contentType);
  const manifest = parseManifest(raw, { mediaType: given, digest: digest === "" ? undefined : digest });
  const { kind, json } = manifest;
  const said = detectMediaType(json, given);
  if (typeof json.mediaType === "string" && given !== undefined && given !== "" && said !== given) {
    throw new Refusal(400, "MANIFEST_INVALID", "Content-Type is not the mediaType of the manifest", {
      detail: { contentType: given, mediaType: said },
    });
  }
  if (kind === "unknown" || said === MEDIA_TYPE.dockerSchema1Signed) {
    throw new Refusal(400, "MANIFEST_INVALID", "Manifests of this media type are not supported", {
      detail: { mediaType: said },
    });
  }
  return manifest;
}

/** True when the client has what it asks for (RFC 9110, section 13.1.2). */
export function isCurrent(request: Request, digest: Digest): boolean {
  const header = request.headers.get("if-none-match");
  return header !== null && header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === `"${digest}"`);
}
