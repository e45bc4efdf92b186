/**
 * Moves bytes from a stream into a sink through two buffers: one is filled while the other is written and hashed.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import type { Sink } from "./sink.ts";

const BUFFER_BYTES = 1024 * 1024;
const READ_BYTES = 256 * 1024;

/** Longest time that bytes of a slow stream wait in a buffer, milliseconds. */
const GATHER_MS = 250;

/** Options of {@linkcode pump}. */
export interface PumpOptions {
  /** Bytes that may come; one more is SIZE_MISMATCH. Undefined for no end. */
  readonly room: number | undefined;
  /** What comes, for messages. */
  readonly what: string;
  /** Stops the work; what has arrived is stored all the same. */
  readonly signal: AbortSignal | undefined;
  /** Told of bytes that are stored. */
  readonly stored: (bytes: number) => void;
}

/**
 * Reads a stream to its end. Whether it ends, fails or is stopped: every byte that arrived is in the sink when this returns or
 * throws, unless the sink itself failed.
 *
 * @throws whatever the stream fails with, the signal's reason, SinkFailure
 */
export async function pump(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  sink: Sink,
  options: PumpOptions,
): Promise<void> {
  const reader = openReader(body, Math.min(READ_BYTES, Math.max(options.room ?? READ_BYTES, 1)));
  const stop = () => void reader.cancel(options.signal?.reason).catch(() => {});
  options.signal?.addEventListener("abort", stop, { once: true });
  try {
    options.signal?.throwIfAborted();
    await move(reader, sink, options);
    options.signal?.throwIfAborted();
  } catch (error) {
    // Not waited for: a stream that hangs may hang in its cancelling too.
    reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    options.signal?.removeEventListener("abort", stop);
  }
}

/** What the place that the bytes go to failed with; the stream is not to blame. */
export class SinkFailure extends Error {
  override readonly name = "SinkFailure";

  /** The failure itself. */
  constructor(cause: unknown) {
    super("storing failed", { cause });
  }
}

async function move(reader: Reader, sink: Sink, { room, what, stored }: PumpOptions): Promise<void> {
  const size = Math.min(BUFFER_BYTES, Math.max(room ?? BUFFER_BYTES, 1));
  const free: ArrayBuffer[] = [new ArrayBuffer(size), new ArrayBuffer(size)];
  const writes: Promise<void>[] = [];
  let buffer = free.pop()!;
  let filled = 0;
  let since = 0;
  let arrived = 0;

  const flush = async (): Promise<void> => {
    if (filled === 0) return;
    const bytes = filled;
    filled = 0;
    const write = sink.write(buffer, bytes).then((given) => {
      free.push(given);
      stored(bytes);
    }, (cause) => {
      throw new SinkFailure(cause);
    });
    write.catch(() => {});
    writes.push(write);
    while (writes.length > 1 || free.length === 0) await writes.shift();
    buffer = free.pop()!;
  };

  const take = async (piece: Uint8Array): Promise<void> => {
    for (let at = 0; at < piece.byteLength;) {
      if (filled === 0) since = performance.now();
      const part = piece.subarray(at, at + size - filled);
      new Uint8Array(buffer).set(part, filled);
      filled += part.byteLength;
      at += part.byteLength;
      if (filled === size || performance.now() - since > GATHER_MS) await flush();
    }
  };

  let failure: { readonly error: unknown } | undefined;
  for (;;) {
    let piece: Uint8Array | undefined;
    try {
      piece = await reader.read();
    } catch (error) {
      failure = { error };
    }
    if (piece === undefined) break;
    arrived += piece.byteLength;
    if (room !== undefined && arrived > room) {
      failure = { error: new FerryError("SIZE_MISMATCH", `Size of ${what} is more than expected`) };
      break;
    }
    await take(piece);
  }
  await flush();
  await Promise.all(writes);
  if (failure !== undefined) throw failure.error;
}

interface Reader {
  /** The next bytes, good until the next call; undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  cancel(reason: unknown): Promise<void>;
}

/** A reader that uses one piece of memory again and again where the stream can. */
function openReader(body: ReadableStream<Uint8Array<ArrayBuffer>>, bytes: number): Reader {
  let byob: ReadableStreamBYOBReader;
  try {
    byob = body.getReader({ mode: "byob" });
  } catch {
    const reader = body.getReader();
    return {
      read: async () => (await reader.read()).value,
      cancel: (reason) => reader.cancel(reason),
    };
  }
  let memory = new ArrayBuffer(bytes);
  return {
    read: async () => {
      const { value, done } = await byob.read(new Uint8Array(memory));
      if (value !== undefined) memory = value.buffer;
      return done ? undefined : value;
    },
    cancel: (reason) => byob.cancel(reason),
  };
}
