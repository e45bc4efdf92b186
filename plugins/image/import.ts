import {
  type ArchiveEntry,
  type Candidate,
  type CommandResult,
  type Context,
  copyImage,
  CopyRun,
  FerryError,
  formatReference,
  type InputOf,
  loadLayoutArchive,
  type Reference,
  type TarArchive,
  type Transport,
  withTag,
} from "../../src/mod.ts";
import type { importSpec } from "./archive_specs.ts";

type Input = InputOf<typeof importSpec>;

/** An image of the archive to store. */
interface Chosen {
  readonly from: Transport;
  readonly source: Reference;
  readonly target: Reference;
}

/** What was stored. */
interface Stored {
  readonly image: string;
  readonly digest: string;
}

/** Handler of `image import`. */
export default async function store(context: Context, input: Input): Promise<CommandResult> {
  const { args, flags } = input;
  if (flags.all === true && flags.name !== undefined) {
    throw new FerryError("FLAG_INVALID", 'Flag "--all" cannot be used with "--name"');
  }
  const { isLayout, TarArchive } = await loadLayoutArchive();
  const file = args.file === "-" ? undefined : args.file;
  await using archive = file === undefined ? await TarArchive.read(context.stdin) : await TarArchive.open([file]);
  const path = file ?? "standard input";
  const stored = isLayout(archive)
    ? await fromLayout(context, input, archive, path)
    : await fromSaved(context, input, archive, path);
  if (stored.length === 0) {
    throw new FerryError("NOT_FOUND", `Archive "${path}" has no image with a tag`, {
      hint: "store one of its images with --name and its digest",
    });
  }
  return {
    data: () => ({ images: stored }),
    text: () => flags.all === true ? stored.map(({ image }) => `${image}\n`).join("") : "",
  };
}

async function fromLayout(
  context: Context,
  { args, flags }: Input,
  archive: TarArchive,
  path: string,
): Promise<Stored[]> {
  const { archiveReference, chooseImage, createArchiveTransport, layoutContent, refuseSameTags } =
    await loadLayoutArchive();
  const content = await layoutContent(archive);
  const from = createArchiveTransport(content);
  const images = content.entries.filter(isImage);
  const tagged = images.filter(({ tag }) => tag !== "");
  if (flags.all === true) {
    refuseSameTags(tagged.map(({ descriptor, name, tag }) => ({ digest: descriptor.digest, name, tag })));
  }
  const chosen = flags.all === true
    ? tagged
    : [chooseImage(images.map(candidateOf), flags.name, tagOf(args.image)).entry];
  return await storeAll(
    context,
    chosen.map((entry) => ({
      from,
      source: archiveReference(path, entry.tag, entry.descriptor.digest),
      target: flags.all === true ? withTag(args.image, entry.tag) : args.image,
    })),
    flags,
  );
}

async function fromSaved(
  context: Context,
  { args, flags }: Input,
  archive: TarArchive,
  path: string,
): Promise<Stored[]> {
  const {
    archiveReference,
    chooseImage,
    createArchiveTransport,
    dockerContent,
    refuseSameTags,
    savedImages,
    tagOfName,
  } = await loadLayoutArchive();
  const saved = await savedImages(archive);
  if (saved === undefined) {
    throw new FerryError(
      "ARCHIVE_INVALID",
      `Archive "${path}" holds no image: it has neither index.json nor manifest.json`,
    );
  }
  const images = saved.map((image) => ({
    image,
    names: image.names,
    tags: image.names.map(tagOfName).filter((tag) => tag !== ""),
  }));
  if (flags.all === true) {
    refuseSameTags(
      images.flatMap(({ image, names }) =>
        names.map((name) => ({ digest: [image.config, ...image.layers].join(), name, tag: tagOfName(name) }))
      ).filter(({ tag }) => tag !== ""),
    );
  }
  const chosen = flags.all === true ? images : [chooseImage(images, flags.name, tagOf(args.image))];
  const stored: Stored[] = [];
  for (const { image, tags } of chosen) {
    await using content = await dockerContent(archive, image);
    const from = createArchiveTransport(content);
    const source = archiveReference(path, "", content.entries[0]!.descriptor.digest);
    const targets = flags.all === true ? [...new Set(tags)].map((tag) => withTag(args.image, tag)) : [args.image];
    stored.push(...await storeAll(context, targets.map((target) => ({ from, source, target })), flags));
  }
  return stored;
}

async function storeAll(context: Context, chosen: readonly Chosen[], flags: Input["flags"]): Promise<Stored[]> {
  const run = new CopyRun();
  const stored: Stored[] = [];
  for (const { from, source, target } of chosen) {
    const transport = await context.transport(target);
    try {
      const { descriptor } = await copyImage({
        source,
        target,
        sourceTransport: from,
        targetTransport: transport,
        referrers: flags.referrers,
        digestTags: flags["digest-tags"],
        onEvent: context.onCopyEvent,
        signal: context.signal,
        run,
      });
      stored.push({ image: formatReference(target), digest: descriptor.digest });
    } finally {
      await transport.close(target);
    }
  }
  return stored;
}

function candidateOf(entry: ArchiveEntry): Candidate & { readonly entry: ArchiveEntry } {
  return {
    entry,
    names: entry.name === "" ? [] : [entry.name],
    tags: entry.tag === "" ? [] : [entry.tag],
    digest: entry.descriptor.digest,
  };
}

/** Lists of referrers and digest tags go along with their images. */
function isImage({ tag }: ArchiveEntry): boolean {
  return !/^sha(256|512)-[0-9a-f]{64}/.test(tag);
}

function tagOf(reference: Reference): string {
  return reference.tag === "" ? "latest" : reference.tag;
}
