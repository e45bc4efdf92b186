import {
  annotationsOf,
  buildManifest,
  bytesSource,
  type CommandResult,
  type Context,
  type Descriptor,
  FerryError,
  formatReference,
  type InputOf,
  isFerryError,
  type JsonObject,
  type Manifest,
  MEDIA_TYPE,
  platformFlag,
  type Reference,
  resolveDescriptor,
  sameRepository,
  stdinSource,
  storedManifestData,
  type Transport,
  withDigest,
} from "../../src/mod.ts";
import { sourceOf } from "./source.ts";
import type { put } from "./specs.ts";
import { type FileTypes, typesOf } from "./types.ts";

type Flags = InputOf<typeof put>["flags"];

const TITLE = "org.opencontainers.image.title";

/** Handler of `artifact put`. */
export default async function store(context: Context, { args, flags }: InputOf<typeof put>): Promise<CommandResult> {
  const { signal } = context;
  const subject = flags.subject ?? flags.refers;
  const target = targetOf(args.artifact, subject, flags.external);
  const types = typesOf(flags, context.log);
  const annotations = annotationsOf(flags.annotation);
  const platform = platformFlag(flags.platform);
  const subjectDescriptor = subject === undefined ? undefined : bare(
    await resolveDescriptor(await context.transport(subject), subject, {
      signal,
      requireDigest: true,
      platform: flags.index === true ? undefined : platform,
    }),
  );
  const transport = await context.transport(target);
  try {
    const config = types.hasConfig
      ? await putConfig(transport, target, flags["config-file"], types.config, signal)
      : undefined;
    const blobs = await putFiles(context, transport, target, flags, types.files);
    const manifest = buildManifest(
      manifestJson(flags["media-type"], types.artifact, config, blobs, subjectDescriptor, annotations),
      flags["media-type"],
    );
    const { digest } = manifest.descriptor;
    const untagged = flags["by-digest"] === true || flags.index === true || args.artifact === undefined;
    const at = untagged ? withDigest(target, digest) : target;
    await transport.putManifest(at, manifest, { signal });
    if (flags.index === true && args.artifact !== undefined) {
      const entry: Descriptor = {
        ...bare(manifest.descriptor),
        ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
        ...(platform === undefined ? {} : { platform }),
        ...(types.artifact === "" ? {} : { artifactType: types.artifact }),
      };
      await addToIndex(transport, args.artifact, entry, signal);
    }
    return {
      data: () => storedManifestData({ manifest, reference: at, name: formatReference(at) }),
      text: () => flags["by-digest"] === true ? `${digest}\n` : "",
    };
  } finally {
    await transport.close(target);
  }
}

function targetOf(
  artifact: Reference | undefined,
  subject: Reference | undefined,
  external: Reference | undefined,
): Reference {
  if (external !== undefined && subject === undefined) {
    throw new FerryError("ARGUMENT_MISSING", 'Flag "--external" needs --subject');
  }
  if (artifact !== undefined && external !== undefined && !sameRepository(artifact, external)) {
    throw new FerryError(
      "ARGUMENT_INVALID",
      `Artifact "${formatReference(artifact)}" is not in the repository of --external`,
      {
        hint: "leave one of the two out",
      },
    );
  }
  const target = artifact ?? external ?? subject;
  if (target === undefined) {
    throw new FerryError(
      "ARGUMENT_MISSING",
      'Argument "artifact" is missing: name where to store it, or its subject with --subject',
    );
  }
  return target;
}

/** The fields in the order of the specification's tables (image-spec, manifest.md). */
function manifestJson(
  mediaType: string,
  artifactType: string,
  config: Descriptor | undefined,
  blobs: readonly Descriptor[],
  subject: Descriptor | undefined,
  annotations: Readonly<Record<string, string>>,
): JsonObject {
  const isImage = mediaType !== MEDIA_TYPE.ociArtifact;
  return {
    ...(isImage ? { schemaVersion: 2 } : {}),
    mediaType,
    ...(artifactType === "" ? {} : { artifactType }),
    ...(config === undefined ? {} : { config }),
    [isImage ? "layers" : "blobs"]: blobs,
    ...(subject === undefined ? {} : { subject }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}

async function putConfig(
  transport: Transport,
  target: Reference,
  file: string | undefined,
  mediaType: string,
  signal: AbortSignal,
): Promise<Descriptor> {
  if (file === undefined) {
    const bytes = new TextEncoder().encode("{}");
    const digest = "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    const descriptor = { mediaType, digest, size: bytes.byteLength };
    await transport.putBlob(target, bytesSource(bytes, descriptor), { signal });
    return descriptor;
  }
  const source = await sourceOf(file, mediaType);
  await transport.putBlob(target, source, { signal });
  return source.descriptor;
}

async function putFiles(
  context: Context,
  transport: Transport,
  target: Reference,
  flags: Flags,
  types: FileTypes,
): Promise<Descriptor[]> {
  const { signal } = context;
  if (flags.file.length === 0) {
    const source = stdinSource(context.stdin, { mediaType: types.of(0), digest: "", size: -1 });
    const { descriptor } = await transport.putBlob(target, source, { signal });
    return [{ mediaType: types.of(0), digest: descriptor.digest, size: descriptor.size }];
  }
  const blobs: Descriptor[] = [];
  for (const [at, file] of flags.file.entries()) {
    const source = await sourceOf(file, types.of(at));
    const { descriptor } = source;
    const isThere = await transport.headBlob(target, descriptor.digest, { signal });
    if (isThere === undefined) await transport.putBlob(target, source, { signal });
    const annotations = flags["file-title"] === true
      ? { annotations: { [TITLE]: await titleOf(file, flags["strip-dirs"] === true) } }
      : {};
    blobs.push({ ...descriptor, ...annotations });
  }
  return blobs;
}

/** The name of a file as it was typed; a folder's ends in a slash. */
async function titleOf(path: string, strip: boolean): Promise<string> {
  const isFolder = (await Deno.stat(path)).isDirectory;
  const name = path.replace(/\/+$/, "");
  return (strip ? name.slice(name.lastIndexOf("/") + 1) : name) + (isFolder ? "/" : "");
}

async function addToIndex(transport: Transport, tag: Reference, entry: Descriptor, signal: AbortSignal): Promise<void> {
  const there = await indexOf(transport, tag, signal);
  const json: JsonObject = there === undefined
    ? { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: [entry] }
    : { ...there.json, manifests: [...there.manifests, entry] };
  const mediaType = there?.descriptor.mediaType ?? MEDIA_TYPE.ociIndex;
  await transport.putManifest(tag, buildManifest(json, mediaType), { signal });
}

async function indexOf(transport: Transport, tag: Reference, signal: AbortSignal): Promise<Manifest | undefined> {
  try {
    const manifest = await transport.getManifest(tag, { signal });
    if (manifest.kind === "index") return manifest;
  } catch (error) {
    if (isFerryError(error, "MANIFEST_UNKNOWN", "NAME_UNKNOWN")) return undefined;
    throw error;
  }
  throw new FerryError("UNSUPPORTED", `"${formatReference(tag)}" is no index, so nothing can be added to it`, {
    hint: "choose another tag; index create makes an index of images",
  });
}

function bare({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}
