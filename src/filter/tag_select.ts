/**
 * Chooses tags by rules, and knows why.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { type CompileExpression, loadExpressions } from "./regexp.ts";
import type { CreatedLookup, TagRules, TagSelection, TagSelector, TagSort, TagVerdict } from "./tag_rules.ts";
import { compareNatural, compareVersions, parseVersion, type Version } from "./version.ts";
import { createRange } from "./version_range.ts";

/** What a rule says of a tag: it falls away, or stays and why. */
interface Word {
  readonly stays: boolean;
  readonly why: string;
}

/** Works on those of a list that still stay. */
type Rule = (
  tags: readonly string[],
  lookups: Lookups,
) => Promise<ReadonlyMap<string, Word>> | ReadonlyMap<string, Word>;

interface Lookups {
  readonly now: number;
  readonly created: CreatedLookup;
}

/** Creation times asked for at a time. */
const LOOKUPS = 16;
const STAYS: Word = { stays: true, why: "" };
const NO_VERSION: Word = { stays: false, why: "is no version" };

/**
 * Makes a selector from sets of rules; a tag that one of them chooses is chosen. No sets: every tag.
 *
 * @throws {FerryError} CONFIG_INVALID for an expression or range that is not valid
 *
 * @example
 * ```ts
 * import { createTagSelector } from "./tag_select.ts";
 * const selector = await createTagSelector([{ allow: ["3\\.\\d+"], latest: 1 }]);
 * const selection = await selector.select(["3.9", "3.10", "edge"]);
 * if (selection.tags.join() !== "3.10") throw new Error();
 * if (selection.explain("edge").why !== "matches no allow") throw new Error();
 * ```
 */
export async function createTagSelector(sets: readonly TagRules[]): Promise<TagSelector> {
  const expressions = sets.some(({ allow = [], deny = [] }) => allow.length + deny.length > 0);
  const compile = expressions ? await loadExpressions("CONFIG_INVALID") : undefined;
  const chains = sets.map((rules) => rulesOf(rules, compile));
  return {
    needsCreated: sets.some(({ latest, since, sort }) =>
      since !== undefined || (latest !== undefined && sort === "created")
    ),
    async select(tags, { created = missingLookup, now = Date.now() } = {}) {
      const asked = new Map<string, Promise<number | undefined>>();
      const lookups: Lookups = {
        now,
        created: (tag) => {
          const known = asked.get(tag) ?? created(tag);
          asked.set(tag, known);
          return known;
        },
      };
      const list = [...new Set(tags)];
      const words: ReadonlyMap<string, Word>[] = [];
      for (const chain of chains) words.push(await runChain(chain, list, lookups));
      return selectionOf(list, words);
    },
  };
}

function missingLookup(): Promise<never> {
  return Promise.reject(new FerryError("INTERNAL", "Tags are chosen by age and nobody knows it"));
}

async function runChain(rules: readonly Rule[], tags: readonly string[], lookups: Lookups) {
  const words = new Map<string, Word>(tags.map((tag) => [tag, STAYS]));
  let staying = tags;
  for (const rule of rules) {
    const said = await rule(staying, lookups);
    for (const tag of staying) {
      const { stays, why } = said.get(tag) ?? STAYS;
      const before = words.get(tag)!.why;
      words.set(tag, { stays, why: !stays || before === "" ? why : why === "" ? before : `${before}, ${why}` });
    }
    staying = staying.filter((tag) => words.get(tag)!.stays);
  }
  return words;
}

function selectionOf(list: readonly string[], words: readonly ReadonlyMap<string, Word>[]): TagSelection {
  const known = new Set(list);
  const explain = (tag: string): TagVerdict => {
    if (!known.has(tag)) return { tag, chosen: false, why: "is not in the list" };
    if (words.length === 0) return { tag, chosen: true, why: "every tag is wanted" };
    const said = words.map((set) => set.get(tag)!);
    const chooses = said.find((word) => word.stays);
    if (chooses !== undefined) return { tag, chosen: true, why: chooses.why || "every tag is wanted" };
    const why = said.length === 1 ? said[0]!.why : said.map((word, at) => `set ${at + 1}: ${word.why}`).join("; ");
    return { tag, chosen: false, why };
  };
  const chosen = (tag: string) => words.length === 0 || words.some((set) => set.get(tag)!.stays);
  return { tags: list.filter(chosen), explain };
}

