/**
 * The images of a step, one after the other as they become known: tags of a repository are worked on while others are listed.
 *
 * @module
 */
import {
  type CreatedLookup,
  FerryError,
  formatRepository,
  getSmallBlob,
  isFerryError,
  localPlatform,
  parseImageConfig,
  type Reference,
  resolveManifest,
  type TagSelection,
  withTag,
} from "../../../src/mod.ts";
import type { SyncTarget } from "../file/types.ts";
import { registryOf } from "./blame.ts";
import { toFerryError } from "./failure.ts";
import { imageOf, placeOf, repositoryOf, textOf } from "./references.ts";
import { inShard } from "./shard.ts";
import type { Item, PreparedStep, Target, Work } from "./work.ts";

/** Repositories whose tags are listed ahead. */
const LISTS_AHEAD = 4;

/** A repository of a step with what was chosen from it: what pruning needs to know. */
export interface Listed {
  /** The step. */
  readonly prepared: PreparedStep;
  /** The repository at the source. */
  readonly source: Reference;
  /** Where it goes. */
  readonly targets: readonly Reference[];
  /** Tags at the target that the step stands for; undefined where they could not be told. */
  readonly tags: ReadonlySet<string> | undefined;
}

/** What else comes out of listing. */
export interface ListingEvents {
  /** Told of every repository of a step, also of one that could not be listed. */
  readonly onListed: (listed: Listed) => void;
}

/** Gives the images of a step. A repository that cannot be listed is reported, and the others go on. */
export async function* itemsOf(work: Work, prepared: PreparedStep, events: ListingEvents): AsyncGenerator<Item> {
  const { step } = prepared;
  if (step.type === "image") {
    yield* imageItems(work, prepared, events);
  } else if (step.type === "repository") {
    const targets = step.targets.map((target) => ({ place: placeOf(target.target), target }));
    yield* repositoryItems(
      work,
      prepared,
      placeOf(step.source),
      targets,
      await list(work, prepared, placeOf(step.source), targets, events),
    );
  } else {
    yield* registryItems(work, prepared, events);
  }
}

interface PlacedTarget {
  readonly place: Reference;
  readonly target: SyncTarget;
}

function* imageItems(work: Work, prepared: PreparedStep, events: ListingEvents): Generator<Item> {
  const { step } = prepared;
  const source = imageOf(step.source);
  const { registry, repository, tag } = source;
  const targets = step.targets.map((target): Target => {
    const written = imageOf(target.target);
    const reference = step.rename.tag === undefined || tag === ""
      ? written
      : withTag(written, prepared.renamer.tag({ registry, repository, tag }));
    return targetOf(reference, target);
  });
  for (const { reference } of targets) {
    events.onListed({ prepared, source, targets: [withTag(reference, "")], tags: new Set([reference.tag]) });
  }
  const item = { prepared, source, text: textOf(source), targets, why: "named by the step" };
  const wanted = keepWanted(work, item);
  if (wanted !== undefined) yield wanted;
}

function targetOf(reference: Reference, { target, referrerTarget }: SyncTarget): Target {
  return {
    reference,
    text: textOf(reference),
    referrers: referrerTarget === undefined ? undefined : placeOf(referrerTarget),
    stepTarget: target,
  };
}

async function* registryItems(work: Work, prepared: PreparedStep, events: ListingEvents): AsyncGenerator<Item> {
  const { step } = prepared;
  let names: readonly string[];
  try {
    const registry = await work.context.registry();
    names = await registry.listRepositories(step.source, { signal: work.signal });
  } catch (error) {
    return failStep(work, prepared, step.source, step.targets.map(({ target }) => target), error);
  }
  const wanted = names.filter((name) => prepared.repositories(name));
  if (wanted.length === 0) work.context.log.warn("No matching repositories found", { source: step.source });
  const ahead: (() => Promise<{ source: Reference; targets: PlacedTarget[]; chosen: Chosen | undefined }>)[] = [];
  const started: ReturnType<(typeof ahead)[number]>[] = [];
  for (const name of wanted) {
    ahead.push(async () => {
      const source = repositoryOf(step.source, name);
      const renamed = prepared.renamer.repository({ registry: source.registry, repository: name });
      const targets = step.targets.map((target) => ({ place: belowTarget(target.target, renamed), target }));
      return { source, targets, chosen: await list(work, prepared, source, targets, events) };
    });
  }
  for (let at = 0; at < ahead.length; at++) {
    while (started.length < Math.min(ahead.length, at + LISTS_AHEAD)) {
      const next = ahead[started.length]!();
      next.catch(() => {});
      started.push(next);
    }
    if (work.stopping.aborted) return;
    try {
      const { source, targets, chosen } = await started[at]!;
      started[at] = undefined as never;
      yield* repositoryItems(work, prepared, source, targets, chosen);
    } catch (error) {
      work.signal.throwIfAborted();
      failStep(work, prepared, `${step.source}/${wanted[at]}`, step.targets.map(({ target }) => target), error);
    }
  }
}

/** A repository below a target: of a registry, or what is at its name below a folder. */
function belowTarget(target: string, repository: string): Reference {
  return repositoryOf(target.replace(/\/+$/, ""), repository);
}

interface Chosen {
  readonly selection: TagSelection;
  /** All tags of the source, where they are to be explained. */
  readonly all: readonly string[];
  /** Tags that the targets have, where only missing ones are copied. */
  readonly there: readonly ReadonlySet<string>[] | undefined;
}

