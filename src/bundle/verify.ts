/**
 * Whether a bundle is whole: every volume against the list of checksums, every piece of content against its digest.
 *
 * @module
 */
import { basename } from "node:path";
import { FerryError, isFerryError } from "../errors.ts";
import { type Digest, DigestVerifier, parseDigest } from "../oci/digest.ts";
import { MANIFEST_MAX_BYTES, parseManifest } from "../oci/manifest.ts";
import { isSchema1Type } from "../oci/media_type.ts";
import { type BundleContent, INDEX_MAX_BYTES } from "./form.ts";
import { Bundle } from "./read.ts";
import { checkVolumes, findVolumes, missingVolumes } from "./volumes.ts";

/** Something that is not as it should be. */
export interface BundleFinding {
  /** What it is. */
  readonly kind: "volume" | "archive" | "file" | "manifest" | "blob";
  /** Its name or digest. */
  readonly name: string;
  /** What is the matter: not there, not what its checksum says, or in a base that was not given. */
  readonly state: "missing" | "wrong" | "needed";
  /** Bytes, where they are known. */
  readonly size?: number;
  /** Why, in words. */
  readonly reason?: string;
}

/** What was found out about a bundle. */
export interface VerifiedBundle {
  /** The bundle's id, where it could be read. */
  readonly id: Digest | undefined;
  /** The id of its base. */
  readonly base: Digest | undefined;
  /** Volumes. */
  readonly volumes: number;
  /** Pieces of content that were read. */
  readonly content: number;
  /** Their bytes. */
  readonly bytes: number;
  /** What is not as it should be, and what is needed from a base. */
  readonly findings: readonly BundleFinding[];
}

/** Options of {@linkcode verifyBundle}. */
export interface VerifyBundleOptions {
  /** Bundles that the needed content is looked for in. */
  readonly bases?: readonly Bundle[];
  /** Stops the work. */
  readonly signal?: AbortSignal;
}

/**
 * Reads all of a bundle.
 *
 * @throws {FerryError} NOT_FOUND where there is none, IO, and the signal's reason
 */
export async function verifyBundle(path: string, options: VerifyBundleOptions = {}): Promise<VerifiedBundle> {
  const { bases = [], signal } = options;
  const found = await findVolumes(path);
  const findings: BundleFinding[] = missingVolumes(found).map((name) => ({ kind: "volume", name, state: "missing" }));
  for (const name of await checkVolumes(found, signal)) findings.push({ kind: "volume", name, state: "wrong" });
  const nothing = { id: undefined, base: undefined, volumes: found.volumes.length, content: 0, bytes: 0 };
  if (findings.some(({ state }) => state === "missing")) return { ...nothing, findings };
  let opened: Bundle;
  try {
    opened = await Bundle.open(path);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isFerryError(error, "ARCHIVE_INVALID", "UNSUPPORTED")) throw error;
    findings.push({ kind: "archive", name: basename(found.path), state: "wrong", reason: error.message });
    return { ...nothing, findings };
  }
  await using bundle = opened;
  const { id, index } = bundle;
  findings.push(...await checkFiles(bundle));
  let bytes = 0;
  for (const content of index.content) {
    signal?.throwIfAborted();
    const finding = await checkContent(bundle, content, signal);
    if (finding === undefined) bytes += content.size;
    else findings.push(finding);
  }
  for (const { digest, kind, size } of index.needs ?? []) {
    if (!bases.some((base) => base.find(digest) !== undefined)) {
      findings.push({ kind, name: digest, state: "needed", size });
    }
  }
  return { id, base: index.base?.id, volumes: found.volumes.length, content: index.content.length, bytes, findings };
}

/** The small files, as SHA256SUMS has them. */
async function checkFiles({ archive }: Bundle): Promise<BundleFinding[]> {
  const sums = await archive.small("SHA256SUMS", INDEX_MAX_BYTES);
  if (sums === undefined) return [{ kind: "file", name: "SHA256SUMS", state: "missing" }];
  const findings: BundleFinding[] = [];
  for (const line of new TextDecoder().decode(sums).split("\n")) {
    const [, sha256, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (name === undefined || name.startsWith("blobs/")) continue;
    const place = archive.find(name);
    if (place === undefined) findings.push({ kind: "file", name, state: "missing" });
    else if (await hashOf(archive.read(place), "sha256") !== `sha256:${sha256}`) {
      findings.push({ kind: "file", name, state: "wrong" });
    }
  }
  return findings;
}

async function checkContent(
  bundle: Bundle,
  { digest, kind, mediaType = "", size }: BundleContent,
  signal: AbortSignal | undefined,
): Promise<BundleFinding | undefined> {
  const bytes = bundle.find(digest);
  if (bytes === undefined) return { kind, name: digest, state: "missing", size };
  if (bytes.size !== size) {
    return { kind, name: digest, state: "wrong", size, reason: `it has ${bytes.size} bytes instead of ${size}` };
  }
  if (kind === "manifest" && isSchema1Type(mediaType) && size <= MANIFEST_MAX_BYTES) {
    try {
      parseManifest((await Array.fromAsync(bytes.read(0))).reduce(joined, new Uint8Array()), { digest, mediaType });
      return undefined;
    } catch (error) {
      if (!(error instanceof FerryError)) throw error;
      return { kind, name: digest, state: "wrong", size, reason: error.message };
    }
  }
  const actual = await hashOf(bytes.read(0), parseDigest(digest).algorithm, signal);
  return actual === digest
    ? undefined
    : { kind, name: digest, state: "wrong", size, reason: `its digest is ${actual}` };
}

function joined(one: Uint8Array<ArrayBuffer>, other: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.byteLength + other.byteLength);
  both.set(one);
  both.set(other, one.byteLength);
  return both;
}

async function hashOf(pieces: AsyncIterable<Uint8Array>, algorithm: string, signal?: AbortSignal): Promise<Digest> {
  const verifier = new DigestVerifier(algorithm);
  for await (const piece of pieces) {
    signal?.throwIfAborted();
    verifier.update(piece);
  }
  return verifier.digest();
}
