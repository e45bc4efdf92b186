/**
 * The step that puts an image on another base: the layers and the history of the old base make place for those of the new one.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { ANNOTATION } from "../../oci/annotation.ts";
import { isJsonObject, type JsonObject } from "../../oci/descriptor.ts";
import { formatPlatform } from "../../oci/platform.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import { parseReference } from "../../reference/parse.ts";
import { type Reference, withDigest } from "../../reference/reference.ts";
import { layerTypeOf, mediaTypeOf } from "../layer_type.ts";
import { realImages, type Step, type Work } from "../step.ts";
import {
  historyOf,
  type ImageNode,
  type LayerNode,
  layersOf,
  type ManifestNode,
  manifestsOf,
  platformOf,
} from "../tree.ts";
import { OtherImage, sharedSteps } from "./base_layers.ts";

/** The old and the new base. */
interface Bases {
  readonly old: OtherImage;
  readonly young: OtherImage;
}

/**
 * Puts the image from one base on another.
 *
 * @throws {FerryError} from the step: POLICY where the image does not start with the old base
 */
export function rebase(old: Reference, young: Reference): Step {
  const bases = { old: new OtherImage(old), young: new OtherImage(young) };
  return async (work) => {
    for (const image of realImages(work)) await rebaseImage(work, image, bases);
  };
}

/**
 * Puts the image on what its base is now: the annotations of the image, or of its index, name the base and the digest that it had.
 * They say the new digest then.
 *
 * @throws {FerryError} from the step: NOT_FOUND where there are no such annotations, POLICY where the image does not start with the base
 */
export function rebaseByAnnotations(): Step {
  return async (work) => {
    const known = new Map<string, Bases>();
    for (const image of realImages(work)) {
      const { name, digest } = baseOf(image) ?? baseOf(work.root) ?? missing();
      const key = `${name}@${digest}`;
      const young = parseReference(name);
      const bases = known.get(key) ?? { old: new OtherImage(withDigest(young, digest)), young: new OtherImage(young) };
      known.set(key, bases);
      await rebaseImage(work, image, bases);
      const { descriptor } = await bases.young.manifest(work);
      for (const node of manifestsOf(work.root)) {
        const base = baseOf(node);
        if (base?.name === name && base.digest === digest) {
          (node.json.annotations as JsonObject)[ANNOTATION.baseDigest] = descriptor.digest;
        }
      }
    }
  };
}

function baseOf({ json }: ManifestNode): { readonly name: string; readonly digest: string } | undefined {
  const annotations = isJsonObject(json.annotations) ? json.annotations : {};
  const { [ANNOTATION.baseName]: name, [ANNOTATION.baseDigest]: digest } = annotations;
  return typeof name === "string" && typeof digest === "string" ? { name, digest } : undefined;
}

async function rebaseImage(work: Work, image: ImageNode, bases: Bases): Promise<void> {
  const [was, is] = [await bases.old.manifest(work), await bases.young.manifest(work)];
  if (was.descriptor.digest === is.descriptor.digest) return;
  const old = await baseImage(work, image, bases.old, "old");
  const young = await baseImage(work, image, bases.young, "new");
  checkBase(image, old);
  const count = old.layers.length;
  const { config } = image;
  const ownSteps = historyOf(config).slice(historyOf(old.config).length);
  const steps = historyOf(young.config).map((step) => structuredClone(step));
  config.json.history = [...steps, ...ownSteps];
  const replaced = new Set(layersOf(image).slice(0, count));
  const rest = image.layers.filter((layer) => !replaced.has(layer));
  const atHistory = new Map(historyOf(young.config).map((step, at) => [step as JsonObject, steps[at]]));
  image.layers = [...young.layers.map((layer) => taken(layer, image, atHistory.get(layer.history!))), ...rest];
}

/** A layer of the new base as one of the image, in the media types that the image speaks. */
function taken(layer: LayerNode, image: ImageNode, history: JsonObject | undefined): LayerNode {
  const type = layerTypeOf(layer.original!.mediaType);
  const family = image.mediaType === MEDIA_TYPE.dockerManifest ? "docker" : "oci";
  const mediaType = type === undefined ? undefined : mediaTypeOf({ ...type, family });
  return { ...layer, json: { ...layer.json, ...(mediaType === undefined ? {} : { mediaType }) }, history, edits: [] };
}

async function baseImage(work: Work, image: ImageNode, base: OtherImage, which: string): Promise<ImageNode> {
  const found = await base.imageFor(work, image);
  const platform = formatPlatform(platformOf(image));
  if (found === undefined) {
    throw new FerryError(
      "PLATFORM_UNKNOWN",
      `The ${which} base "${base.name}" has no image for platform "${platform}"`,
    );
  }
  const { pairsHistory, pairsDiffIds } = found.config;
  if (!pairsHistory || !pairsDiffIds) {
    throw new FerryError(
      "MANIFEST_INVALID",
      `The ${which} base "${base.name}" has a history that does not fit its layers`,
    );
  }
  return found;
}

function checkBase(image: ImageNode, old: ImageNode): void {
  const platform = formatPlatform(platformOf(image));
  const refuse = (why: string) => {
    throw new FerryError("POLICY", `Image for platform "${platform}" is not built on the old base: ${why}`, {
      hint: "name the base that it was built on with --rebase-ref old,new",
    });
  };
  const own = layersOf(image);
  if (own.length < old.layers.length) refuse("it has fewer layers");
  for (const [at, { original }] of old.layers.entries()) {
    if (own[at]!.original?.digest !== original!.digest) refuse(`layer ${at} differs`);
    if (own[at]!.diffId !== old.layers[at]!.diffId) refuse(`the config names another content of layer ${at}`);
  }
  const shared = sharedSteps(image, old);
  if (shared < historyOf(old.config).length) refuse(`entry ${shared} of the history differs`);
  if (!image.config.pairsHistory || !image.config.pairsDiffIds) refuse("its history does not fit its layers");
}

function missing(): never {
  throw new FerryError("NOT_FOUND", "Image does not say what its base is", {
    hint:
      `name both with --rebase-ref old,new, or set the annotations ${ANNOTATION.baseName} and ${ANNOTATION.baseDigest}`,
  });
}
