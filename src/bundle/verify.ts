/**
 * Whether a bundle is whole: every volume against the list of checksums, every piece of content against its digest.
 *
 * @module
 */
import { basename } from "node:path";
import { inPool } from "../copy/pool.ts";
import { FerryError, isFerryError } from "../errors.ts";
import type { HashTask } from "../file/hash_program.ts";
import { HashFailure, HashThreads } from "../file/hash_threads.ts";
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

/** Pieces of content that are read at a time. */
const CONTENT_AT_ONCE = 4;

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
  const { signal } = options;
  const found = await findVolumes(path);
  const missing = missingVolumes(found).map((name): BundleFinding => ({ kind: "volume", name, state: "missing" }));
  using threads = HashThreads.worthFor(found.volumes.map(({ size = 0 }) => size), { signal });
  // Each byte is hashed twice, for its volume and for its blob, which two threads do at a time.
  const [wrong, inside] = await Promise.all([
    checkVolumes(found, { signal, threads }),
    missing.length > 0 ? nothing() : lookInside(path, basename(found.path), options, threads),
  ]);
  const volumes = wrong.map((name): BundleFinding => ({ kind: "volume", name, state: "wrong" }));
  return { ...inside, volumes: found.volumes.length, findings: [...missing, ...volumes, ...inside.findings] };
}

type Inside = Omit<VerifiedBundle, "volumes">;

function nothing(...findings: BundleFinding[]): Inside {
  return { id: undefined, base: undefined, content: 0, bytes: 0, findings };
}

async function lookInside(
  path: string,
  name: string,
  { bases = [], signal }: VerifyBundleOptions,
  threads: HashThreads | undefined,
): Promise<Inside> {
  let opened: Bundle;
  try {
    opened = await Bundle.open(path);
  } catch (error) {
    signal?.throwIfAborted();
    if (!isFerryError(error, "ARCHIVE_INVALID", "UNSUPPORTED")) throw error;
    return nothing({ kind: "archive", name, state: "wrong", reason: error.message });
  }
  await using bundle = opened;
  const { id, index } = bundle;
  const looks: (BundleFinding | undefined)[] = [];
  const files = await checkFiles(bundle, signal);
  await inPool(index.content, CONTENT_AT_ONCE, async (content, at) => {
    signal?.throwIfAborted();
    looks[at] = await checkContent(bundle, content, { signal, threads });
  });
  const bytes = index.content.reduce((sum, { size }, at) => looks[at] === undefined ? sum + size : sum, 0);
  const has = (base: Bundle, { digest, size }: BundleContent) => base.find(digest)?.size === size;
  const needed = (index.needs ?? []).filter((content) => !bases.some((base) => has(base, content)));
  return {
    id,
    base: index.base?.id,
    content: index.content.length,
    bytes,
    findings: [
      ...files,
      ...looks.filter((finding) => finding !== undefined),
      ...needed.map(({ digest, kind, size }): BundleFinding => ({ kind, name: digest, state: "needed", size })),
    ],
  };
}

/** The small files, as SHA256SUMS has them. */
async function checkFiles({ archive }: Bundle, signal: AbortSignal | undefined): Promise<BundleFinding[]> {
  const sums = await archive.small("SHA256SUMS", INDEX_MAX_BYTES);
  if (sums === undefined) return [{ kind: "file", name: "SHA256SUMS", state: "missing" }];
  const findings: BundleFinding[] = [];
  const expected = new Map<string, string>();
  for (const line of new TextDecoder().decode(sums).split("\n")) {
    const [, sha256, name] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    if (sha256 !== undefined && name !== undefined && !name.startsWith("blobs/")) expected.set(name, sha256);
  }
  for (const [name, sha256] of expected) {
    const place = archive.find(name);
    if (place === undefined) findings.push({ kind: "file", name, state: "missing" });
    else if (await hashOf(archive.read(place), "sha256", signal) !== `sha256:${sha256}`) {
      findings.push({ kind: "file", name, state: "wrong" });
    }
  }
  return findings;
}

async function checkContent(
  bundle: Bundle,
  { digest, kind, mediaType = "", size }: BundleContent,
  { signal, threads }: { readonly signal: AbortSignal | undefined; readonly threads: HashThreads | undefined },
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
  const { algorithm } = parseDigest(digest);
  const stretches = threads !== undefined && HashThreads.takes(size) ? bundle.stretches(digest) : undefined;
  const encoded = stretches === undefined ? undefined : await byThread(threads!, { algorithm, from: stretches });
  const actual = encoded === undefined ? await hashOf(bytes.read(0), algorithm, signal) : `${algorithm}:${encoded}`;
  return actual === digest
    ? undefined
    : { kind, name: digest, state: "wrong", size, reason: `its digest is ${actual}` };
}

/** Undefined where the file cannot be read: reading it as it is read elsewhere tells why. */
async function byThread(threads: HashThreads, task: HashTask): Promise<string | undefined> {
  try {
    return await threads.hash(task);
  } catch (error) {
    if (error instanceof HashFailure) return undefined;
    throw error;
  }
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
