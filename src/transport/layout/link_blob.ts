/**
 * Blobs of a layout on the same file system: a second name for the same bytes instead of a copy.
 *
 * @module
 */
import { type Digest, parseDigest } from "../../oci/digest.ts";
import { removeQuietly } from "./atomic.ts";
import { type LayoutContext, stateOf } from "./context.ts";
import { rely, touch } from "./fresh.ts";
import { blobFolder, blobPath, temporaryPath } from "./paths.ts";

/**
 * Links a blob's file into the layout, over a file of the wrong size that may be there. Gives its size; undefined where it cannot be
 * linked (another file system, one without links, a file of the wrong size, a symbolic link that leads who knows where): then its
 * bytes are copied and checked.
 */
export async function linkBlob(
  context: LayoutContext,
  root: string,
  file: string,
  digest: Digest,
  size: number,
): Promise<number | undefined> {
  const folder = blobFolder(root, parseDigest(digest).algorithm);
  const path = blobPath(root, digest);
  const temporary = temporaryPath(root);
  try {
    const info = await Deno.lstat(file);
    if (!info.isFile || (size >= 0 && info.size !== size)) return undefined;
    await Deno.mkdir(folder, { recursive: true });
    try {
      await Deno.link(file, path);
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) return undefined;
      try {
        await Deno.link(file, temporary);
        await Deno.rename(temporary, path);
      } finally {
        // A rename between two names of one file leaves both.
        await removeQuietly(temporary);
      }
    }
    // The link has the age of the file: until it is touched, somebody may take it for garbage.
    if (!await touch(path, context.now())) return undefined;
    stateOf(context, root).unflushed.add(folder);
    rely(context, root, path);
    return info.size;
  } catch {
    return undefined;
  }
}
