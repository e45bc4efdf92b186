import {
  type CommandResult,
  type Context,
  copySingleBlob,
  FerryError,
  formatRepository,
  type InputOf,
  MEDIA_TYPE,
  sameRegistry,
} from "../../src/mod.ts";
import type { copy } from "./mod.ts";

/** Handler of `blob copy`. */
export default async function run(context: Context, { args }: InputOf<typeof copy>): Promise<CommandResult> {
  const { source, target, digest } = args;
  const { signal } = context;
  const [from, to] = await Promise.all([context.transport(source), context.transport(target)]);
  if (await to.headBlob(target, digest, { signal }) !== undefined) return {};
  const found = await from.headBlob(source, digest, { signal });
  if (found === undefined) {
    throw new FerryError("BLOB_UNKNOWN", `Blob "${digest}" does not exist in "${formatRepository(source)}"`);
  }
  const descriptor = { mediaType: MEDIA_TYPE.octetStream, digest, size: found.size };
  await copySingleBlob({
    from: source,
    source: from.blobSource(source, descriptor),
    target,
    targetTransport: to,
    onEvent: context.onCopyEvent,
    signal,
    ...(sameRegistry(source, target) ? { mountFrom: source } : {}),
  });
  return {};
}
