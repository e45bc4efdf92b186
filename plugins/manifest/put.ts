import {
  type CommandResult,
  type Context,
  FerryError,
  formatReference,
  type InputOf,
  MANIFEST_MAX_BYTES,
  parseManifest,
  storedManifestData,
  withDigest,
} from "../../src/mod.ts";
import type { put } from "./mod.ts";

/** Handler of `manifest put`. */
export default async function store(context: Context, { args, flags }: InputOf<typeof put>): Promise<CommandResult> {
  const byDigest = flags["by-digest"] === true;
  const raw = await readAll(context.stdin);
  const manifest = parseManifest(raw, {
    mediaType: flags["content-type"],
    digest: args.image.digest === "" ? undefined : args.image.digest,
  });
  const target = byDigest ? withDigest(args.image, manifest.descriptor.digest) : args.image;
  const transport = await context.transport(target);
  const { descriptor } = await transport.putManifest(target, manifest, { signal: context.signal });
  await transport.close(target);
  return {
    data: () => storedManifestData({ manifest, reference: target, name: formatReference(target) }),
    text: () => byDigest ? `${descriptor.digest}\n` : "",
  };
}

async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.byteLength;
    if (size > MANIFEST_MAX_BYTES) {
      throw new FerryError(
        "MANIFEST_TOO_LARGE",
        `Manifest on standard input has more than ${MANIFEST_MAX_BYTES} bytes`,
      );
    }
    pieces.push(piece);
  }
  return new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}
