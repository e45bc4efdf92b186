import {
  chooseDescriptors,
  type CommandResult,
  type Context,
  type Descriptor,
  FerryError,
  findReferrers,
  formatReference,
  type InputOf,
  type LayerPlace,
  loadArchive,
  loadLayer,
  type Manifest,
  OutputFolder,
  parseDigest,
  platformFlag,
  type Reference,
  selectPlatform,
  withDigest,
  writeFile,
} from "../../src/mod.ts";
import { choiceOf, queryOf } from "./query.ts";
import type { get } from "./specs.ts";
import { unpack } from "./unpack.ts";

type Flags = InputOf<typeof get>["flags"];

const TITLE = "org.opencontainers.image.title";
/** Says of a layer that it is an archive to be unpacked (oras). */
const UNPACK = "io.deis.oras.content.unpack";

/** Handler of `artifact get`. */
export default async function fetchFiles(
  context: Context,
  { args, flags }: InputOf<typeof get>,
): Promise<CommandResult> {
  const subject = flags.subject ?? flags.refers;
  const output = flags.output === undefined ? undefined : await OutputFolder.open(flags.output);
  const wanted = args.artifact ?? (subject === undefined ? undefined : await referrerOf(context, subject, flags));
  if (wanted === undefined) {
    throw new FerryError(
      "ARGUMENT_MISSING",
      'Argument "artifact" is missing: name an artifact, or its subject with --subject',
    );
  }
  const transport = await context.transport(wanted);
  const place: LayerPlace = { transport, reference: wanted, signal: context.signal };
  const manifest = await artifactOf(place, flags);
  const { blobBytes } = await loadLayer();
  if (flags["config-file"] !== undefined || flags.config === true) {
    const { config } = manifest;
    if (config === undefined) throw new FerryError("NOT_FOUND", `Artifact "${formatReference(wanted)}" has no config`);
    if (flags["config-file"] !== undefined) await writeFile(flags["config-file"], blobBytes(place, config));
    else return body(blobBytes(place, config));
    if (flags.config === true) return {};
  }
  const files = filesOf(manifest, flags);
  if (output !== undefined) {
    const names: string[] = [];
    for (const file of files) names.push(await writeInto(output, place, file, flags["strip-dirs"] === true));
    return { data: () => ({ artifact: formatReference(wanted), files: names }) };
  }
  if (files.length > 1) {
    throw new FerryError(
      "ARGUMENT_MISSING",
      `Artifact "${formatReference(wanted)}" has ${files.length} files that fit`,
      {
        hint: "choose one with --file or --file-media-type, or write all into a folder with --output",
      },
    );
  }
  return body(blobBytes(place, files[0]!));
}

function body(bytes: AsyncIterable<Uint8Array>): CommandResult {
  return { body: ReadableStream.from(bytes as AsyncIterable<Uint8Array<ArrayBuffer>>) };
}

async function referrerOf(context: Context, subject: Reference, flags: Flags): Promise<Reference> {
  const transport = await context.transport(subject);
  const query = await queryOf(context, flags);
  const { source, descriptors } = await findReferrers(transport, subject, query);
  const [first] = descriptors;
  if (first === undefined) {
    throw new FerryError("NOT_FOUND", `No matching artifact refers to "${formatReference(subject)}"`, {
      hint: "see what refers to it with artifact list",
    });
  }
  if (descriptors.length > 1 && query.sortBy === undefined) {
    context.log.warn("several artifacts match, taking the first", {
      matches: descriptors.length,
      digest: first.digest,
    });
  }
  return withDigest(source ?? subject, first.digest);
}

/** The artifact itself, or the entry of an index that fits. */
async function artifactOf(place: LayerPlace, flags: Flags): Promise<Manifest> {
  const { transport, reference, signal } = place;
  const call = signal === undefined ? {} : { signal };
  const manifest = await transport.getManifest(reference, call);
  if (manifest.kind !== "index") return manifest;
  const platform = platformFlag(flags.platform);
  const fitting = chooseDescriptors(manifest.manifests, choiceOf(flags));
  const chosen = platform === undefined ? fitting[0] : selectPlatform(fitting, platform);
  if (chosen === undefined) {
    throw new FerryError("NOT_FOUND", `No artifact of the index "${formatReference(reference)}" matches`);
  }
  return await transport.getManifest(withDigest(reference, chosen.digest), call);
}

function filesOf(manifest: Manifest, flags: Flags): readonly Descriptor[] {
  const types = flags["file-media-type"];
  const files = manifest.layers.filter(({ mediaType, annotations }) =>
    (types.length === 0 || types.includes(mediaType)) &&
    (flags.file.length === 0 || flags.file.includes(annotations?.[TITLE] ?? ""))
  );
  if (files.length > 0) return files;
  const names = manifest.layers.flatMap(({ annotations, mediaType }) => annotations?.[TITLE] ?? mediaType);
  throw new FerryError("NOT_FOUND", "No file of the artifact matches", {
    ...(names.length === 0 ? {} : { hint: `it has ${names.slice(0, 10).join(", ")}` }),
  });
}

/** Writes one file, or unpacks it where it is a folder; gives its path in the output. */
async function writeInto(output: OutputFolder, place: LayerPlace, file: Descriptor, strip: boolean): Promise<string> {
  const { cleanEntryPath } = await loadArchive();
  const { blobBytes } = await loadLayer();
  const title = file.annotations?.[TITLE] ?? "";
  const isFolder = title.endsWith("/") || file.annotations?.[UNPACK] === "true";
  const cleaned = cleanEntryPath(title.replaceAll("\0", ""));
  const stripped = strip ? (isFolder ? "" : cleaned.slice(cleaned.lastIndexOf("/") + 1)) : cleaned;
  if (!isFolder) {
    const path = stripped === "" ? parseDigest(file.digest).encoded : stripped;
    await output.writeFile(path, blobBytes(place, file));
    return path;
  }
  // Nothing is unpacked before the whole archive was checked.
  const archive = `.${crypto.randomUUID().slice(0, 8)}.ferry-partial`;
  try {
    await output.writeFile(archive, blobBytes(place, file));
    await unpack(output.path(archive), output, stripped);
  } finally {
    await Deno.remove(output.path(archive)).catch(() => {});
  }
  return `${stripped}/`;
}
