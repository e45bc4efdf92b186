/**
 * Tags of a repository (distribution-spec, "Listing Tags", "Deleting tags").
 *
 * @module
 */
import { bytesSource } from "../blob_source.ts";
import { FerryError, isFerryError } from "../../errors.ts";
import { deletesHint } from "../../http/answer_hint.ts";
import { shownHeaders } from "../../http/redact.ts";
import type { RegistryRequest } from "../../http/request.ts";
import { digestOf } from "../../oci/digest.ts";
import { buildManifest, type Manifest } from "../../oci/manifest.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import { type Reference, withDigest, withTag } from "../../reference/reference.ts";
import type { CallOptions, ListTagsOptions, TagList } from "../transport.ts";
import { headBlob, putBlob } from "./blob.ts";
import { ACTIONS, type RegistryContext, repositoryName, target } from "./context.ts";
import { getManifest, headManifestAnswer, putManifest } from "./manifest.ts";
import { deleteByKey, manifestKey, manifestTarget } from "./manifest_request.ts";
import { namePages, pages, sortedNames, textsOf } from "./pages.ts";

/** Tags of a repository, all pages unless a limit is reached. */
export async function listTags(
  context: RegistryContext,
  reference: Reference,
  options: ListTagsOptions,
): Promise<TagList> {
  const { limit, last, once } = options;
  const names: string[] = [];
  for await (const { json, answer } of pages(context, tagsRequest(reference, options))) {
    options.onHeaders?.(shownHeaders(answer.headers));
    // Registries that know no paging give everything, whatever is asked for.
    const page = textsOf(json, "tags");
    names.push(...(last === undefined ? page : page.filter((name) => name > last)));
    if (once === true || (limit !== undefined && names.length >= limit)) break;
  }
  return { tags: sortedNames(names, limit) };
}

/** Tags of a repository, a page at a time in the registry's order, no name twice. */
export function tagPages(
  context: RegistryContext,
  reference: Reference,
  options: ListTagsOptions,
): AsyncIterable<readonly string[]> {
  return namePages(pages(context, tagsRequest(reference, options)), "tags", options);
}

function tagsRequest(reference: Reference, options: ListTagsOptions): RegistryRequest {
  const { limit, last, once } = options;
  return {
    ...target(reference, options),
    ...(once === true ? { tries: 1 } : {}),
    method: "GET",
    path: "tags/list",
    query: { ...(limit === undefined ? {} : { n: String(limit) }), ...(last === undefined ? {} : { last }) },
    accept: [200],
    actions: ACTIONS.pull,
    mirrored: true,
    asked: "tags",
    what: `tags of ${repositoryName(reference)}`,
  };
}

/**
 * Deletes one tag. Where the registry cannot, the tag is moved to a manifest of its own, which is then deleted by digest; that this
 * works is tried out on a manifest without a tag first, so that no tag is lost where it does not.
 */
export async function deleteTag(context: RegistryContext, reference: Reference, options: CallOptions): Promise<void> {
  const tagged = withTag(reference, manifestKey(withTag(reference, reference.tag)));
  try {
    return await deleteByKey(context, tagged, tagged.tag, options);
  } catch (error) {
    const incapable = error instanceof FerryError &&
      (error.status === 400 || error.status === 405 || error.status === 501);
    // A registry that does not know tag deletes may look for a digest of that name, and say that it found none.
    if (!incapable && !isFerryError(error, "MANIFEST_UNKNOWN", "NOT_FOUND", "DIGEST_MISMATCH")) throw error;
    if (await headManifestAnswer(context, tagged, options) === undefined) {
      throw new FerryError("MANIFEST_UNKNOWN", `Tag ${repositoryName(tagged)}:${tagged.tag} does not exist`, {
        cause: error,
        target: manifestTarget(tagged),
      });
    }
  }
  await deleteByReplacement(context, tagged, options);
}

async function deleteByReplacement(context: RegistryContext, tagged: Reference, options: CallOptions): Promise<void> {
  const original = await getManifest(context, tagged, options);
  const trial = await putThrowaway(context, tagged, withDigest(tagged, ""), options);
  try {
    await deleteByKey(context, withDigest(tagged, trial.descriptor.digest), trial.descriptor.digest, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    throw new FerryError(
      "UNSUPPORTED",
      `Tag ${repositoryName(tagged)}:${tagged.tag} was not deleted: the registry deletes neither tags nor manifests`,
      {
        hint: deletesHint(tagged.registry),
        cause: error,
      },
    );
  }
  const replacement = await putThrowaway(context, tagged, tagged, options);
  try {
    await deleteByKey(
      context,
      withDigest(tagged, replacement.descriptor.digest),
      replacement.descriptor.digest,
      options,
    );
  } catch (error) {
    // Whatever stopped the second half, the tag must be what it was; also when the user did.
    await putManifest(context, tagged, original, {});
    throw error;
  }
}

/** Stores an empty manifest like no other, under a tag or by digest. */
async function putThrowaway(
  context: RegistryContext,
  repository: Reference,
  at: Reference,
  options: CallOptions,
): Promise<Manifest> {
  const config = new TextEncoder().encode(
    JSON.stringify({ created: new Date(0).toISOString(), ferry: crypto.randomUUID() }),
  );
  const descriptor = { mediaType: MEDIA_TYPE.ociConfig, digest: digestOf(config), size: config.byteLength };
  if (await headBlob(context, repository, descriptor.digest, options) === undefined) {
    await putBlob(context, repository, bytesSource(config, descriptor), options);
  }
  const manifest = buildManifest(
    { schemaVersion: 2, mediaType: MEDIA_TYPE.ociManifest, config: descriptor, layers: [] },
    MEDIA_TYPE.ociManifest,
  );
  await putManifest(context, at, manifest, options);
  return manifest;
}
