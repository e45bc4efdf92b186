/**
 * Fetches what a script is likely to ask for next. A script that lists tags and asks about one after the other, in the order of the
 * list, finds the answers for the following ones on their way. Never where pulls are counted: a HEAD, which is free, tells.
 *
 * @module
 */
import { type Context, formatRepository, type Reference, withTag } from "../../../src/mod.ts";

/** Answers that may be on their way or waiting for a kind of question. Each time that some are thrown away it is half as many. */
const AHEAD = 8;
/** Tags in order that a script asks for before others are fetched ahead. */
const STREAK = 2;
/** Milliseconds for which an answer counts. */
const FRESH = 20_000;

interface Ahead {
  readonly answer: Promise<unknown>;
  readonly asked: number;
}

/** One kind of question about the tags of one repository. */
interface Trail {
  /** Place that was asked about last. */
  last: number;
  streak: number;
  /** Place that is fetched next. */
  next: number;
  /** Answers that may be ahead. */
  window: number;
  readonly ahead: Map<number, Ahead>;
}

interface Listed {
  readonly repository: string;
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
  readonly #free = new Set<string>();
  readonly #ending = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();
  #signal: AbortSignal | undefined;

  /** Works only where it is enabled. */
  constructor(context: Context, enabled: boolean) {
    this.#context = context;
    this.#enabled = enabled;
  }

  /** Notes a list that the script was given. */
  listed(repository: Reference, tags: readonly string[]): void {
    if (!this.#enabled || repository.scheme !== "reg" || tags.length <= STREAK) return;
    const places = new Map(tags.map((tag, at) => [tag, at]));
    this.#lists.set(formatRepository(repository), {
      repository: repository.repository,
      tags,
      places,
      trails: new Map(),
    });
  }

  /** Forgets all answers about a repository: something in it was changed. One registry may have several names. */
  forget({ repository }: Reference): void {
    for (const list of this.#lists.values()) {
      if (list.repository !== repository) continue;
      for (const trail of list.trails.values()) drop(trail, () => true);
    }
  }

  /** Stops what is still fetched, when the script has come to its end. */
  async end(): Promise<void> {
    this.#ending.abort(new Error("the script has ended"));
    await Promise.allSettled(this.#underWay);
  }

  /** Answers a question about a tag, from what was fetched ahead where it was. */
  async ask<T>(
    kind: string,
    reference: Reference,
    signal: AbortSignal,
    lookUp: (reference: Reference, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const list = reference.digest === "" ? this.#lists.get(formatRepository(reference)) : undefined;
    const place = list?.places.get(reference.tag);
    if (list === undefined || place === undefined) return await lookUp(reference, signal);
    const trail = trailOf(list, kind);
    const now = performance.now();
    drop(trail, (ahead, { asked }) => ahead < place || place < trail.last || now - asked > FRESH);
    const known = trail.ahead.get(place);
    trail.ahead.delete(place);
    if (place < trail.last) trail.streak = trail.next = 0;
    else if (place > trail.last) trail.streak++;
    trail.last = place;
    trail.next = Math.max(trail.next, place + 1);
    if (await this.#mayGoOn(trail, reference, signal)) {
      for (; trail.ahead.size < trail.window && trail.next < list.tags.length; trail.next++) {
        const answer = this.#begin(withTag(reference, list.tags[trail.next]!), signal, lookUp);
        trail.ahead.set(trail.next, { answer, asked: performance.now() });
      }
    }
    return await (known === undefined ? lookUp(reference, signal) : known.answer as Promise<T>);
  }

  #begin<T>(
    reference: Reference,
    signal: AbortSignal,
    lookUp: (reference: Reference, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#signal ??= AbortSignal.any([signal, this.#ending.signal]);
    const answer = lookUp(reference, this.#signal);
    this.#underWay.add(answer);
    // A failure is the script's when it asks.
    answer.catch(() => {}).finally(() => this.#underWay.delete(answer));
    return answer;
  }

  async #mayGoOn(trail: Trail, reference: Reference, signal: AbortSignal): Promise<boolean> {
    if (trail.streak < STREAK || trail.window === 0) return false;
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
  const made: Trail = { last: -1, streak: 0, next: 0, window: AHEAD, ahead: new Map() };
  trails.set(kind, made);
  return made;
}

/** Throws away answers that nobody will take; they are asked for anew where the script comes to them. */
function drop(trail: Trail, isDropped: (place: number, ahead: Ahead) => boolean): void {
  const dropped = [...trail.ahead].filter(([place, ahead]) => isDropped(place, ahead));
  if (dropped.length === 0) return;
  for (const [place] of dropped) trail.ahead.delete(place);
  trail.next = trail.ahead.size === 0 ? trail.last + 1 : trail.next;
  trail.window >>= 1;
}
