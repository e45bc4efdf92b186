/**
 * What the copies of a run have found, moved and done: plain counts that every way to show progress reads.
 *
 * @module
 */
import type { CopyEvent, CopyName } from "../../copy/event.ts";
import { Rate } from "./rate.ts";

/** Ways in which blobs and manifests came to be where they should. */
export type Outcome = Extract<CopyEvent, { readonly type: "done" }>["outcome"];

/** A blob whose bytes move, or soon will. */
export interface ActiveBlob {
  /** Copy that it is part of. */
  readonly copy: CopyName;
  /** Its digest. */
  readonly digest: string;
  /** Its size, 0 where it is not known. */
  readonly size: number;
  /** Bytes that went over so far. */
  bytes: number;
  /** How fast they go. */
  readonly rate: Rate;
}

/** Counts of one copy or of all. */
export interface Counts {
  /** Manifests stored. */
  manifests: number;
  /** Blobs found. */
  found: number;
  /** Blobs by how they came to be at the target. */
  readonly blobs: Record<Outcome, number>;
  /** Bytes that went over. */
  bytes: number;
}

interface CopyState {
  readonly counts: Counts;
  readonly waiting: Map<string, number>;
  readonly active: Map<string, ActiveBlob>;
}

/** Bytes of a digest that are still to move: a blob that waits in several copies moves once. */
interface Demand {
  readonly size: number;
  waiting: number;
  active: number;
}

