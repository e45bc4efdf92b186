/**
 * Stores a changed image: blobs, then manifests, children before parents and the topmost one last, then what refers to it.
 *
 * @module
 */
import { copyBlobs } from "../copy/blobs.ts";
import { CopyJob } from "../copy/job.ts";
import { storeManifests } from "../copy/manifests.ts";
import type { PlannedManifest } from "../copy/plan.ts";
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { type Reference, sameRepository, withDigest } from "../reference/reference.ts";
import type { BlobSource } from "../transport/transport.ts";
import type { Finished } from "./finish.ts";
import type { KeptBlob } from "./finish_config.ts";
import type { ContentPlace } from "./tree.ts";

/** Where a changed image goes. */
export class ImageStore {
  readonly #job: CopyJob;
  readonly #stored = new Set<string>();

  /** Stores at the target of a copy. */
  constructor(job: CopyJob) {
    this.#job = job;
  }

  /** Stores a new blob. */
  async putBlob(source: BlobSource): Promise<void> {
    const { digest, size } = source.descriptor;
    if (this.#stored.has(digest)) return;
    this.#stored.add(digest);
    const { options, target, signal } = this.#job;
    const { targetTransport } = options;
    this.#job.emit({ type: "found", kind: "blob", digest, size });
    if (targetTransport.remote && await targetTransport.headBlob(target, digest, { signal }) !== undefined) {
      this.#job.emit({ type: "done", kind: "blob", digest, size, outcome: "exists" });
      return;
    }
    this.#job.emit({ type: "start", kind: "blob", digest, size });
    const onBytes = (bytes: number) => this.#job.emit({ type: "bytes", digest, bytes });
    const { outcome } = await targetTransport.putBlob(target, source, {
      signal,
      ...(options.onEvent === undefined ? {} : { onBytes }),
    });
    this.#job.emit({ type: "done", kind: "blob", digest, size, outcome });
  }

  /** Stores an image whose new layers are there; `target` names its topmost manifest. */
  async putImage(image: Finished, target: Reference): Promise<void> {
    const all = allOf(image);
    await this.#keepBlobs(all.flatMap(({ kept }) => kept));
    for (const { config } of all) if (config !== undefined) await this.putBlob(config);
    await storeManifests(this.#job, this.#planned(image), target);
    await this.#putReferrers(image);
  }

  /** Brings blobs that stay as they are to the target; those of its own repository are there. */
  async #keepBlobs(blobs: readonly KeptBlob[]): Promise<void> {
    const { options, target, name, signal } = this.#job;
    const places = new Map<ContentPlace, Map<string, Descriptor>>();
    for (const { descriptor, place, claimed } of blobs) {
      if (claimed) await this.#checkClaimed(descriptor, place);
      if (sameRepository(place.reference, target)) continue;
      const found = places.get(place) ?? new Map<string, Descriptor>();
      found.set(descriptor.digest, descriptor);
      places.set(place, found);
    }
    for (const [{ transport, reference }, found] of places) {
      const from = { ...options, source: reference, sourceTransport: transport, run: this.#job.run, signal };
      const part = new CopyJob(from, reference, target, name);
      await copyBlobs(part, [...found.values()]);
    }
  }

  async #checkClaimed({ digest }: Descriptor, { transport, reference }: ContentPlace): Promise<void> {
    if (await transport.headBlob(reference, digest, { signal: this.#job.signal }) !== undefined) return;
    throw new FerryError("BLOB_UNKNOWN", `Layer ${digest} cannot lose its urls: its content is not in the repository`, {
      hint: "copy the image with image copy --include-external first",
    });
  }

  /** Manifests to store: in their own repository only those that changed. */
  #planned({ manifest, children }: Finished): PlannedManifest {
    const within = this.#job.withinRepository;
    const wanted = children.filter((child) => !within || child.manifest !== child.node.original);
    return { manifest, children: wanted.map((child) => this.#planned(child)) };
  }

  async #putReferrers(image: Finished): Promise<void> {
    for (const child of image.children) await this.#putReferrers(child);
    for (const referrer of image.referrers) {
      if (this.#job.withinRepository && referrer.manifest === referrer.node.original) continue;
      const target = withDigest(this.#job.target, referrer.manifest.descriptor.digest);
      await storeManifests(this.#job, this.#planned(referrer), target);
      await this.#putReferrers(referrer);
    }
  }
}

/** A manifest, what is below it, and what refers to either. */
export function allOf(image: Finished): Finished[] {
  return [...image.children.flatMap(allOf), ...image.referrers.flatMap(allOf), image];
}
