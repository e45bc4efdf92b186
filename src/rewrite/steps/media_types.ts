/**
 * Steps that change media types: of OCI, of Docker, of foreign layers, of compressed ones; and the algorithm of digests.
 *
 * @module
 */
import type { Compression, CompressOptions } from "../../archive/compression.ts";
import { FerryError } from "../../errors.ts";
import { isJsonObject } from "../../oci/descriptor.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import { type Family, layerTypeOf, mediaTypeOf } from "../layer_type.ts";
import type { Step } from "../step.ts";
import { type LayerNode, layersOf, type ManifestNode, manifestsOf } from "../tree.ts";

const MANIFEST_TYPES = {
  oci: { image: MEDIA_TYPE.ociManifest, index: MEDIA_TYPE.ociIndex, config: MEDIA_TYPE.ociConfig },
  docker: { image: MEDIA_TYPE.dockerManifest, index: MEDIA_TYPE.dockerManifestList, config: MEDIA_TYPE.dockerConfig },
} as const;

/**
 * Makes all media types those of OCI, or Docker's. Types that are neither are kept.
 *
 * @throws {FerryError} UNSUPPORTED, where Docker's manifests cannot say what an OCI manifest says
 */
export function convertTo(family: Family): Step {
  return ({ root }) => {
    for (const node of manifestsOf(root)) {
      if (node.original.kind === "artifact") {
        if (family === "oci") continue;
        throw inexpressible("an artifact manifest");
      }
      if (family === "docker") checkDocker(node);
      const types = MANIFEST_TYPES[family];
      node.mediaType = node.original.kind === "index" ? types.index : types.image;
      node.json.mediaType = node.mediaType;
      const config = node.json.config;
      if (isJsonObject(config) && node.config !== undefined) config.mediaType = types.config;
      for (const layer of layersOf(node)) setLayerType(layer, { family });
    }
  };
}

/** Compresses layers otherwise; with a level all of them anew. What is no archive is kept. */
export function compressLayers(compression: Compression, { level }: CompressOptions = {}): Step {
  return ({ root }) => {
    for (const node of manifestsOf(root)) {
      for (const layer of layersOf(node)) {
        if (isElsewhere(layer)) continue;
        setLayerType(layer, { compression });
        layer.level = layerTypeOf(layer.json.mediaType as string)?.compression === compression ? level : undefined;
      }
    }
  };
}

/** Takes the urls off layers, which makes foreign layers common ones: their content must be in the repository. */
export function removeExternalUrls(): Step {
  return ({ root }) => {
    for (const node of manifestsOf(root)) {
      for (const layer of layersOf(node)) {
        if (!isElsewhere(layer)) continue;
        delete layer.json.urls;
        setLayerType(layer, { foreign: false });
      }
    }
  };
}

/** Names manifests, configs and layers by another algorithm. */
export function setDigestAlgorithm(algorithm: "sha256" | "sha512"): Step {
  return ({ root }) => {
    for (const node of manifestsOf(root)) {
      node.algorithm = algorithm;
      if (node.config !== undefined) node.config.algorithm = algorithm;
      for (const layer of layersOf(node)) if (!isElsewhere(layer)) layer.algorithm = algorithm;
    }
  };
}

/** True for a layer whose content is to be had from elsewhere; it is not touched. */
export function isElsewhere({ json }: LayerNode): boolean {
  return Array.isArray(json.urls) && json.urls.length > 0;
}

function setLayerType(layer: LayerNode, change: Partial<NonNullable<ReturnType<typeof layerTypeOf>>>): void {
  const { mediaType } = layer.json;
  const type = typeof mediaType === "string" ? layerTypeOf(mediaType) : undefined;
  const changed = type === undefined ? undefined : mediaTypeOf({ ...type, ...change });
  if (changed !== undefined) layer.json.mediaType = changed;
}

function checkDocker({ json }: ManifestNode): void {
  for (const field of ["subject", "artifactType"]) {
    if (json[field] !== undefined && json[field] !== null && json[field] !== "") throw inexpressible(field);
  }
}

function inexpressible(what: string): FerryError {
  return new FerryError("UNSUPPORTED", `Image cannot be converted to Docker's types: they have nothing for ${what}`, {
    hint: "leave it in OCI's types",
  });
}
