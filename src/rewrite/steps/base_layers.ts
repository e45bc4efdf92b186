/**
 * The part of an image that its base brought, for steps that leave it alone.
 *
 * @module
 */
import type { JsonObject } from "../../oci/descriptor.ts";
import type { HistoryEntry } from "../../oci/image_config.ts";
import type { Manifest } from "../../oci/manifest.ts";
import { findPlatform } from "../../oci/platform_select.ts";
import { formatReference } from "../../reference/format.ts";
import { type Reference, withDigest } from "../../reference/reference.ts";
import { loadTree } from "../load_tree.ts";
import type { Work } from "../step.ts";
import { historyOf, type ImageNode, type ManifestNode, platformOf } from "../tree.ts";

/** Another image, read when it is first needed. */
export class OtherImage {
  readonly #reference: Reference;
  readonly #images = new Map<string, Promise<ManifestNode>>();
  #manifest: Promise<Manifest> | undefined;

  /** Its name. */
  constructor(reference: Reference) {
    this.#reference = reference;
  }

  /** Its name. */
  get name(): string {
    return formatReference(this.#reference);
  }

  /** Its manifest. */
  manifest({ transport, signal }: Work): Promise<Manifest> {
    return this.#manifest ??= transport(this.#reference).then((one) => one.getManifest(this.#reference, { signal }));
  }

  /** Its image for the platform of another; undefined where it has none. */
  async imageFor(work: Work, image: ImageNode): Promise<ImageNode | undefined> {
    const manifest = await this.manifest(work);
    const digest = manifest.kind === "index"
      ? findPlatform(manifest.manifests, platformOf(image))?.digest
      : manifest.descriptor.digest;
    if (digest === undefined) return undefined;
    let read = this.#images.get(digest);
    if (read === undefined) this.#images.set(digest, read = this.#read(work, digest));
    const node = await read;
    return node.config === undefined ? undefined : node as ImageNode;
  }

  async #read(work: Work, digest: string): Promise<ManifestNode> {
    const transport = await work.transport(this.#reference);
    const reference = withDigest(this.#reference, digest);
    const manifest = await transport.getManifest(reference, { signal: work.signal });
    return await loadTree({ transport, reference, signal: work.signal }, manifest);
  }
}

/** True for two entries of a history that say the same. */
export function sameStep(a: HistoryEntry, b: HistoryEntry): boolean {
  const time = (text: string | undefined) => text === undefined ? "" : Date.parse(text);
  return (a.author ?? "") === (b.author ?? "") && (a.comment ?? "") === (b.comment ?? "") &&
    (a.created_by ?? "") === (b.created_by ?? "") && (a.empty_layer ?? false) === (b.empty_layer ?? false) &&
    time(a.created) === time(b.created);
}

/** Number of entries at the start of an image's history that its base has as well. */
export function sharedSteps(image: ImageNode, base: ImageNode): number {
  const own = historyOf(image.config);
  const steps = historyOf(base.config);
  const differs = steps.findIndex((step, at) => own[at] === undefined || !sameStep(own[at], step));
  return differs < 0 ? steps.length : differs;
}

/** Number of entries at the start of a history that belong to so many layers. */
export function stepsOfLayers(history: readonly (JsonObject & HistoryEntry)[], layers: number): number {
  let seen = 0;
  const last = history.findIndex((step) => step.empty_layer !== true && ++seen === layers);
  return last < 0 ? history.length : last + 1;
}
