/**
 * Referrers of a manifest: the API where a registry has it, else the list under the fallback tag (distribution-spec, "Listing
 * Referrers", "Referrers Tag Schema").
 *
 * @module
 */
import { FerryError, isFerryError } from "../../errors.ts";
import type { RegistryAnswer } from "../../http/request.ts";
import { type Descriptor, type JsonObject, parseDescriptor } from "../../oci/descriptor.ts";
import { parseDigest } from "../../oci/digest.ts";
import { buildManifest, type Manifest } from "../../oci/manifest.ts";
import { fallbackTag } from "../../oci/referrers_tag.ts";
import { baseMediaType, MEDIA_TYPE } from "../../oci/media_type.ts";
import { type Reference, withTag } from "../../reference/reference.ts";
import type { CallOptions, ListReferrersOptions, ReferrerList } from "../transport.ts";
import { ACTIONS, type RegistryContext, repositoryName, target } from "./context.ts";
import { deleteByKey, fetchManifest, sendManifest } from "./manifest_request.ts";
import { pages } from "./pages.ts";

/** Rounds of reading, changing and writing a fallback list that others may be changing as well. */
const ROUNDS = 6;

/** Referrers of the reference's digest. */
export async function listReferrers(
  context: RegistryContext,
  reference: Reference,
  options: ListReferrersOptions,
): Promise<ReferrerList> {
  parseDigest(reference.digest);
  const { artifactType } = options;
  const found = await listByApi(context, reference, options);
  if (found !== undefined) return { descriptors: filtered(found, artifactType), from: "api" };
  const list = await fallbackList(context, reference, options);
  return list === undefined
    ? { descriptors: [], from: "none" }
    : { descriptors: filtered(list.manifests, artifactType), from: "tag" };
}

/** Adds a manifest to the fallback list of its subject, the reference's digest. */
export async function addReferrer(
  context: RegistryContext,
  reference: Reference,
  referrer: Manifest,
  options: CallOptions,
): Promise<void> {
  const artifactType = referrer.artifactType ?? referrer.config?.mediaType;
  const entry: Descriptor = { ...referrer.descriptor, ...(artifactType === undefined ? {} : { artifactType }) };
  await changeList(context, reference, options, (entries) => {
    if (entries.some(({ digest }) => digest === entry.digest)) return undefined;
    return [...entries, entry];
  });
}

/** Takes a manifest from the fallback list of its subject; an empty list goes as a whole. */
export async function removeReferrer(
  context: RegistryContext,
  reference: Reference,
  referrer: Manifest,
  options: CallOptions,
): Promise<void> {
  const { digest } = referrer.descriptor;
  await changeList(context, reference, options, (entries) => {
    const rest = entries.filter((entry) => entry.digest !== digest);
    return rest.length === entries.length ? undefined : rest;
  });
}

