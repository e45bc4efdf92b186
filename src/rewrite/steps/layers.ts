/**
 * Steps that add layers, leave layers out, or change their files.
 *
 * @module
 */
import { cleanEntryPath } from "../../archive/entry_path.ts";
import { TAR_TYPE } from "../../archive/tar_header.ts";
import { FerryError } from "../../errors.ts";
import type { CompileExpression } from "../../filter/regexp.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import type { Platform } from "../../oci/platform.ts";
import type { JsonObject } from "../../oci/descriptor.ts";
import { NEW_LAYER_TYPES } from "../layer_type.ts";
import { isOf, realImages, type Step } from "../step.ts";
import { type AddedLayer, historyOf, layersOf, type ManifestNode, manifestsOf } from "../tree.ts";

/** A layer to add. */
export interface LayerToAdd {
  /** Its archive. */
  readonly layer: AddedLayer;
  /** Its media type; a gzip archive of the manifest's own family where it is not given. */
  readonly mediaType?: string | undefined;
  /** Only on images of these platforms; on all where there are none. */
  readonly platforms: readonly Platform[];
  /** When it was made, RFC 3339, for the history. */
  readonly created: string;
  /** Who made it, for the history. */
  readonly comment: string;
}

/**
 * Adds a layer on top.
 *
 * @throws {FerryError} FLAG_INVALID for a media type that no layer has
 */
export function addLayer({ layer, mediaType, platforms, created, comment }: LayerToAdd): Step {
  if (mediaType !== undefined && !NEW_LAYER_TYPES.includes(mediaType)) {
    throw new FerryError("FLAG_INVALID", `Media type "${mediaType}" is not one of a layer`, {
      hint: `use one of ${NEW_LAYER_TYPES.join(", ")}`,
    });
  }
  return (work) => {
    const images = realImages(work).filter((image) => platforms.length === 0 || isOf(image, platforms));
    if (images.length === 0) {
      throw new FerryError("PLATFORM_UNKNOWN", "Layer cannot be added: there is no image of such a platform");
    }
    for (const node of images) {
      const { config } = node;
      const history: JsonObject | undefined = config.pairsHistory ? { created, comment } : undefined;
      if (history !== undefined) config.json.history = [...historyOf(config), history];
      node.layers.push({
        json: { mediaType: mediaType ?? gzipTypeOf(node) },
        original: undefined,
        place: undefined,
        added: layer,
        history,
        diffId: undefined,
        algorithm: node.algorithm,
        edits: [],
        removed: false,
      });
    }
  };
}

/**
 * Leaves out layers that a command made.
 *
 * @param expression in Go's syntax; it may match any part of the command
 * @throws {FerryError} FLAG_INVALID; from the step NOT_FOUND where it matches nothing
 */
export function removeLayersCreatedBy(expression: string, compile: CompileExpression): Step {
  compile(expression);
  const { matches } = compile(`(?s:.*?)(?:${expression})(?s:.*)`);
  return (work) => {
    const found = realImages(work).flatMap(layersOf).filter(({ history }) =>
      history !== undefined && matches(typeof history.created_by === "string" ? history.created_by : "")
    );
    if (found.length === 0) {
      throw new FerryError("NOT_FOUND", `No layer was made by a command that matches "${expression}"`, {
        hint: "see the history of the image with image inspect",
      });
    }
    for (const layer of found) layer.removed = true;
  };
}

/**
 * Leaves out one layer of an image by its number, from 0; layers that were added or left out before do not change the numbers.
 *
 * @throws {FerryError} UNSUPPORTED for an index, NOT_FOUND where there is no such layer
 */
export function removeLayerAt(index: number): Step {
  return ({ root }) => {
    if (root.original.kind === "index") {
      throw new FerryError("UNSUPPORTED", "Layers of an index have no numbers", {
        hint: "name the image of one platform by its digest, or leave layers out with --layer-rm-created-by",
      });
    }
    const known = root.layers.filter(({ added }) => added === undefined);
    const layer = known[index];
    if (layer === undefined) {
      throw new FerryError("NOT_FOUND", `Image has no layer ${index}: it has ${known.length}, counted from 0`);
    }
    layer.removed = true;
  };
}

/** Leaves a file, or a folder with all that is in it, out of every layer. */
export function stripFile(path: string): Step {
  const wanted = cleanEntryPath(path);
  if (wanted === "") {
    throw new FerryError("FLAG_INVALID", `Path "${path}" is the whole image`, { hint: "name a file or a folder" });
  }
  const isInside = (name: string) => name === wanted || name.startsWith(`${wanted}/`);
  return ({ root, log }) => {
    const links = new Set<string>();
    addEdit(root, `strip ${wanted}`, (entry) => {
      const { name, linkname, type } = entry.header;
      if (type !== TAR_TYPE.paxGlobal && isInside(cleanEntryPath(name))) return undefined;
      if (type === TAR_TYPE.hardLink && isInside(cleanEntryPath(linkname)) && !links.has(name)) {
        links.add(name);
        log.warn(`Hard link "${name}" is left without its file`, { file: linkname });
      }
      return entry;
    });
  };
}

/** Takes the names of users and groups off the entries of layers; their numbers stay. */
export function clearOwnerNames(): Step {
  return ({ root }) =>
    addEdit(root, "owners", (entry) => {
      const { header } = entry;
      return header.uname === "" && header.gname === ""
        ? entry
        : { ...entry, header: { ...header, uname: "", gname: "" } };
    });
}

function addEdit(root: ManifestNode, key: string, edit: ManifestNode["layers"][number]["edits"][number]["edit"]): void {
  for (const node of manifestsOf(root)) for (const layer of layersOf(node)) layer.edits.push({ key, edit });
}

function gzipTypeOf({ mediaType }: ManifestNode): string {
  return mediaType === MEDIA_TYPE.dockerManifest ? MEDIA_TYPE.dockerLayerGzip : MEDIA_TYPE.ociLayerGzip;
}
