/**
 * Whether an image is whole: every manifest, config and layer that it names is there and is what its descriptor says.
 *
 * @module
 */
import { inPool } from "../copy/pool.ts";
import { FerryError, isFerryError } from "../errors.ts";
import { HashThreads } from "../file/hash_threads.ts";
import { checkBlob } from "../layer/check_blob.ts";
import type { LayerPlace } from "../layer/open.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { type Digest, isDigest } from "../oci/digest.ts";
import type { Manifest } from "../oci/manifest.ts";
import { isImageType, isIndexType, isSchema1Type, MEDIA_TYPE } from "../oci/media_type.ts";
import { type Reference, withDigest } from "../reference/reference.ts";

/** What was found of a manifest or blob. */
export interface Finding {
  /** What it is. */
  readonly kind: "manifest" | "blob";
  /** Its descriptor as its parent has it. */
  readonly descriptor: Descriptor;
  /**
   * `good`; `missing`; `wrong`: its bytes are not what the descriptor says; `external`: a layer with urls that is not there,
   * and need not be.
   */
  readonly state: "good" | "missing" | "wrong" | "external";
  /** What is wrong with it. */
  readonly reason?: string;
}

/** Options of {@linkcode verifyImage}. */
export interface VerifyOptions {
  /** Read every blob and hash it; else only its presence and size are asked for. */
  readonly deep?: boolean;
  /** Referrers of every manifest as well, and theirs. */
  readonly referrers?: boolean;
  /** Gives the content of a manifest that is missing or wrong, so that what it names can be looked at all the same. */
  readonly instead?: (digest: Digest) => Promise<Manifest>;
  /** Told of each finding as it is made. */
  readonly onFinding?: (finding: Finding) => void;
}

/** Requests at a time; the transport has limits of its own as well. */
const AT_ONCE = 8;

/** Something to look at. */
interface Node {
  readonly descriptor: Descriptor;
  readonly kind: "manifest" | "blob" | "any";
}

/**
 * Looks at all that a reference names. Findings come parents first, each digest once.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, NAME_UNKNOWN when the reference itself names nothing, and failures of the transport
 */
export async function verifyImage(place: LayerPlace, options: VerifyOptions = {}): Promise<Finding[]> {
  const { transport, reference } = place;
  const head = await transport.headManifest(reference, callOf(place));
  const top = head === undefined || head.digest === ""
    ? (await transport.getManifest(reference, callOf(place))).descriptor
    : head;
  const findings: Finding[] = [];
  const seen = new Set<Digest>([top.digest]);
  const found = (finding: Finding) => {
    findings.push(finding);
    options.onFinding?.(finding);
  };
  for (let level: Node[] = [{ descriptor: top, kind: "manifest" }]; level.length > 0;) {
    const next: Node[] = [];
    using threads = options.deep === true ? threadsFor(place, level) : undefined;
    await inPool(level, AT_ONCE, async (node) => {
      const { finding, children } = node.kind === "blob"
        ? await lookAtBlob(place, node.descriptor, options, threads)
        : await lookAtManifest(place, node, options);
      found(finding);
      for (const child of children) {
        if (seen.has(child.descriptor.digest)) continue;
        seen.add(child.descriptor.digest);
        next.push(child);
      }
    });
    level = next;
  }
  return findings;
}

/** Threads for the blobs of a level that lie in local files. */
function threadsFor({ reference, signal, transport }: LayerPlace, level: readonly Node[]): HashThreads | undefined {
  const blobs = level.filter(({ kind }) => kind === "blob").map(({ descriptor }) => descriptor);
  const local = blobs.filter((blob) =>
    isDigest(blob.digest) && transport.blobSource(reference, blob).file !== undefined
  );
  return HashThreads.worthFor(local.map(({ size }) => size), { signal });
}

interface Look {
  readonly finding: Finding;
  readonly children: readonly Node[];
}

async function lookAtManifest(place: LayerPlace, { descriptor, kind }: Node, options: VerifyOptions): Promise<Look> {
  const at = withDigest(place.reference, descriptor.digest);
  let manifest: Manifest;
  let finding: Finding = { kind: "manifest", descriptor, state: "good" };
  try {
    manifest = await place.transport.getManifest(at, callOf(place));
    const { size } = manifest.descriptor;
    if (descriptor.size >= 0 && size !== descriptor.size) {
      finding = { ...finding, state: "wrong", reason: `has ${size} bytes, its descriptor says ${descriptor.size}` };
    }
  } catch (error) {
    const state = stateOf(error);
    // An index may name what is no manifest.
    if (kind === "any" && state !== undefined) return await lookAtBlob(place, descriptor, options);
    if (state === undefined) throw error;
    finding = { ...finding, state, reason: (error as FerryError).message };
    const instead = await options.instead?.(descriptor.digest);
    if (instead === undefined) return { finding, children: [] };
    manifest = instead;
  }
  const children = childrenOf(manifest);
  if (options.referrers !== true) return { finding, children };
  const { descriptors } = await place.transport.listReferrers(at, callOf(place));
  return {
    finding,
    children: [...children, ...descriptors.map((referrer) => ({ descriptor: referrer, kind: "manifest" as const }))],
  };
}

