import {
  type CommandResult,
  type Context,
  type Digest,
  type InputOf,
  loadLayer,
  MEDIA_TYPE,
  type Reference,
  showDiff,
} from "../../src/mod.ts";
import type { diffLayer } from "./look_specs.ts";

/** Handler of `blob diff-layer`. */
export default async function show(
  context: Context,
  { args, flags }: InputOf<typeof diffLayer>,
): Promise<CommandResult> {
  const { signal } = context;
  const { layerEntries, listEntries } = await loadLayer();
  const lines = async (reference: Reference, digest: Digest) => {
    const transport = await context.transport(reference);
    const layer = { mediaType: MEDIA_TYPE.ociLayerGzip, digest, size: -1 };
    return await listEntries(layerEntries({ transport, reference, signal }, layer), {
      ignoreTime: flags["ignore-timestamp"] === true,
    });
  };
  const [old, young] = await Promise.all([
    lines(args.repository, args.digest),
    lines(args["other-repository"], args["other-digest"]),
  ]);
  return await showDiff(old, young, flags);
}
