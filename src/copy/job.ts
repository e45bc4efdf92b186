/**
 * One copy while it runs: its options with every default filled in, what it has found out about the target, and its counts.
 *
 * @module
 */
import { isFerryError } from "../errors.ts";
import { formatReference } from "../reference/format.ts";
import { type Reference, sameRegistry, sameRepository } from "../reference/reference.ts";
import type { CallOptions } from "../transport/transport.ts";
import type { CopyName, CopyStep } from "./event.ts";
import type { CopyOptions } from "./options.ts";
import { CopyRun, once, placeOf } from "./run.ts";

/** A copy while it runs. */
export class CopyJob {
  /** What was asked for. */
  readonly options: CopyOptions;
  /** Repository or layout that is read. */
  readonly source: Reference;
  /** Repository or layout that is written. */
  readonly target: Reference;
  /** What the copy is called in events. */
  readonly name: CopyName;
  /** What the run shares. */
  readonly run: CopyRun;
  /** Stops everything that the copy has begun. */
  readonly signal: AbortSignal;
  /** Manifests stored so far. */
  manifests = 0;
  /** Blobs by outcome so far. */
  readonly blobs = { exists: 0, mounted: 0, linked: 0, sent: 0, skipped: 0 };
  /** Bytes of blobs sent so far. */
  bytes = 0;
  /** The guard of the target was asked about all of it. */
  guarded = false;
  readonly #stop = new AbortController();
  #fresh: Promise<boolean> | undefined;

  /** `target` may differ from the options' for what goes along to another repository; its events bear the name of the whole copy. */
  constructor(options: CopyOptions, source: Reference, target: Reference, name?: CopyName) {
    this.options = options;
    this.name = name ?? { source: formatReference(source), target: formatReference(target) };
    this.source = source;
    this.target = target;
    this.run = options.run ?? new CopyRun();
    this.signal = options.signal === undefined
      ? this.#stop.signal
      : AbortSignal.any([options.signal, this.#stop.signal]);
  }

  /** Source and target are the same repository: only names change. */
  get withinRepository(): boolean {
    return sameRepository(this.source, this.target);
  }

  /** Source and target are repositories of one registry: blobs are mounted. */
  get withinRegistry(): boolean {
    return sameRegistry(this.source, this.target);
  }

  /** How what is stored is stored. */
  get storing(): CallOptions {
    return { signal: this.signal, ...(this.guarded ? { guarded: true } : {}) };
  }

  /** Tells the caller. */
  emit(step: CopyStep): void {
    this.options.onEvent?.({ ...step, copy: this.name });
  }

  /** Stops all that has begun, because one part failed. */
  stop(reason: unknown): void {
    this.#stop.abort(reason);
  }

  /**
   * True when nothing of the target repository is worth asking for: its tag was not there, and there is no other. A target that costs
   * nothing to ask is never fresh, and neither is one in the same registry, where a mount asks by itself.
   */
  isFresh(): Promise<boolean> {
    return this.#fresh ??= this.#findFresh();
  }

  /** The target repository is known to hold something. */
  notFresh(): void {
    this.#fresh = Promise.resolve(false);
  }

  async #findFresh(): Promise<boolean> {
    const { targetTransport, forceRecursive } = this.options;
    if (!targetTransport.remote || forceRecursive) return false;
    if (this.withinRegistry) return true;
    for (;;) {
      try {
        return await once(this.run.fresh, placeOf(this.target), () => this.#isEmpty());
      } catch (error) {
        // Another copy of the run was stopped while it asked; this one goes on.
        if (this.signal.aborted) throw error;
      }
    }
  }

  async #isEmpty(): Promise<boolean> {
    const { targetTransport } = this.options;
    try {
      const { tags } = await targetTransport.listTags(this.target, { limit: 1, signal: this.signal });
      return tags.length === 0;
    } catch (error) {
      this.signal.throwIfAborted();
      return isFerryError(error, "NAME_UNKNOWN", "NOT_FOUND");
    }
  }
}
