/** The content of one repository in memory: blobs, manifests and tags. */
import { type Descriptor, isJsonObject } from "../../src/oci/descriptor.ts";
import { type Digest, digestOf, parseDigest } from "../../src/oci/digest.ts";
import { type Manifest, parseManifest } from "../../src/oci/manifest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { type Reference, withDigest, withTag } from "../../src/reference/reference.ts";
import type { Transport } from "../../src/transport/transport.ts";
import { bytesSource } from "./sources.ts";

/** A manifest as it came. */
export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Content of a repository. Manifests stand in an order in which they can be pushed: children before parents. */
export class Content {
  readonly blobs = new Map<Digest, Uint8Array<ArrayBuffer>>();
  readonly manifests = new Map<Digest, StoredManifest>();
  readonly tags = new Map<string, Digest>();

  /** Stores a blob and gives its digest. */
  addBlob(bytes: Uint8Array<ArrayBuffer>, algorithm = "sha256"): Digest {
    const digest = digestOf(bytes, algorithm);
    this.blobs.set(digest, bytes);
    return digest;
  }

  /** Stores a manifest, tagged where a tag is given, and gives its digest. */
  addManifest(mediaType: string, bytes: Uint8Array<ArrayBuffer>, tag?: string, algorithm = "sha256"): Digest {
    const signed = mediaType === MEDIA_TYPE.dockerSchema1Signed;
    const key = signed ? parseManifest(bytes, { mediaType }).descriptor.digest : digestOf(bytes, algorithm);
    this.manifests.set(key, { mediaType, bytes });
    if (tag !== undefined) this.tags.set(tag, key);
    return key;
  }

  /** Digest that a tag or digest names, whether or not there is such a manifest. */
  resolve(reference: string): Digest | undefined {
    return reference.includes(":") ? reference : this.tags.get(reference);
  }

  /** The parsed manifest of a tag or digest; throws where there is none. */
  manifest(reference: string): Manifest {
    const digest = this.resolve(reference);
    const stored = digest === undefined ? undefined : this.manifests.get(digest);
    if (stored === undefined) throw new Error(`There is no manifest "${reference}" in the test content`);
    return parseManifest(stored.bytes, { mediaType: stored.mediaType, digest });
  }

  /** Manifests with this subject. */
  referrers(subject: Digest): Manifest[] {
    return [...this.manifests.keys()].map((digest) => this.manifest(digest)).filter((manifest) =>
      manifest.subject?.digest === subject
    );
  }

  /** Copies everything into another one. */
  copyTo(other: Content): void {
    for (const [digest, bytes] of this.blobs) other.blobs.set(digest, bytes);
    for (const [digest, stored] of this.manifests) other.manifests.set(digest, stored);
    for (const [tag, digest] of this.tags) other.tags.set(tag, digest);
  }
}

/** Pushes everything through a transport: blobs, then manifests by digest, then tags. */
export async function pushContent(content: Content, transport: Transport, to: Reference): Promise<void> {
  for (const [digest, bytes] of content.blobs) await transport.putBlob(to, bytesSource(bytes, { digest }));
  for (const digest of content.manifests.keys()) {
    await transport.putManifest(withDigest(to, digest), content.manifest(digest));
  }
  for (const tag of content.tags.keys()) await transport.putManifest(withTag(to, tag), content.manifest(tag));
  await transport.close(to);
}

/**
 * Writes an OCI image layout by hand (image-spec, image-layout.md), with the fallback tags of referrers.
 * Signed schema 1 manifests are left out: their digest is not that of their bytes, so that no layout can hold them.
 */
export async function writeLayout(content: Content, dir: string): Promise<void> {
  const write = async (digest: Digest, bytes: Uint8Array): Promise<void> => {
    const { algorithm, encoded } = parseDigest(digest);
    await Deno.mkdir(`${dir}/blobs/${algorithm}`, { recursive: true });
    await Deno.writeFile(`${dir}/blobs/${algorithm}/${encoded}`, bytes);
  };
  await Deno.mkdir(`${dir}/blobs/sha256`, { recursive: true });
  for (const [digest, bytes] of content.blobs) await write(digest, bytes);
  const isSigned = (digest: Digest): boolean =>
    content.manifests.get(digest)?.mediaType === MEDIA_TYPE.dockerSchema1Signed;
  for (const [digest, { bytes }] of content.manifests) if (!isSigned(digest)) await write(digest, bytes);
  const entries: Descriptor[] = [];
  const list = (tag: string, descriptor: Descriptor): void => {
    entries.push({ ...descriptor, annotations: { "org.opencontainers.image.ref.name": tag } });
  };
  for (const [tag, digest] of content.tags) if (!isSigned(digest)) list(tag, content.manifest(tag).descriptor);
  const subjects = new Set([...content.manifests.keys()].map((digest) => content.manifest(digest).subject?.digest));
  for (const subject of subjects) {
    if (subject === undefined || content.tags.has(fallbackTag(subject))) continue;
    const manifests = content.referrers(subject).map(({ descriptor }) => descriptor);
    const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests };
    const bytes = new TextEncoder().encode(JSON.stringify(index));
    const digest = digestOf(bytes);
    await write(digest, bytes);
    list(fallbackTag(subject), { mediaType: MEDIA_TYPE.ociIndex, digest, size: bytes.byteLength });
  }
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: entries };
  await Deno.writeTextFile(`${dir}/index.json`, JSON.stringify(index));
  await Deno.writeTextFile(`${dir}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
}

/** Tag that lists the referrers of a digest where there is no API (distribution-spec, "Referrers Tag Schema"). */
export function fallbackTag(subject: Digest): string {
  const { algorithm, encoded } = parseDigest(subject);
  return `${algorithm.slice(0, 32)}-${encoded.slice(0, 64)}`;
}

/** Checks a layout by hand: every file under blobs has the digest of its name, and index.json names only what is there. */
export async function checkLayout(
  dir: string,
): Promise<{ readonly blobs: Set<Digest>; readonly tags: Map<string, Digest> }> {
  const blobs = new Set<Digest>();
  for await (const algorithm of Deno.readDir(`${dir}/blobs`)) {
    for await (const file of Deno.readDir(`${dir}/blobs/${algorithm.name}`)) {
      const digest = `${algorithm.name}:${file.name}`;
      const actual = digestOf(await Deno.readFile(`${dir}/blobs/${algorithm.name}/${file.name}`), algorithm.name);
      if (actual !== digest) throw new Error(`File of ${digest} holds ${actual}`);
      blobs.add(digest);
    }
  }
  const version: unknown = JSON.parse(await Deno.readTextFile(`${dir}/oci-layout`));
  if (!isJsonObject(version) || version.imageLayoutVersion !== "1.0.0") throw new Error("oci-layout is wrong");
  const index = parseManifest(await Deno.readFile(`${dir}/index.json`), { mediaType: MEDIA_TYPE.ociIndex });
  const tags = new Map<string, Digest>();
  for (const entry of index.manifests) {
    if (!blobs.has(entry.digest)) throw new Error(`index.json names ${entry.digest}, which is not there`);
    const tag = entry.annotations?.["org.opencontainers.image.ref.name"];
    if (tag !== undefined) tags.set(tag, entry.digest);
  }
  return { blobs, tags };
}