async function listByApi(
  context: RegistryContext,
  reference: Reference,
  options: ListReferrersOptions,
): Promise<readonly Descriptor[] | undefined> {
  const name = repositoryName(reference);
  if (context.referrersApi.get(name) === false) return undefined;
  const descriptors: Descriptor[] = [];
  try {
    const all = pages(context, {
      ...target(reference, options),
      method: "GET",
      path: `referrers/${reference.digest}`,
      query: options.artifactType === undefined ? {} : { artifactType: options.artifactType },
      headers: { accept: MEDIA_TYPE.ociIndex },
      accept: [200],
      actions: ACTIONS.pull,
      asked: "other",
      what: `referrers of ${name}@${reference.digest}`,
      tries: 2,
    });
    for await (const { json, answer } of all) {
      const list = indexEntries(json, answer);
      if (list === undefined) {
        context.referrersApi.set(name, false);
        return undefined;
      }
      descriptors.push(...list);
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    // Registries without the API answer with all kinds of refusals; only those that would also meet the fallback tag are passed on.
    if (!(error instanceof FerryError) || error.status === undefined || error.exit === 8) throw error;
    if (isFerryError(error, "UNAUTHORIZED", "DENIED") && context.referrersApi.get(name) === true) throw error;
    context.referrersApi.set(name, false);
    return undefined;
  }
  context.referrersApi.set(name, true);
  return descriptors;
}

function indexEntries(json: unknown, answer: RegistryAnswer): Descriptor[] | undefined {
  if (baseMediaType(answer.headers.get("content-type") ?? "") !== MEDIA_TYPE.ociIndex) return undefined;
  const list = typeof json === "object" && json !== null && "manifests" in json ? json.manifests : undefined;
  if (list === null || list === undefined) return [];
  return Array.isArray(list) ? list.map((item, at) => parseDescriptor(item, `manifests[${at}]`)) : undefined;
}

async function fallbackList(
  context: RegistryContext,
  reference: Reference,
  options: CallOptions,
): Promise<Manifest | undefined> {
  try {
    const tagged = withTag(reference, fallbackTag(reference.digest));
    const list = await fetchManifest(context, tagged, options);
    return list.kind === "index" ? list : undefined;
  } catch (error) {
    if (isFerryError(error, "MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND")) return undefined;
    throw error;
  }
}

/** Reads, changes and writes the fallback list, one change at a time, until it reads back as it was written. */
async function changeList(
  context: RegistryContext,
  reference: Reference,
  options: CallOptions,
  change: (entries: readonly Descriptor[]) => readonly Descriptor[] | undefined,
): Promise<void> {
  const tagged = withTag(reference, fallbackTag(reference.digest));
  const key = `${repositoryName(tagged)}:${tagged.tag}`;
  const before = context.referrerQueues.get(key) ?? Promise.resolve();
  const turn = before.catch(() => {}).then(() => settle(context, reference, tagged, options, change));
  context.referrerQueues.set(key, turn);
  try {
    await turn;
  } finally {
    if (context.referrerQueues.get(key) === turn) context.referrerQueues.delete(key);
  }
}

async function settle(
  context: RegistryContext,
  reference: Reference,
  tagged: Reference,
  options: CallOptions,
  change: (entries: readonly Descriptor[]) => readonly Descriptor[] | undefined,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    // Another writer may have written between our reading and our writing: then what we wrote is not what stands there, or it
    // stands there without what the other wrote, and they read and write again as we do.
    const list = await fallbackList(context, reference, options);
    const entries = change(list?.manifests ?? []);
    if (entries === undefined) return;
    if (entries.length === 0 && list !== undefined) {
      await deleteByKey(context, tagged, tagged.tag, options).catch(async (error) => {
        if (!(error instanceof FerryError) || error.status === undefined) throw error;
        await writeList(context, tagged, list, entries, options);
      });
    } else {
      await writeList(context, tagged, list, entries, options);
    }
    if (round > 0) await context.http.clock.sleep(Math.random() * 100 * 2 ** round, options.signal);
  }
  throw new FerryError(
    "CONNECTION_LOST",
    `Referrers of ${repositoryName(reference)}@${reference.digest} are being changed by others all the time`,
    {
      hint: "try again",
    },
  );
}

async function writeList(
  context: RegistryContext,
  tagged: Reference,
  list: Manifest | undefined,
  entries: readonly Descriptor[],
  options: CallOptions,
): Promise<void> {
  const json: JsonObject = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, ...list?.json, manifests: entries };
  await sendManifest(context, tagged, buildManifest(json, MEDIA_TYPE.ociIndex), tagged.tag, {}, options);
}

function filtered(descriptors: readonly Descriptor[], artifactType: string | undefined): Descriptor[] {
  const seen = new Set<string>();
  return descriptors.filter((descriptor) => {
    if (seen.has(descriptor.digest)) return false;
    seen.add(descriptor.digest);
    return artifactType === undefined || descriptor.artifactType === artifactType;
  });
}
