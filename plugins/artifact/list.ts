import {
  buildManifest,
  type CommandResult,
  type Context,
  type Descriptor,
  findReferrers,
  formatReference,
  type FoundReferrers,
  type InputOf,
  MEDIA_TYPE,
  referrersData,
  referrersText,
  withDigest,
} from "../../src/mod.ts";
import { queryOf } from "./query.ts";
import type { list } from "./specs.ts";

/** Rows of `artifact list`: descriptors. */
export async function* rows(
  context: Context,
  input: InputOf<typeof list>,
): AsyncGenerator<readonly Descriptor[]> {
  yield (await find(context, input)).descriptors;
}

/** Handler of `artifact list`. */
export default async function show(context: Context, input: InputOf<typeof list>): Promise<CommandResult> {
  const { subject, source, descriptors } = await find(context, input);
  const place = source ?? subject;
  const pretty = () =>
    referrersText({
      subject: formatReference(subject),
      source: source === undefined ? undefined : formatReference(source),
      descriptors,
      nameOf: ({ digest }) => formatReference(withDigest(place, digest)),
    });
  const manifest = buildManifest(
    { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests: descriptors },
    MEDIA_TYPE.ociIndex,
  );
  return {
    text: pretty,
    data: () =>
      referrersData({
        subject: { reference: subject, name: formatReference(subject) },
        source: source === undefined ? undefined : { reference: source, name: formatReference(source) },
        descriptors,
        manifest,
        pretty,
      }),
    rawBody: manifest.raw,
  };
}

async function find(context: Context, { args, flags }: InputOf<typeof list>): Promise<FoundReferrers> {
  const transport = await context.transport(args.subject);
  const query = { ...await queryOf(context, flags), digestTags: flags["digest-tags"] === true };
  return await findReferrers(transport, args.subject, query);
}
