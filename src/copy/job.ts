/**
 * One copy while it runs: its options with every default filled in, what it has found out about the target, and its counts.
 *
 * @module
 */
import { isFerryError } from "../errors.ts";
import { type Reference, sameRegistry, sameRepository } from "../reference/reference.ts";
import type { CopyEvent } from "./event.ts";
import type { CopyOptions } from "./options.ts";
import { CopyRun } from "./run.ts";

/** A copy while it runs. */
export class CopyJob {
  /** What was asked for. */
  readonly options: CopyOptions;
  /** Repository or layout that is read. */
  readonly source: Reference;
  /** Repository or layout that is written. */
  readonly target: Reference;
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
  readonly #stop = new AbortController();
  #fresh: Promise<boolean> | undefined;

  /** `target` may differ from the options' for what goes along to another repository. */
  constructor(options: CopyOptions, source: Reference, target: Reference) {
    this.options = options;
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

  /** Tells the caller. */
  emit(event: CopyEvent): void {
    this.options.onEvent?.(event);
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
    try {
      const { tags } = await targetTransport.listTags(this.target, { limit: 1, signal: this.signal });
      return tags.length === 0;
    } catch (error) {
      this.signal.throwIfAborted();
      return isFerryError(error, "NAME_UNKNOWN", "NOT_FOUND");
    }
  }
}
