/**
 * Blobs of other repositories (distribution-spec, "Mounting a blob from another repository"): a hard link to the same bytes.
 *
 * @module
 */
import type { Digest } from "../oci/digest.ts";
import { parseDigest } from "../oci/digest.ts";
import { syncFolder } from "../transport/layout/atomic.ts";
import { ensureLayout } from "../transport/layout/index_store.ts";
import { linkBlob } from "../transport/layout/link_blob.ts";
import { blobFolder, blobPath } from "../transport/layout/paths.ts";
import type { Call } from "./call.ts";
import type { Registry } from "./registry.ts";

/**
 * Brings a blob in from the repository that is named, or from any that has it and that the client may pull from. False where there is
 * none: then the client sends the bytes.
 *
 * @throws {FerryError} IO
 */
export async function mountBlob(
  registry: Registry,
  call: Call,
  name: string,
  digest: Digest,
  from: string | undefined,
): Promise<boolean> {
  if (await registry.reliedSize(name, digest) !== undefined) return true;
  const sources = from === undefined ? await registry.layouts.names() : [from];
  for (const source of sources) {
    const size = registry.blobSize(source, digest);
    if (size === undefined || !call.sees(source)) continue;
    if (await link(registry, name, digest, source, size)) return true;
  }
  return false;
}

async function link(
  registry: Registry,
  name: string,
  digest: Digest,
  source: string,
  size: number,
): Promise<boolean> {
  const { context } = registry.layouts;
  const root = registry.layouts.root(name);
  await ensureLayout(context, root);
  const file = blobPath(registry.layouts.root(source), digest);
  if (await linkBlob(context, root, file, digest, size) === undefined) return false;
  await syncFolder(blobFolder(root, parseDigest(digest).algorithm));
  registry.layouts.settle(name);
  return true;
}