/** Counts events. What belongs to a copy is forgotten when it ends, so that a run may have any number of them. */
export class Tally {
  /** Counts of all copies. */
  readonly total: Counts = emptyCounts();
  /** Copies that ended well. */
  copied = 0;
  /** Copies that failed. */
  failed = 0;
  /** How fast bytes move. */
  readonly rate: Rate;
  /** The first copy, for a line that names it when it stays the only one. */
  first: CopyName | undefined;
  /** True when a manifest was stored or a blob came to its target. */
  changed = false;
  readonly #now: () => number;
  readonly #copies = new Map<CopyName, CopyState>();
  readonly #ended = new WeakSet<CopyName>();
  readonly #demands = new Map<string, Demand>();
  #arrived = 0;
  #wanted = 0;

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
    this.rate = new Rate(now());
  }

  /** Copies that run now. */
  get running(): number {
    return this.#copies.size;
  }

  /** Copies that were begun. */
  get begun(): number {
    return this.running + this.copied + this.failed;
  }

  /** Blobs that need nothing more. */
  get settled(): number {
    const { exists, mounted, linked, sent, skipped } = this.total.blobs;
    return exists + mounted + linked + sent + skipped;
  }

  /** Bytes of blobs that went over, those of blobs on their way as well. */
  get done(): number {
    let bytes = this.#arrived;
    for (const blob of this.active()) bytes += Math.min(Math.max(0, blob.bytes), blob.size);
    return bytes;
  }

  /** Bytes that have to go over, as far as it is known; they shrink when a blob turns out to be there. */
  get wanted(): number {
    return this.#arrived + this.#wanted;
  }

  /** Blobs on their way, in the order in which they started. */
  *active(): Generator<ActiveBlob> {
    for (const copy of this.#copies.values()) yield* copy.active.values();
  }

  /** A blob on its way. */
  blob(copy: CopyName, digest: string): ActiveBlob | undefined {
    return this.#copies.get(copy)?.active.get(digest);
  }

  /** Counts of a copy that runs. */
  counts(copy: CopyName): Counts | undefined {
    return this.#copies.get(copy)?.counts;
  }

  /** Takes an event. Stragglers of a copy that has ended are passed over. */
  take(event: CopyEvent): void {
    if (event.type === "bytes") return this.#bytes(event);
    if (this.#ended.has(event.copy)) return;
    const copy = this.#copy(event.copy);
    if (event.type === "end") return this.#end(event, copy);
    if (event.kind === "manifest") {
      if (event.type !== "done" || event.outcome !== "sent") return;
      for (const counts of [copy.counts, this.total]) counts.manifests++;
      this.changed = true;
    } else if (event.type === "found") {
      const size = Math.max(0, event.size);
      if (copy.waiting.has(event.digest) || copy.active.has(event.digest)) return;
      copy.waiting.set(event.digest, size);
      for (const counts of [copy.counts, this.total]) counts.found++;
      this.#demand(event.digest, size, 1, 0);
    } else if (event.type === "start") this.#start(event, copy);
    else this.#done(event, copy);
  }

  /** Notes where the counts stand now, for the rates. */
  sample(): void {
    const now = this.#now();
    this.rate.sample(now, this.total.bytes);
    for (const blob of this.active()) blob.rate.sample(now, blob.bytes);
  }

  #copy(name: CopyName): CopyState {
    let copy = this.#copies.get(name);
    if (copy === undefined) {
      this.#copies.set(name, copy = { counts: emptyCounts(), waiting: new Map(), active: new Map() });
      this.first ??= name;
    }
    return copy;
  }

  #bytes(event: Extract<CopyEvent, { readonly type: "bytes" }>): void {
    const copy = this.#copies.get(event.copy);
    const blob = copy?.active.get(event.digest);
    if (copy === undefined || blob === undefined) return;
    blob.bytes += event.bytes;
    copy.counts.bytes += event.bytes;
    this.total.bytes += event.bytes;
  }

  #start({ copy: name, digest, size }: { copy: CopyName; digest: string; size: number }, copy: CopyState): void {
    if (copy.active.has(digest)) return;
    const known = copy.waiting.get(digest);
    copy.waiting.delete(digest);
    const blob = { copy: name, digest, size: Math.max(0, size), bytes: 0, rate: new Rate(this.#now()) };
    copy.active.set(digest, blob);
    if (known === undefined) { for (const counts of [copy.counts, this.total]) counts.found++; }
    this.#demand(digest, blob.size, known === undefined ? 0 : -1, 1);
  }

  #done({ digest, outcome, size }: Extract<CopyEvent, { readonly type: "done" }>, copy: CopyState): void {
    const active = copy.active.delete(digest);
    const waiting = copy.waiting.delete(digest);
    if (!active && !waiting) { for (const counts of [copy.counts, this.total]) counts.found++; }
    this.#demand(digest, 0, waiting ? -1 : 0, active ? -1 : 0);
    for (const counts of [copy.counts, this.total]) counts.blobs[outcome]++;
    if (outcome === "sent") this.#arrived += Math.max(0, size);
    if (outcome === "sent" || outcome === "mounted" || outcome === "linked") this.changed = true;
  }

  #end({ copy: name, outcome }: Extract<CopyEvent, { readonly type: "end" }>, copy: CopyState): void {
    for (const digest of copy.waiting.keys()) this.#demand(digest, 0, -1, 0);
    for (const digest of copy.active.keys()) this.#demand(digest, 0, 0, -1);
    this.total.found -= copy.waiting.size + copy.active.size;
    this.#copies.delete(name);
    this.#ended.add(name);
    if (outcome === "done") this.copied++;
    else this.failed++;
  }

  #demand(digest: string, size: number, waiting: number, active: number): void {
    let demand = this.#demands.get(digest);
    if (demand === undefined) {
      if (waiting <= 0 && active <= 0) return;
      this.#demands.set(digest, demand = { size, waiting: 0, active: 0 });
    }
    this.#wanted -= bytesOf(demand);
    demand.waiting += waiting;
    demand.active += active;
    this.#wanted += bytesOf(demand);
    if (demand.waiting <= 0 && demand.active <= 0) this.#demands.delete(digest);
  }
}

function bytesOf({ active, size, waiting }: Demand): number {
  return size * (active > 0 ? active : Math.min(1, Math.max(0, waiting)));
}

function emptyCounts(): Counts {
  return { manifests: 0, found: 0, blobs: { exists: 0, mounted: 0, linked: 0, sent: 0, skipped: 0 }, bytes: 0 };
}
