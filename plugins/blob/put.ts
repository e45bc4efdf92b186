import { type CommandResult, type Context, type InputOf, MEDIA_TYPE, stdinSource, structData } from "../../src/mod.ts";
import type { put } from "./mod.ts";

/** Handler of `blob put`. */
export default async function store(context: Context, { args, flags }: InputOf<typeof put>): Promise<CommandResult> {
  const transport = await context.transport(args.repository);
  const source = stdinSource(context.stdin, {
    mediaType: MEDIA_TYPE.octetStream,
    digest: flags.digest ?? "",
    size: -1,
  });
  const { descriptor } = await transport.putBlob(args.repository, source, { signal: context.signal });
  return {
    text: () => `${descriptor.digest}\n`,
    data: () => structData({ type: "struct", fields: { Digest: descriptor.digest, Size: descriptor.size } }),
  };
}
