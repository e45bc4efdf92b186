/**
 * A folder of an image as a tar archive: what is left of it when all layers lie on each other.
 *
 * @module
 */
import { cleanEntryPath } from "../archive/entry_path.ts";
import { TAR_TYPE, type TarHeader } from "../archive/tar_header.ts";
import { TAR_END, tarEntry } from "../archive/tar_write.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { ancestorsOf, baseOf, isWhiteout, OPAQUE, parentOf, under, WHITEOUT } from "./layer_index.ts";
import { layerEntries, type LayerPlace } from "./open.ts";

/** What the layers above say. */
interface Above {
  /** Paths that were written, and whether they are folders. */
  readonly written: Map<string, boolean>;
  /** Paths that are hidden with all below them. */
  readonly removed: Set<string>;
  /** Folders whose content is hidden. */
  readonly opaque: Set<string>;
}

/** Two names of one content: the second is written when its content was found. */
interface Pending {
  readonly header: TarHeader;
  readonly target: string;
}

/**
 * The archive, its names under the folder's own. Entries of the last layer come first.
 *
 * @param folder cleaned path, "" for the root
 * @param layers first to last, as a manifest lists them
 */
export async function* folderArchive(
  place: LayerPlace,
  layers: readonly Descriptor[],
  folder: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const above: Above = { written: new Map(), removed: new Set(), opaque: new Set() };
  const inside = (path: string) => folder === "" || path === folder || path.startsWith(`${folder}/`);
  const renamed = (path: string) => `${baseOf(folder)}${path.slice(folder.length)}`.replace(/^\//, "");
  for (const layer of layers.toReversed()) {
    const [removed, opaque]: [string[], string[]] = [[], []];
    const here = new Set<string>();
    const pending: Pending[] = [];
    for await (const { header, body } of layerEntries(place, layer)) {
      const path = cleanEntryPath(header.name);
      if (header.type === TAR_TYPE.paxGlobal) continue;
      if (isWhiteout(path)) {
        if (baseOf(path) === OPAQUE) opaque.push(parentOf(path));
        else removed.push(under(parentOf(path), baseOf(path).slice(WHITEOUT.length)));
        continue;
      }
      if (path === "" || !inside(path) || !isVisible(above, path)) continue;
      const isFolder = header.type === TAR_TYPE.folder;
      const entry = withName(header, renamed(path) + (isFolder ? "/" : ""));
      if (header.type === TAR_TYPE.hardLink) {
        const target = cleanEntryPath(header.linkname);
        if (!here.has(target)) {
          pending.push({ header: entry, target });
          continue;
        }
        yield* tarEntry({ ...entry, linkname: renamed(target), pax: without(entry.pax, "linkpath") });
      } else yield* tarEntry(entry, body);
      here.add(path);
      above.written.set(path, isFolder);
    }
    yield* secondNames(place, layer, pending, above, renamed);
    for (const path of removed) above.removed.add(path);
    for (const path of opaque) above.opaque.add(path);
    if (isHidden(above, folder)) break;
  }
  yield TAR_END;
}

/** Hard links to what is not in the archive become files: their layer is read once more for the content. */
async function* secondNames(
  place: LayerPlace,
  layer: Descriptor,
  pending: readonly Pending[],
  above: Above,
  renamed: (path: string) => string,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (pending.length === 0) return;
  const first = new Map<string, string>();
  for await (const { header, body } of layerEntries(place, layer)) {
    const links = pending.filter(({ target }) => target === cleanEntryPath(header.name));
    for (const { header: link, target } of links) {
      const known = first.get(target);
      const pax = without(link.pax, "linkpath");
      if (known !== undefined) yield* tarEntry({ ...link, linkname: known, pax });
      else yield* tarEntry({ ...link, type: header.type, linkname: "", size: header.size, pax }, body);
      first.set(target, link.name);
      above.written.set(cleanEntryPath(link.name === renamed(target) ? target : link.name), false);
    }
  }
}

function isVisible(above: Above, path: string): boolean {
  if (above.written.has(path)) return false;
  const higher = ancestorsOf(path);
  if (higher.some((ancestor) => above.written.get(ancestor) === false)) return false;
  if ([path, ...higher].some((name) => above.removed.has(name))) return false;
  return !["", ...higher].some((name) => above.opaque.has(name));
}

/** True when nothing of a folder in the layers below counts. */
function isHidden(above: Above, folder: string): boolean {
  const higher = folder === "" ? [] : [...ancestorsOf(folder), folder];
  return higher.some((name) => above.removed.has(name)) || ["", ...higher].some((name) => above.opaque.has(name));
}

function withName(header: TarHeader, name: string): TarHeader {
  return { ...header, name, pax: without(header.pax, "path") };
}

function without(pax: ReadonlyMap<string, string>, key: string): ReadonlyMap<string, string> {
  return new Map([...pax].filter(([name]) => name !== key));
}
