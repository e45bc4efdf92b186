/**
 * Fetches what a script is likely to ask for next. A script that lists tags and asks about one after the other, in the order of the
 * list, finds the answers for the following ones on their way. Never where pulls are counted: a HEAD, which is free, tells.
 *
 * @module
 */
import { type Context, formatRepository, type Reference, withTag } from "../../../src/mod.ts";

/** Answers that may be on their way or waiting for a kind of question. */
const AHEAD = 8;
/** Tags in order that a script asks for before others are fetched ahead. */
const STREAK = 2;
/** Answers that nobody took before it is given up. */
const WASTE = 16;
/** Milliseconds for which an answer counts. */
const FRESH = 20_000;

interface Ahead {
  readonly answer: Promise<unknown>;
  readonly asked: number;
}

/** One kind of question about the tags of one repository. */
interface Trail {
  last: number;
  streak: number;
  next: number;
  taken: number;
  wasted: number;
  readonly ahead: Map<number, Ahead>;
}

interface Listed {
  readonly tags: readonly string[];
  readonly places: ReadonlyMap<string, number>;
  readonly trails: Map<string, Trail>;
}

/** The answers that were fetched ahead. */
export class ReadAhead {
  readonly #context: Context;
  readonly #enabled: boolean;
  readonly #lists = new Map<string, Listed>();
  readonly #counted = new Map<string, Promise<boolean>>();
  #free = new Set<string>();

  /** Works only where it is enabled. */
  constructor(context: Context, enabled: boolean) {
    this.#context = context;
    this.#enabled = enabled;
  }

  /** Notes a list that the script was given. */
  listed(repository: Reference, tags: readonly string[]): void {
    if (!this.#enabled || repository.scheme !== "reg" || tags.length <= STREAK) return;
    const places = new Map(tags.map((tag, at) => [tag, at]));
    this.#lists.set(formatRepository(repository), { tags, places, trails: new Map() });
  }

  /** Forgets all answers: something was changed. */
  forget(): void {
    for (const { trails } of this.#lists.values()) trails.clear();
  }

  /** Answers a question about a tag, from what was fetched ahead where it was. */
  async ask<T>(
    kind: string,
    reference: Reference,
    signal: AbortSignal,
    lookUp: (reference: Reference) => Promise<T>,
  ): Promise<T> {
    const list = reference.digest === "" ? this.#lists.get(formatRepository(reference)) : undefined;
    const place = list?.places.get(reference.tag);
    if (list === undefined || place === undefined) return await lookUp(reference);
    const trail = trailOf(list, kind);
    const known = trail.ahead.get(place);
    trail.ahead.delete(place);
    const fresh = known !== undefined && performance.now() - known.asked < FRESH;
    if (fresh) trail.taken++;
    this.#note(trail, place);
    if (await this.#mayGoOn(trail, reference, signal)) {
      for (; trail.ahead.size < AHEAD && trail.next < list.tags.length; trail.next++) {
        const answer = lookUp(withTag(reference, list.tags[trail.next]!));
        answer.catch(() => {});
        trail.ahead.set(trail.next, { answer, asked: performance.now() });
      }
    }
    // A failure that came ahead may have passed: it is asked for again.
    return fresh ? await (known.answer as Promise<T>).catch(() => lookUp(reference)) : await lookUp(reference);
  }

  #note(trail: Trail, place: number): void {
    trail.streak = place > trail.last ? trail.streak + 1 : 0;
    trail.last = place;
    trail.next = Math.max(trail.next, place + 1);
    for (const passed of trail.ahead.keys()) {
      if (passed >= place) continue;
      trail.ahead.delete(passed);
      trail.wasted++;
    }
  }

  async #mayGoOn(trail: Trail, reference: Reference, signal: AbortSignal): Promise<boolean> {
    if (trail.streak < STREAK || trail.wasted > WASTE + trail.taken / 4) return false;
    const { registry } = reference;
    if (this.#free.has(registry)) return true;
    if (registry === "docker.io") return false;
    let counted = this.#counted.get(registry);
    if (counted === undefined) {
      counted = this.#isCounted(reference, signal);
      this.#counted.set(registry, counted);
    }
    if (await counted) return false;
    this.#free.add(registry);
    return true;
  }

  async #isCounted(reference: Reference, signal: AbortSignal): Promise<boolean> {
    try {
      return (await (await this.#context.registry()).rateLimit(reference, { signal })).set;
    } catch {
      return true;
    }
  }
}

function trailOf({ trails }: Listed, kind: string): Trail {
  const known = trails.get(kind);
  if (known !== undefined) return known;
  const made: Trail = { last: -1, streak: 0, next: 0, taken: 0, wasted: 0, ahead: new Map() };
  trails.set(kind, made);
  return made;
}