async function lookAtBlob(
  place: LayerPlace,
  descriptor: Descriptor,
  options: VerifyOptions,
  threads?: HashThreads,
): Promise<Look> {
  const look = (state: Finding["state"], reason?: string): Look => ({
    finding: { kind: "blob", descriptor, state, ...(reason === undefined ? {} : { reason }) },
    children: [],
  });
  try {
    const head = await place.transport.headBlob(place.reference, descriptor.digest, callOf(place));
    if (head === undefined) return isExternal(descriptor) ? look("external") : look("missing", "is not there");
    if (descriptor.size >= 0 && head.size >= 0 && head.size !== descriptor.size) {
      return look("wrong", `has ${head.size} bytes, its descriptor says ${descriptor.size}`);
    }
    if (options.deep === true) await checkBlob(place, descriptor, threads);
    return look("good");
  } catch (error) {
    const state = stateOf(error);
    if (state === undefined) throw error;
    return look(state, (error as FerryError).message);
  }
}

function childrenOf(manifest: Manifest): Node[] {
  const blobs = [...(manifest.config === undefined ? [] : [manifest.config]), ...manifest.layers];
  return [
    ...manifest.manifests.map((
      descriptor,
    ) => ({ descriptor, kind: isManifest(descriptor) ? "manifest" : "any" } as const)),
    ...blobs.map((descriptor) => ({ descriptor, kind: "blob" } as const)),
  ];
}

function isManifest({ mediaType }: Descriptor): boolean {
  return isImageType(mediaType) || isIndexType(mediaType) || isSchema1Type(mediaType) ||
    mediaType === MEDIA_TYPE.ociArtifact;
}

function isExternal({ urls }: Descriptor): boolean {
  return urls !== undefined && urls.length > 0;
}

/** What an error says of the content; undefined where it says nothing of it. */
function stateOf(error: unknown): "missing" | "wrong" | undefined {
  if (isFerryError(error, "MANIFEST_UNKNOWN", "BLOB_UNKNOWN")) return "missing";
  if (
    isFerryError(error, "DIGEST_MISMATCH", "SIZE_MISMATCH", "DIGEST_INVALID", "MANIFEST_INVALID", "MANIFEST_TOO_LARGE")
  ) {
    return "wrong";
  }
  return undefined;
}

function callOf(place: LayerPlace): { readonly signal?: AbortSignal } {
  return place.signal === undefined ? {} : { signal: place.signal };
}

/** Where repairs come from. */
export interface RepairSource extends LayerPlace {
  /** A copy of the same image. */
  readonly reference: Reference;
}

/**
 * Brings what is missing or wrong from another place: blobs first, then manifests, children before parents. Each is checked against its
 * digest before it takes the place of what was wrong.
 *
 * @returns how many were brought
 * @throws {FerryError} what the source lacks, and failures of either side
 */
export async function repairImage(
  target: LayerPlace,
  source: RepairSource,
  findings: readonly Finding[],
): Promise<number> {
  const broken = findings.filter(({ state }) => state === "missing" || state === "wrong");
  const blobs = broken.filter(({ kind }) => kind === "blob");
  await inPool(blobs, AT_ONCE, async ({ descriptor, state }) => {
    const { transport, reference } = target;
    const wanted = source.transport.blobSource(source.reference, descriptor);
    // A file of a layout that has the right size is taken for the blob until it is gone.
    if (state === "wrong" && !transport.remote) {
      await transport.deleteBlob(reference, descriptor.digest, callOf(target));
    }
    await transport.putBlob(reference, wanted, callOf(target));
  });
  const manifests = broken.filter(({ kind }) => kind === "manifest").reverse();
  for (const { descriptor } of manifests) {
    const from = withDigest(source.reference, descriptor.digest);
    const manifest = await source.transport.getManifest(from, callOf(source));
    const isTop = descriptor === findings[0]?.descriptor;
    const to = isTop && target.reference.digest === ""
      ? target.reference
      : withDigest(target.reference, descriptor.digest);
    await target.transport.putManifest(to, manifest, callOf(target));
  }
  return broken.length;
}