/** Lists a repository and chooses from its tags; undefined where it could not be listed, which is reported. */
async function list(
  work: Work,
  prepared: PreparedStep,
  source: Reference,
  targets: readonly PlacedTarget[],
  events: ListingEvents,
): Promise<Chosen | undefined> {
  const { context, signal } = work;
  const places = targets.map(({ place }) => place);
  const unknown = () => events.onListed({ prepared, source, targets: places, tags: undefined });
  const closed = work.breaker.open(source);
  try {
    if (closed !== undefined) throw closed;
    const transport = await work.transport(source);
    const [{ tags }, there] = await Promise.all([
      work.lookups.hold(registryOf(source), () => transport.listTags(source, { signal })),
      work.mode === "missing" ? Promise.all(places.map((place) => tagsOf(work, place))) : undefined,
    ]);
    work.breaker.worked(source);
    const selection = await prepared.selector.select(tags, {
      created: createdLookup(work, source),
      now: context.clock.now(),
    });
    if (selection.tags.length === 0) {
      context.log.warn("No matching tags found", { source: formatRepository(source), tags: tags.length });
    }
    const { registry, repository } = source;
    events.onListed({
      prepared,
      source,
      targets: places,
      // What chooses nothing is more likely a mistake than a wish to have nothing at the target.
      tags: selection.tags.length === 0 || !work.prunes
        ? undefined
        : new Set(selection.tags.map((tag) => prepared.renamer.tag({ registry, repository, tag }))),
    });
    return { selection, all: work.explains ? tags : [], there };
  } catch (thrown) {
    signal.throwIfAborted();
    const place = work.blame.of(thrown);
    if (place !== undefined && thrown !== closed) work.breaker.failed(place, toFerryError(thrown));
    unknown();
    failStep(work, prepared, formatRepository(source), places.map(formatRepository), thrown);
    return undefined;
  }
}

/** Tags of a target; one that is not there has none. */
export async function tagsOf(work: Work, place: Reference): Promise<ReadonlySet<string>> {
  const transport = await work.transport(place);
  try {
    const { signal } = work;
    const { tags } = await work.lookups.hold(registryOf(place), () => transport.listTags(place, { signal }));
    return new Set(tags);
  } catch (error) {
    if (isFerryError(error, "NAME_UNKNOWN", "NOT_FOUND", "LAYOUT_INVALID")) return new Set();
    throw error;
  }
}

function* repositoryItems(
  work: Work,
  prepared: PreparedStep,
  source: Reference,
  targets: readonly PlacedTarget[],
  chosen: Chosen | undefined,
): Generator<Item> {
  if (chosen === undefined) return;
  const { selection, all, there } = chosen;
  const { step, renamer } = prepared;
  const { registry, repository } = source;
  const picked = new Set(all.length > 0 ? selection.tags : []);
  for (const tag of all) {
    if (picked.has(tag)) continue;
    const text = textOf(withTag(source, tag));
    work.report({ step: step.name, source: text, target: "", outcome: "unchosen", why: selection.explain(tag).why });
  }
  for (const tag of selection.tags) {
    if (!inShard(work.shard, step.name, repository === "" ? source.path : repository, tag)) continue;
    const renamed = renamer.tag({ registry, repository, tag });
    const image = withTag(source, tag);
    const text = textOf(image);
    const missing = targets.flatMap(({ place, target }, at) => {
      const own = targetOf(withTag(place, renamed), target);
      if (there?.[at]?.has(renamed) !== true) return [own];
      work.report({ step: step.name, source: text, target: own.text, outcome: "exists", why: "there already" });
      return [];
    });
    const why = work.explains ? selection.explain(tag).why : "";
    const wanted = keepWanted(work, { prepared, source: image, text, targets: missing, why }, false);
    if (wanted !== undefined) yield wanted;
  }
}

/** The image with those targets that this run is asked for; undefined where there are none. */
function keepWanted(work: Work, item: Item, shards = true): Item | undefined {
  const { step } = item.prepared;
  const { repository, path, tag, digest } = item.source;
  if (shards && !inShard(work.shard, step.name, repository === "" ? path : repository, tag || digest)) return undefined;
  const targets = item.targets.filter(({ text }) => work.wants(item.text, text));
  return targets.length === 0 ? undefined : { ...item, targets };
}

function failStep(
  work: Work,
  prepared: PreparedStep,
  source: string,
  targets: readonly string[],
  thrown: unknown,
): void {
  const error = toFerryError(thrown);
  work.context.log.error("Failed to sync", { source, target: targets[0], error: error.message });
  for (const target of targets) {
    work.report({ step: prepared.step.name, source, target, outcome: "failed", why: error.message, error });
  }
}

/** When images were created, as their configurations say; asked for only where the rules need it. */
function createdLookup(work: Work, source: Reference): CreatedLookup {
  return async (tag) => {
    const transport = await work.transport(source);
    const { signal } = work;
    const image = withTag(source, tag);
    const { manifest } = await work.lookups.hold(
      registryOf(source),
      () => resolveManifest(transport, image, undefined, { signal }),
    );
    const annotated = Date.parse(manifest.annotations?.["org.opencontainers.image.created"] ?? "");
    if (!Number.isNaN(annotated)) return annotated;
    const own = manifest.kind !== "index" ? manifest : (await resolveManifest(
      transport,
      image,
      manifest.manifests[0]?.platform ?? localPlatform(),
      { signal },
    )).manifest;
    if (own.config === undefined) return undefined;
    try {
      const { created } = parseImageConfig(await getSmallBlob(transport, source, own.config, { signal }));
      const time = Date.parse(created ?? "");
      return Number.isNaN(time) ? undefined : time;
    } catch (error) {
      if (error instanceof FerryError && error.exit === 6) return undefined;
      throw error;
    }
  };
}
