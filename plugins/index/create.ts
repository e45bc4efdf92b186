import {
  annotationsOf,
  buildManifest,
  type CommandResult,
  type Context,
  type Descriptor,
  type InputOf,
  MEDIA_TYPE,
  type Reference,
  resolveDescriptor,
  type Transport,
  withDigest,
  withTag,
} from "../../src/mod.ts";
import { entriesOf } from "./entries.ts";
import type { create } from "./specs.ts";
import { store } from "./store.ts";

/** Handler of `index create`. */
export default async function make(context: Context, { args, flags }: InputOf<typeof create>): Promise<CommandResult> {
  const { signal } = context;
  const mediaType = flags["media-type"];
  const isOci = mediaType === MEDIA_TYPE.ociIndex;
  const annotations = annotationsOf(flags.annotation);
  const transport = await context.transport(args.index);
  try {
    const manifests = await entriesOf(context, transport, args.index, flags);
    // A Docker manifest list has no subject.
    const subject = flags.subject === undefined || !isOci
      ? undefined
      : await subjectOf(transport, args.index, flags.subject, signal);
    const manifest = buildManifest({
      schemaVersion: 2,
      mediaType,
      ...(isOci && flags["artifact-type"] !== undefined ? { artifactType: flags["artifact-type"] } : {}),
      manifests,
      ...(subject === undefined ? {} : { subject }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    }, mediaType);
    return await store(transport, args.index, manifest, flags["by-digest"] === true, signal);
  } finally {
    await transport.close(args.index);
  }
}

async function subjectOf(
  transport: Transport,
  index: Reference,
  name: string,
  signal: AbortSignal,
): Promise<Descriptor> {
  const reference = name.includes(":") ? withDigest(index, name) : withTag(index, name);
  const { mediaType, digest, size } = await resolveDescriptor(transport, reference, { signal, requireDigest: true });
  return { mediaType, digest, size };
}
