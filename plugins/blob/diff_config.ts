import {
  type CommandResult,
  type Context,
  type Digest,
  getSmallBlob,
  indentJson,
  type InputOf,
  MEDIA_TYPE,
  type Reference,
  showDiff,
} from "../../src/mod.ts";
import type { diffConfig } from "./look_specs.ts";

/** Handler of `blob diff-config`. */
export default async function show(
  context: Context,
  { args, flags }: InputOf<typeof diffConfig>,
): Promise<CommandResult> {
  const { signal } = context;
  const lines = async (repository: Reference, digest: Digest) => {
    const transport = await context.transport(repository);
    const raw = await getSmallBlob(transport, repository, { mediaType: MEDIA_TYPE.ociConfig, digest, size: -1 }, {
      signal,
    });
    return indentJson(raw).split("\n");
  };
  const [old, young] = await Promise.all([
    lines(args.repository, args.digest),
    lines(args["other-repository"], args["other-digest"]),
  ]);
  return await showDiff(old, young, flags);
}