function rulesOf(rules: TagRules, compile: CompileExpression | undefined): Rule[] {
  const { allow = [], deny = [], latest, semverRange = [], since, sort = "semver" } = rules;
  const ranges = semverRange.filter((text) => text !== "").map(createRange);
  const allowed = allow.map((text) => compile!(text));
  const denied = deny.map((text) => compile!(text));
  const chain: Rule[] = [];
  if (ranges.length > 0) {
    chain.push(each((tag) => {
      const version = parseVersion(tag);
      if (version === undefined) return NO_VERSION;
      const range = ranges.find((one) => one.contains(version));
      return range === undefined
        ? { stays: false, why: "is in no semverRange" }
        : { stays: true, why: `is in semverRange "${range.text}"` };
    }));
  }
  if (allowed.length > 0) {
    chain.push(each((tag) => {
      const one = allowed.find((expression) => expression.matches(tag));
      return one === undefined
        ? { stays: false, why: "matches no allow" }
        : { stays: true, why: `matches allow "${one.text}"` };
    }));
  }
  if (denied.length > 0) {
    chain.push(each((tag) => {
      const one = denied.find((expression) => expression.matches(tag));
      return one === undefined ? STAYS : { stays: false, why: `matches deny "${one.text}"` };
    }));
  }
  if (since !== undefined) chain.push(sinceRule(since));
  if (latest !== undefined) chain.push(latestRule(latest, sort));
  return chain;
}

function each(rule: (tag: string) => Word): Rule {
  return (tags) => new Map(tags.map((tag) => [tag, rule(tag)]));
}

function sinceRule(since: number): Rule {
  return async (tags, lookups) => {
    const times = await timesOf(tags, lookups);
    const oldest = lookups.now - since;
    return new Map(tags.map((tag) => {
      const time = times.get(tag);
      if (time === undefined) return [tag, { stays: false, why: "does not say when it was created" }];
      const day = new Date(time).toISOString().slice(0, 10);
      return [tag, { stays: time >= oldest, why: `was created on ${day}${time >= oldest ? "" : ", too long ago"}` }];
    }));
  };
}

function latestRule(count: number, sort: TagSort): Rule {
  return async (tags, lookups) => {
    const order = await ORDERS[sort](tags, lookups);
    const sorted = order.tags.toSorted((a, b) => order.compare(b, a) || compareNatural(b, a));
    const newest = new Set(sorted.slice(0, count));
    const words = `among the newest ${count} by ${sort}`;
    return new Map(tags.map((tag) => {
      if (!order.has(tag)) return [tag, NO_VERSION];
      const stays = newest.has(tag);
      return [tag, { stays, why: `${stays ? "is" : "is not"} ${words}` }];
    }));
  };
}

/** Tags that have a place in an order, and the order. */
interface Order {
  readonly tags: readonly string[];
  readonly has: (tag: string) => boolean;
  readonly compare: (a: string, b: string) => number;
}

const ORDERS: Readonly<Record<TagSort, (tags: readonly string[], lookups: Lookups) => Promise<Order> | Order>> = {
  name: (tags) => ({ tags, has: () => true, compare: compareNatural }),
  semver(tags) {
    const versions = new Map<string, Version>();
    for (const tag of tags) {
      const version = parseVersion(tag);
      if (version !== undefined) versions.set(tag, version);
    }
    const compare = (a: string, b: string) => compareVersions(versions.get(a)!, versions.get(b)!);
    return { tags: [...versions.keys()], has: (tag) => versions.has(tag), compare };
  },
  async created(tags, lookups) {
    const times = await timesOf(tags, lookups);
    // What does not say when it was created counts as the oldest.
    const time = (tag: string) => times.get(tag) ?? -Number.MAX_VALUE;
    return { tags, has: () => true, compare: (a, b) => Math.sign(time(a) - time(b)) };
  },
};

async function timesOf(tags: readonly string[], { created }: Lookups): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  const left = tags.values();
  const work = async () => {
    for (const tag of left) {
      const time = await created(tag);
      if (time !== undefined && !Number.isNaN(time)) times.set(tag, time);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LOOKUPS, tags.length) }, work));
  return times;
}
