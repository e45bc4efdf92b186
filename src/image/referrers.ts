/**
 * Referrers of a manifest, chosen and sorted (distribution-spec, "Listing Referrers").
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Platform } from "../oci/platform.ts";
import { fallbackTag } from "../oci/referrers_tag.ts";
import { type Reference, withDigest, withTag } from "../reference/reference.ts";
import type { CallOptions, Transport } from "../transport/transport.ts";
import { resolveDescriptor } from "./resolve.ts";

/** Which descriptors are wanted, in which order. */
export interface DescriptorChoice {
  /** Only this artifact type. */
  readonly artifactType?: string | undefined;
  /** Only those with these annotations; an empty value asks for the key alone. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Annotation to sort by, bytewise; those without it come last. */
  readonly sortBy?: string | undefined;
  /** The highest first. */
  readonly descending?: boolean;
}

/** What to look for. */
export interface ReferrerQuery extends DescriptorChoice, CallOptions {
  /** Platform of the subject, where it is an index. */
  readonly platform?: Platform | undefined;
  /** Where else the referrers are. */
  readonly external?: { readonly transport: Transport; readonly reference: Reference } | undefined;
  /** Get every referrer's manifest, for artifact types and annotations that the list does not have. */
  readonly slow?: boolean;
  /** Tags that belong to the digest by their names, too. */
  readonly digestTags?: boolean;
}

/** What was found. */
export interface FoundReferrers {
  /** The subject, by digest. */
  readonly subject: Reference;
  /** Where the referrers are, where that is elsewhere. */
  readonly source: Reference | undefined;
  /** Descriptors of the referrers. */
  readonly descriptors: readonly Descriptor[];
}

/** The annotation that tells when something was made (image-spec, annotations.md). */
export const CREATED_ANNOTATION = "org.opencontainers.image.created";

const REF_NAME = "org.opencontainers.image.ref.name";

/**
 * Looks for referrers of what a reference names.
 *
 * @throws {FerryError} MANIFEST_UNKNOWN, PLATFORM_UNKNOWN where the subject is not there, and what the transports throw
 */
export async function findReferrers(
  transport: Transport,
  reference: Reference,
  query: ReferrerQuery = {},
): Promise<FoundReferrers> {
  const call: CallOptions = query.signal === undefined ? {} : { signal: query.signal };
  const subject = await subjectOf(transport, reference, query.platform, call);
  const place = query.external ?? { transport, reference: subject };
  const from = withDigest(place.reference, subject.digest);
  const { artifactType } = query;
  const list = await place.transport.listReferrers(from, {
    ...call,
    ...(artifactType === undefined || query.slow === true ? {} : { artifactType }),
  });
  const full = query.slow === true
    ? await Promise.all(list.descriptors.map((descriptor) => inFull(place, descriptor, call)))
    : list.descriptors;
  const tagged = query.digestTags === true ? await digestTagsOf(transport, subject, call) : [];
  const source = query.external === undefined ? undefined : query.external.reference;
  return { subject, source, descriptors: [...chooseDescriptors(full, query), ...tagged] };
}

/** The descriptors that fit, sorted where that was asked for. */
export function chooseDescriptors(descriptors: readonly Descriptor[], choice: DescriptorChoice): Descriptor[] {
  const { artifactType, annotations = {}, sortBy, descending = false } = choice;
  const chosen = descriptors.filter((descriptor) =>
    (artifactType === undefined || descriptor.artifactType === artifactType) &&
    Object.entries(annotations).every(([key, value]) => {
      const has = descriptor.annotations?.[key];
      return has !== undefined && (value === "" || value === has);
    })
  );
  if (sortBy === undefined) return chosen;
  const valueOf = (descriptor: Descriptor) => descriptor.annotations?.[sortBy];
  return chosen.sort((a, b) => {
    const [x, y] = [valueOf(a), valueOf(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    if (x === y) return 0;
    return (x < y ? -1 : 1) * (descending ? -1 : 1);
  });
}

/** `key=value` texts of a flag as annotations or labels, sorted by their keys; a text without `=` is a key alone. */
export function annotationsOf(texts: readonly string[]): Record<string, string> {
  const entries = texts.map((text) => {
    const at = text.indexOf("=");
    if (at === 0 || text === "") {
      throw new FerryError("FLAG_INVALID", `Annotation "${text}" has no key`, { hint: "write key=value" });
    }
    return at < 0 ? [text, ""] as const : [text.slice(0, at), text.slice(at + 1)] as const;
  });
  return Object.fromEntries([...new Map(entries)].sort(([a], [b]) => a < b ? -1 : 1));
}

async function subjectOf(
  transport: Transport,
  reference: Reference,
  platform: Platform | undefined,
  call: CallOptions,
): Promise<Reference> {
  if (reference.digest !== "" && platform === undefined) return withDigest(reference, reference.digest);
  const descriptor = await resolveDescriptor(transport, reference, { ...call, platform, requireDigest: true });
  return withDigest(reference, descriptor.digest);
}

async function inFull(
  place: { readonly transport: Transport; readonly reference: Reference },
  descriptor: Descriptor,
  call: CallOptions,
): Promise<Descriptor> {
  const manifest = await place.transport.getManifest(withDigest(place.reference, descriptor.digest), call);
  const { artifactType, annotations } = manifest;
  return {
    ...descriptor,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } }),
  };
}

/** The list of referrers under the bare tag is not one of them. */
async function digestTagsOf(transport: Transport, subject: Reference, call: CallOptions): Promise<Descriptor[]> {
  const bare = fallbackTag(subject.digest);
  const { tags } = await transport.listTags(subject, call);
  const wanted = tags.filter((tag) => tag.startsWith(bare) && tag !== bare);
  return await Promise.all(wanted.map(async (tag) => {
    // Only the manifest tells its artifact type.
    const { descriptor } = await transport.getManifest(withTag(subject, tag), call);
    return { ...descriptor, annotations: { ...descriptor.annotations, [REF_NAME]: tag } };
  }));
}
