import {
  type CommandResult,
  type Context,
  FerryError,
  formatReference,
  type InputOf,
  localPlatform,
  parsePlatform,
  resolveManifest,
  showFile,
} from "../../src/mod.ts";
import type { getFile } from "./get_file_spec.ts";

/** Handler of `image get-file`. */
export default async function read(context: Context, { args, flags }: InputOf<typeof getFile>): Promise<CommandResult> {
  const { signal } = context;
  const transport = await context.transport(args.image);
  const platform = parsePlatform(flags.platform, localPlatform());
  const { manifest, reference } = await resolveManifest(transport, args.image, platform, { signal });
  if (manifest.kind !== "image" && manifest.kind !== "schema1") {
    throw new FerryError(
      "UNSUPPORTED",
      `"${formatReference(reference)}" has no layers: it is "${manifest.descriptor.mediaType}"`,
    );
  }
  // Schema 1 lists the last layer first.
  const layers = manifest.kind === "schema1" ? manifest.layers.toReversed() : manifest.layers;
  return await showFile({ transport, reference, signal }, layers, args.path, args.output);
}
