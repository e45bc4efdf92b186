import { type CommandResult, type Context, type InputOf, MEDIA_TYPE, showFile } from "../../src/mod.ts";
import type { getFile } from "./look_specs.ts";

/** Handler of `blob get-file`. */
export default async function read(context: Context, { args }: InputOf<typeof getFile>): Promise<CommandResult> {
  const { repository: reference, digest, path, output } = args;
  const transport = await context.transport(reference);
  const layer = { mediaType: MEDIA_TYPE.ociLayerGzip, digest, size: -1 };
  return await showFile({ transport, reference, signal: context.signal }, [layer], path, output);
}
