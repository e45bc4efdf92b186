import {
  type CommandResult,
  type Context,
  descriptorData,
  descriptorHeaders,
  type InputOf,
  MEDIA_TYPE,
} from "../../src/mod.ts";
import type { get } from "./mod.ts";
import { verified } from "./verify.ts";

/** Handler of `blob get`. */
export default async function read(context: Context, { args, flags }: InputOf<typeof get>): Promise<CommandResult> {
  const { repository, digest } = args;
  const transport = await context.transport(repository);
  const wanted = { mediaType: flags["media-type"] ?? MEDIA_TYPE.octetStream, digest, size: -1 };
  let received: Headers | undefined;
  const { body, size } = await transport.blobSource(repository, wanted).open(0, {
    signal: context.signal,
    onHeaders: (headers) => received = headers,
  });
  const descriptor = { ...wanted, size: size ?? -1 };
  return {
    body: verified(body, digest, size),
    data: () => descriptorData(descriptor),
    rawHeaders: received ?? descriptorHeaders(descriptor),
  };
}
