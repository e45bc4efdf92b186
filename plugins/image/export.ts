import {
  type CommandResult,
  type Context,
  formatReference,
  type InputOf,
  loadArchive,
  loadLayoutArchive,
  platformFlag,
  resolveManifest,
  writeFile,
} from "../../src/mod.ts";
import type { exportSpec } from "./archive_specs.ts";

/** Handler of `image export`. */
export default async function write(
  context: Context,
  { args, flags }: InputOf<typeof exportSpec>,
): Promise<CommandResult> {
  const { signal, log } = context;
  const { exportImage, layoutArchive, writeLayoutArchive } = await loadLayoutArchive();
  const { compress, parseCompression } = await loadArchive();
  // regctl's flag is true or false.
  const word = flags.compress === "true" ? "gzip" : flags.compress === "false" ? "none" : flags.compress;
  const choice = parseCompression(word, "compress");
  const transport = await context.transport(args.image);
  const platform = platformFlag(flags.platform);
  const { manifest, reference } = await resolveManifest(transport, args.image, platform, { signal });
  const found = await exportImage({ transport, reference, manifest }, {
    name: flags.name ?? { ...args.image, digest: reference.digest },
    referrers: flags.referrers === true,
    digestTags: flags["digest-tags"] === true,
    signal,
  });
  for (const { digest } of found.external) log.warn("left out a layer that lies elsewhere", { digest });
  const toFile = args.file !== undefined && args.file !== "-";
  let size: number;
  if (toFile && choice.compression === "none") size = await writeLayoutArchive(args.file, found.archive, { signal });
  else {
    const bytes = compress(layoutArchive(found.archive), choice.compression, choice);
    if (!toFile) return { body: ReadableStream.from(bytes as AsyncIterable<Uint8Array<ArrayBuffer>>) };
    size = await writeFile(args.file, bytes);
  }
  return {
    data: () => ({
      image: formatReference(reference),
      digest: manifest.descriptor.digest,
      file: args.file,
      size,
      blobs: found.archive.items.length,
    }),
  };
}
