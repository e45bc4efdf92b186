import {
  type BlobSource,
  type CommandResult,
  type Context,
  FerryError,
  type InputOf,
  MEDIA_TYPE,
  structData,
} from "../../src/mod.ts";
import type { put } from "./mod.ts";

/** Handler of `blob put`. */
export default async function store(context: Context, { args, flags }: InputOf<typeof put>): Promise<CommandResult> {
  const transport = await context.transport(args.repository);
  const source = readOnce(context.stdin, flags.digest ?? "");
  const { descriptor } = await transport.putBlob(args.repository, source, { signal: context.signal });
  return {
    text: () => `${descriptor.digest}\n`,
    data: () => structData({ type: "struct", fields: { Digest: descriptor.digest, Size: descriptor.size } }),
  };
}

/** Content of unknown size that can be read once; its digest is "" where it is not known either. */
export function readOnce(body: ReadableStream<Uint8Array<ArrayBuffer>>, digest: string): BlobSource {
  let opened = false;
  return {
    descriptor: { mediaType: MEDIA_TYPE.octetStream, digest, size: -1 },
    reopenable: false,
    open() {
      if (opened) {
        throw new FerryError("CONNECTION_LOST", "Upload failed, and standard input cannot be read a second time", {
          hint: "run the command again",
        });
      }
      opened = true;
      return Promise.resolve({ body, size: undefined, offset: 0 });
    },
  };
}
