/**
 * Lets copies of one image to several targets read each blob of the source once: what one of them reads, all get.
 *
 * @module
 */
import type { Digest } from "../oci/digest.ts";
import type { BlobSource, BlobStream, CallOptions } from "../transport/transport.ts";
import { branches } from "./branches.ts";

/**
 * Longest wait for the others, milliseconds. Places at the hosts are held meanwhile, and another copy may need just those to come this
 * far; to go on alone then costs a second read at most.
 */
const WAIT_MS = 3000;

/** One that waits for a blob. */
interface Opener {
  readonly options: CallOptions;
  readonly resolve: (stream: BlobStream) => void;
  readonly reject: (reason: unknown) => void;
}

interface Shared {
  /** Members that have neither asked for it nor said that they do not need it. */
  readonly undecided: Set<SharedReader>;
  readonly openers: Opener[];
  source: BlobSource | undefined;
  leader: SharedReader | undefined;
  started: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Reads that the copies of one image share. */
export class SharedReads {
  readonly #blobs = new Map<Digest, Shared>();
  readonly #absent = new Set<SharedReader>();
  readonly #arrivals: (() => void)[] = [];

  /** `members` copies take part, each to a target of its own; given are their sides. */
  static among(members: number): readonly SharedReader[] {
    const reads = new SharedReads();
    const readers = Array.from({ length: members }, () => new SharedReader(reads));
    for (const reader of readers) reads.#absent.add(reader);
    return readers;
  }

  /** A member knows which blobs it may need. Waits for the others to know. */
  async arrive(reader: SharedReader, digests: readonly Digest[]): Promise<void> {
    if (!this.#absent.delete(reader)) return;
    for (const digest of digests) this.#of(digest).undecided.add(reader);
    if (this.#absent.size === 0) return this.#assemble();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, WAIT_MS);
      this.#arrivals.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** A member does not need a blob, or no longer. */
  pass(reader: SharedReader, digest: Digest): void {
    const shared = this.#blobs.get(digest);
    if (shared?.undecided.delete(reader)) this.#start(shared);
  }

  /** A member takes no part any more. */
  leave(reader: SharedReader): void {
    if (this.#absent.delete(reader) && this.#absent.size === 0) this.#assemble();
    for (const digest of this.#blobs.keys()) this.pass(reader, digest);
  }

  /** A member reads: with the others, where some are still to come or wait; undefined where it has to read alone. */
  open(reader: SharedReader, source: BlobSource, options: CallOptions): Promise<BlobStream> | undefined {
    const shared = this.#blobs.get(source.descriptor.digest);
    if (shared === undefined || shared.started || !shared.undecided.delete(reader)) return undefined;
    shared.source ??= source;
    return new Promise((resolve, reject) => {
      shared.openers.push({ options, resolve, reject });
      shared.timer ??= setTimeout(() => this.#start(shared, true), WAIT_MS);
      this.#start(shared);
    });
  }

  /** True for the first of the members that come to a blob: it takes the place at the source's host for all. */
  leads(reader: SharedReader, digest: Digest): boolean {
    const shared = this.#blobs.get(digest);
    if (shared === undefined || shared.started) return true;
    shared.leader ??= reader;
    return shared.leader === reader;
  }

  #of(digest: Digest): Shared {
    let shared = this.#blobs.get(digest);
    if (shared === undefined) {
      shared = {
        undecided: new Set(),
        openers: [],
        source: undefined,
        leader: undefined,
        started: false,
        timer: undefined,
      };
      this.#blobs.set(digest, shared);
    }
    return shared;
  }

  #assemble(): void {
    for (const arrived of this.#arrivals.splice(0)) arrived();
    for (const shared of this.#blobs.values()) this.#start(shared);
  }

  #start(shared: Shared, late = false): void {
    const ready = this.#absent.size === 0 && shared.undecided.size === 0;
    if (shared.started || shared.openers.length === 0 || !(ready || late)) return;
    shared.started = true;
    clearTimeout(shared.timer);
    void deliver(shared.source!, shared.openers);
  }
}

/** Reads once for all that wait. */
async function deliver(source: BlobSource, openers: readonly Opener[]): Promise<void> {
  const lease = openers.map(({ options }) => options.lease).find((lease) =>
    source.host === undefined || lease?.hosts.includes(source.host)
  );
  const call: CallOptions = lease === undefined ? {} : { lease };
  const [only, ...more] = openers;
  try {
    if (more.length === 0) return only!.resolve(await source.open(0, only!.options));
    // One that is stopped must not stop the others: the read is tied to none of them, and ends when all have gone.
    const stream = await source.open(0, call);
    const bodies = branches(stream.body, openers.length);
    for (const [at, opener] of openers.entries()) opener.resolve({ ...stream, body: bodies[at]! });
  } catch (error) {
    for (const opener of openers) opener.reject(error);
  }
}

/** One copy's side of reads that it shares. */
export class SharedReader {
  readonly #reads: SharedReads;

  /** Made by {@linkcode SharedReads.among}. */
  constructor(reads: SharedReads) {
    this.#reads = reads;
  }

  /** Says which blobs the copy may need, and waits for the others to say so. */
  async arrive(digests: readonly Digest[]): Promise<void> {
    await this.#reads.arrive(this, digests);
  }

  /** Says that the copy does not need a blob, or no longer. */
  pass(digest: Digest): void {
    this.#reads.pass(this, digest);
  }

  /** Says that the copy takes no part any more. */
  leave(): void {
    this.#reads.leave(this);
  }

  /** The blob as this copy reads it. What is a file of this machine is read by each. */
  share(source: BlobSource): BlobSource {
    if (source.file !== undefined || source.descriptor.digest === "") return source;
    const { host: _host, ...followed } = source;
    return {
      ...(this.#reads.leads(this, source.descriptor.digest) ? source : followed),
      open: (offset, options = {}) =>
        (offset === 0 ? this.#reads.open(this, source, options) : undefined) ?? source.open(offset, options),
    };
  }
}
