/**
 * Finds a file in an image as a container would see it: layers from the last to the first, whiteouts, links
 * (image-spec, layer.md, "Whiteouts").
 *
 * @module
 */
import { cleanEntryPath } from "../archive/entry_path.ts";
import { TAR_TYPE, type TarHeader } from "../archive/tar_header.ts";
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { decide, type LayerIndex } from "./layer_index.ts";
import { layerEntries, type LayerPlace } from "./open.ts";

/** What a path leads to. */
export type FoundPath =
  | {
    /** A file. */
    readonly kind: "file";
    /** What the layer says of it. */
    readonly header: TarHeader;
    /** Its content, to be read to its end: only then the layer was checked against its digest. */
    readonly body: AsyncGenerator<Uint8Array, void, undefined>;
  }
  | {
    /** A folder, at this path once links are followed; "" is the root. */
    readonly kind: "folder";
    readonly path: string;
  };

/** Links that are followed before they are taken for a loop (Linux follows 40). */
const MAX_LINKS = 40;

/**
 * What `path` leads to, with symbolic links followed within the image.
 *
 * @param layers first to last, as a manifest lists them
 * @throws {FerryError} NOT_FOUND, UNSUPPORTED where it is no file or folder, ARCHIVE_INVALID, and what the transport throws
 */
export async function findPath(place: LayerPlace, layers: readonly Descriptor[], path: string): Promise<FoundPath> {
  const indexes = new Map<number, LayerIndex>();
  let wanted = cleanEntryPath(path);
  let [at, links, isFolder] = [layers.length - 1, 0, false];
  while (at >= 0 && wanted !== "") {
    let index = indexes.get(at);
    if (index === undefined || index.get(wanted)?.type === TAR_TYPE.file) {
      const read = await readLayer(place, layers[at]!, wanted);
      if ("body" in read) return read;
      indexes.set(at, read.index);
      index = read.index;
    }
    const step = decide(index, wanted);
    if (step.kind === "link") {
      if (++links > MAX_LINKS) throw notFound(path, "its symbolic links lead in a circle");
      // A hard link names a file of the same layer, or one below.
      [wanted, isFolder, at] = [cleanEntryPath(step.path), false, step.hard ? at : layers.length - 1];
    } else if (step.kind === "folder") return { kind: "folder", path: wanted };
    else if (step.kind === "gone") break;
    else if (step.kind === "special") {
      throw new FerryError("UNSUPPORTED", `"${path}" is no file or folder but a device or a pipe`);
    } else {
      isFolder ||= step.kind === "implied";
      at--;
    }
  }
  if (wanted === "" || isFolder) return { kind: "folder", path: wanted };
  throw notFound(path, "no layer has it");
}

/** Reads a layer up to the wanted file, or to its end. */
async function readLayer(
  place: LayerPlace,
  layer: Descriptor,
  wanted: string,
): Promise<Extract<FoundPath, { kind: "file" }> | { readonly index: LayerIndex }> {
  const index: LayerIndex = new Map();
  const entries = layerEntries(place, layer);
  for (let next = await entries.next(); next.done !== true; next = await entries.next()) {
    const { header, body, sparse } = next.value;
    if (header.type === TAR_TYPE.paxGlobal) continue;
    const name = cleanEntryPath(header.name);
    if (name === wanted && isFile(header.type)) {
      if (sparse) {
        await entries.return();
        throw new FerryError("UNSUPPORTED", `"${wanted}" is stored with its holes left out, which is not supported`);
      }
      return { kind: "file", header, body: contentThenRest(body, entries) };
    }
    index.set(name, { type: isFile(header.type) ? TAR_TYPE.file : header.type, linkname: header.linkname });
  }
  return { index };
}

/** The content, then the rest of the layer unseen, so that its digest is checked. */
async function* contentThenRest(
  body: AsyncIterable<Uint8Array>,
  entries: AsyncGenerator<unknown, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* body;
    while ((await entries.next()).done !== true);
  } finally {
    await entries.return();
  }
}

function isFile(type: string): boolean {
  return type === TAR_TYPE.file || type === TAR_TYPE.contiguous || type === TAR_TYPE.gnuSparse;
}

function notFound(path: string, why: string): FerryError {
  return new FerryError("NOT_FOUND", `File "${path}" was not found: ${why}`);
}
