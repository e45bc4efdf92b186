/**
 * What one layer says of a path: that it is there, that it is gone, or nothing.
 *
 * @module
 */
import { TAR_TYPE } from "../archive/tar_header.ts";

/** Entries of a layer by their cleaned paths. */
export type LayerIndex = Map<string, { readonly type: string; readonly linkname: string }>;

/** What a layer says of a path. */
export type Step =
  /** It is, or lies behind, a link: go on with this path. A hard link starts in the same layer again. */
  | { readonly kind: "link"; readonly path: string; readonly hard: boolean }
  /** It is a folder. */
  | { readonly kind: "folder" }
  /** It has entries below it, though none of its own. */
  | { readonly kind: "implied" }
  /** It is a device or the like. */
  | { readonly kind: "special" }
  /** Layers below do not count. */
  | { readonly kind: "gone" }
  /** Nothing. */
  | { readonly kind: "silent" };

/** Name of an entry that hides everything below its folder in the layers below. */
export const OPAQUE = ".wh..wh..opq";

/** Start of the name of an entry that hides the path of the rest of its name in the layers below. */
export const WHITEOUT = ".wh.";

/** What the layer says of a path that is no regular file in it. */
export function decide(index: LayerIndex, path: string): Step {
  const exact = index.get(path);
  if (exact !== undefined) {
    if (exact.type === TAR_TYPE.folder) return { kind: "folder" };
    if (exact.type === TAR_TYPE.symbolicLink) {
      return { kind: "link", path: followed(parentOf(path), exact.linkname), hard: false };
    }
    if (exact.type === TAR_TYPE.hardLink) return { kind: "link", path: exact.linkname, hard: true };
    return { kind: "special" };
  }
  for (const ancestor of ancestorsOf(path)) {
    const entry = index.get(ancestor);
    if (entry === undefined || entry.type === TAR_TYPE.folder) continue;
    if (entry.type !== TAR_TYPE.symbolicLink) return { kind: "gone" };
    const rest = path.slice(ancestor.length + 1);
    return { kind: "link", path: `${followed(parentOf(ancestor), entry.linkname)}/${rest}`, hard: false };
  }
  const implied = [...index.keys()].some((name) => name.startsWith(`${path}/`) && !isWhiteout(name));
  const hidden =
    [path, ...ancestorsOf(path)].some((name) => index.has(under(parentOf(name), WHITEOUT + baseOf(name)))) ||
    ["", ...ancestorsOf(path)].some((name) => index.has(under(name, OPAQUE)));
  if (implied) return hidden ? { kind: "folder" } : { kind: "implied" };
  return { kind: hidden ? "gone" : "silent" };
}

/** Paths above a path, the highest first, without the root. */
export function ancestorsOf(path: string): string[] {
  const parts = path.split("/");
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
}

/** Path of the folder that holds it; "" is the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** Last part of a path. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Path of a name in a folder. */
export function under(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** True for entries that only hide others. */
export function isWhiteout(path: string): boolean {
  return baseOf(path).startsWith(WHITEOUT);
}

/** Where a symbolic link in a folder leads; absolute links start at the image's root. */
function followed(folder: string, linkname: string): string {
  return linkname.startsWith("/") ? linkname : under(folder, linkname);
}
