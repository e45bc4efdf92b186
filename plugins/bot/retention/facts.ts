/**
 * What a rule of retention has to know of each tag.
 *
 * @module
 */
import {
  FerryError,
  type FilterModule,
  formatRepository,
  getSmallBlob,
  isFerryError,
  localPlatform,
  parseImageConfig,
  type Reference,
  resolveManifest,
  type TagSort,
  type Transport,
  withDigest,
  withTag,
} from "../../../src/mod.ts";
import { parseTime } from "../shapes/time.ts";

/** Lookups at a time. */
const AT_A_TIME = 8;

/** What is known of a tag. */
export interface TagFacts {
  readonly tag: string;
  /** Digest that it names; undefined where nobody had to look. */
  readonly digest?: string;
  /** When its image was made, milliseconds since 1970; undefined where nobody had to look. */
  readonly created?: number;
}

/**
 * Looks up when each tag's image was created. All or nothing: who cannot tell how old a tag is must not delete by age.
 *
 * @throws {FerryError} POLICY where a tag does not tell
 */
export async function lookUpCreated(
  transport: Transport,
  repository: Reference,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<readonly TagFacts[]> {
  const facts: TagFacts[] = [];
  const known = new Map<string, Promise<number | undefined>>();
  let next = 0;
  const work = async () => {
    for (let at = next++; at < tags.length; at = next++) {
      signal.throwIfAborted();
      facts[at] = await factsOf(transport, withTag(repository, tags[at]!), known, signal);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  return facts;
}

async function factsOf(
  transport: Transport,
  reference: Reference,
  known: Map<string, Promise<number | undefined>>,
  signal: AbortSignal,
): Promise<TagFacts> {
  const refuse = (why: string, cause?: unknown) =>
    new FerryError(
      "POLICY",
      `Nothing of "${
        formatRepository(reference)
      }" was deleted: it is not known when "${reference.tag}" was created: ${why}`,
      { cause, hint: "leave the tag out with tags.deny, or keep by semver or name" },
    );
  try {
    const top = await transport.getManifest(reference, { signal });
    const { digest } = top.descriptor;
    let created = known.get(digest);
    if (created === undefined) {
      created = createdOf(transport, withDigest(reference, digest), signal);
      known.set(digest, created);
    }
    const time = await created;
    if (time === undefined) throw refuse("its configuration does not say");
    return { tag: reference.tag, digest, created: time };
  } catch (error) {
    signal.throwIfAborted();
    if (!isFerryError(error) || error.code === "POLICY") throw error;
    throw refuse(error.message, error);
  }
}

async function createdOf(transport: Transport, reference: Reference, signal: AbortSignal): Promise<number | undefined> {
  const { manifest } = await resolveManifest(transport, reference, localPlatform(), { signal }).catch(async (error) => {
    // Images for other machines only: the first of them tells.
    if (!isFerryError(error, "PLATFORM_UNKNOWN")) throw error;
    const index = await transport.getManifest(reference, { signal });
    return await resolveManifest(transport, withDigest(reference, index.manifests[0]!.digest), undefined, { signal });
  });
  const annotated = manifest.annotations["org.opencontainers.image.created"];
  const config = manifest.config === undefined || manifest.artifactType !== undefined
    ? undefined
    : parseImageConfig(await getSmallBlob(transport, reference, manifest.config, { signal })).created;
  const seconds = parseTime(config ?? annotated ?? "");
  return seconds === undefined ? undefined : seconds * 1000;
}

/** Order with the newest first. */
export function compareNewest(by: TagSort, filter: FilterModule): (a: TagFacts, b: TagFacts) => number {
  switch (by) {
    case "created":
      return (a, b) => (b.created ?? 0) - (a.created ?? 0) || filter.compareNatural(b.tag, a.tag);
    case "name":
      return (a, b) => filter.compareNatural(b.tag, a.tag);
    case "semver":
      return (a, b) => {
        const [one, other] = [filter.parseVersion(a.tag), filter.parseVersion(b.tag)];
        if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
        return filter.compareVersions(other, one);
      };
  }
}
