/**
 * The files of a layer, as data.
 *
 * @module
 */

/** A file, folder or link of an image. */
export interface TreeEntry {
  /** Permission bits; those of its kind where not given. */
  readonly mode?: number;
  /** Owner and group, root unless given. */
  readonly owner?: number;
  /** What it is. */
  readonly is:
    | { readonly kind: "file"; readonly bytes: Uint8Array }
    | { readonly kind: "copy"; readonly from: string }
    | { readonly kind: "link"; readonly to: string }
    | { readonly kind: "folder" };
}

/** Entries by path, without a slash in front. */
export type Tree = Readonly<Record<string, TreeEntry>>;

/** A file with the given text. */
export function text(content: string, mode = 0o644): TreeEntry {
  return { mode, is: { kind: "file", bytes: new TextEncoder().encode(content) } };
}

/** A copy of a file of this machine. */
export function copyOf(from: string, mode = 0o644): TreeEntry {
  return { mode, is: { kind: "copy", from } };
}

/** A symbolic link. */
export function linkTo(to: string): TreeEntry {
  return { mode: 0o777, is: { kind: "link", to } };
}

/** A folder. */
export function folder(mode = 0o755, owner = 0): TreeEntry {
  return { mode, owner, is: { kind: "folder" } };
}

/** The tree with the folders above its entries, sorted so that each comes after its folder. */
export function withFolders(tree: Tree): readonly (readonly [string, TreeEntry])[] {
  const all = new Map<string, TreeEntry>(Object.entries(tree));
  for (const path of Object.keys(tree)) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const above = parts.slice(0, depth).join("/");
      if (!all.has(above)) all.set(above, folder());
    }
  }
  return [...all].sort(([a], [b]) => a < b ? -1 : 1);
}
