/**
 * Reads an archive as any other place with images, so that copies come out of it as out of a registry.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { type Manifest, MANIFEST_MAX_BYTES, parseManifest } from "../oci/manifest.ts";
import { isSchema1Type } from "../oci/media_type.ts";
import { fallbackTag } from "../oci/referrers_tag.ts";
import type { Reference } from "../reference/reference.ts";
import type { BlobSource, Transport } from "../transport/transport.ts";
import type { ArchiveContent } from "./content.ts";

/** A reference to something in an archive; `path` names the archive in messages and memories. */
export function archiveReference(path: string, tag = "", digest: Digest = ""): Reference {
  return { scheme: "ocidir", registry: "", repository: "", tag, digest, path };
}

/** What serves an archive; nothing can be stored in it. */
export function createArchiveTransport(content: ArchiveContent): Transport {
  const get = async (reference: Reference): Promise<Manifest | undefined> => {
    const descriptor = descriptorOf(content, reference);
    const bytes = descriptor === undefined ? undefined : content.find(descriptor.digest);
    if (descriptor === undefined || bytes === undefined) return undefined;
    if (bytes.size > MANIFEST_MAX_BYTES) {
      throw new FerryError(
        "MANIFEST_TOO_LARGE",
        `Manifest "${descriptor.digest}" has more than ${MANIFEST_MAX_BYTES} bytes`,
      );
    }
    const raw = new Uint8Array(bytes.size);
    let at = 0;
    for await (const piece of bytes.read(0)) {
      raw.set(piece, at);
      at += piece.byteLength;
    }
    return parseManifest(raw, { mediaType: descriptor.mediaType, digest: descriptor.digest });
  };
  const refuse = () => Promise.reject(new FerryError("UNSUPPORTED", "An archive cannot be changed"));
  return {
    scheme: "ocidir",
    remote: false,
    headManifest: async (reference) => (await get(reference))?.descriptor,
    async getManifest(reference) {
      const manifest = await get(reference);
      if (manifest !== undefined) return manifest;
      throw new FerryError(
        "MANIFEST_UNKNOWN",
        `Archive "${reference.path}" has no manifest "${reference.digest || reference.tag}"`,
        {
          hint: "the archive lacks a part of the image; make it again",
        },
      );
    },
    headBlob(_reference, digest) {
      const bytes = content.find(digest);
      return Promise.resolve(bytes === undefined ? undefined : { mediaType: "", digest, size: bytes.size });
    },
    blobSource: (reference, descriptor) => sourceOf(content, reference.path, descriptor),
    listTags: () =>
      Promise.resolve({ tags: [...new Set(content.entries.flatMap(({ tag }) => tag === "" ? [] : [tag]))].sort() }),
    async listReferrers(reference, options = {}) {
      const list = await get({ ...reference, tag: fallbackTag(reference.digest), digest: "" });
      const descriptors = (list?.manifests ?? []).filter(({ artifactType }) =>
        options.artifactType === undefined || artifactType === options.artifactType
      );
      return { descriptors, from: list === undefined ? "none" : "tag" };
    },
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
    putManifest: refuse,
    deleteManifest: refuse,
    putBlob: refuse,
    deleteBlob: refuse,
    deleteTag: refuse,
  };
}

function descriptorOf(content: ArchiveContent, { digest, tag }: Reference): Descriptor | undefined {
  if (digest === "") return content.entries.findLast((entry) => entry.tag === tag)?.descriptor;
  const listed = content.entries.find(({ descriptor }) => descriptor.digest === digest)?.descriptor;
  if (listed !== undefined && isSchema1Type(listed.mediaType)) return listed;
  return { mediaType: listed?.mediaType ?? "", digest, size: -1 };
}

function sourceOf(content: ArchiveContent, path: string, descriptor: Descriptor): BlobSource {
  return {
    descriptor,
    reopenable: true,
    open(offset) {
      const bytes = content.find(descriptor.digest);
      if (bytes === undefined) {
        return Promise.reject(
          new FerryError("BLOB_UNKNOWN", `Archive "${path}" has no blob "${descriptor.digest}"`, {
            hint: "the archive lacks a part of the image; make it again",
          }),
        );
      }
      return Promise.resolve({ body: ReadableStream.from(bytes.read(offset)), size: bytes.size - offset, offset });
    },
  };
}
