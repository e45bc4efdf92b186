/**
 * Sends over connections of our own: a streamed body goes out with its exact length, and TLS is what `dial` makes of it.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Dial, Dialled } from "./connection.ts";
import { type AnswerHead, AnswerReader, type ByteConnection, encodeHead, type Turn, writeAll } from "./http1.ts";
import { StallTimer } from "./stall_timer.ts";
import { isStreamBody, STALL_MS, type StreamBody, type Wire, type WireAnswer, type WireRequest } from "./wire.ts";

/** Bytes of one read from the stream. */
const PIECE = 256 * 1024;
/** Idle connections kept to one origin. */
const IDLE_MOST = 16;

interface Pooled extends Dialled {
  readonly reader: AnswerReader;
}

/** A wire over connections that `dial` opens. `stallMs`: milliseconds after which a connection on which nothing moves is given up. */
export function createSocketWire(dial: Dial, stallMs: number = STALL_MS): Wire {
  const idle = new Map<string, Pooled[]>();
  const fragile = new Set<string>();
  const stall = new StallTimer(stallMs, false);
  let closed = false;

  const open = async (url: URL, signal?: AbortSignal): Promise<Pooled> => {
    const dialled = await dial(url, signal);
    return { ...dialled, reader: new AnswerReader(dialled.connection) };
  };

  const keep = (url: URL, pooled: Pooled) => {
    const list = idle.get(url.origin) ?? [];
    if (closed || list.length >= IDLE_MOST) return close(pooled.connection);
    idle.set(url.origin, [...list, pooled]);
  };

  const attempt = async (request: WireRequest, pooled: Pooled): Promise<WireAnswer> => {
    const { connection, reader } = pooled;
    const watch = watchdog(connection, stall, request.signal);
    try {
      const { head, whole } = await exchange(request, pooled, watch);
      const body = reader.body(head, request.method, (clean) => {
        watch.stop();
        if (clean && whole && head.keepAlive && !reader.pending) keep(request.url, pooled);
        else close(connection);
      }, watch.turn);
      watch.pause();
      return { status: head.status, headers: head.headers, body };
    } catch (error) {
      watch.stop();
      close(connection);
      throw watch.reason() ?? error;
    }
  };

  return {
    async send(request: WireRequest): Promise<WireAnswer> {
      request.signal?.throwIfAborted();
      const { origin } = request.url;
      // A stream cannot be sent again from here: it does not go over a kept connection where those have failed before.
      const kept = fragile.has(origin) && isStreamBody(request.body) ? undefined : idle.get(origin)?.pop();
      if (kept === undefined) return await attempt(request, await open(request.url, request.signal));
      try {
        return await attempt(request, kept);
      } catch (error) {
        // The host may have closed an idle connection just before it was used again; a fresh one tells. A stream is its sender's to reopen.
        if (request.signal?.aborted || error instanceof FerryError) throw error;
        fragile.add(origin);
        if (isStreamBody(request.body)) throw error;
        return await attempt(request, await open(request.url, request.signal));
      }
    },
    close() {
      closed = true;
      for (const list of idle.values()) for (const pooled of list) close(pooled.connection);
      idle.clear();
    },
  };
}

/** Sends head and body while it listens: a host may answer, and refuse, before it has the whole body. */
async function exchange(
  request: WireRequest,
  pooled: Pooled,
  watch: Watchdog,
): Promise<{ readonly head: AnswerHead; readonly whole: boolean }> {
  const { reader, absoluteForm } = pooled;
  const connection = watch.guarded;
  const { url, body } = request;
  const target = absoluteForm ? url.href : url.pathname + url.search;
  const length = body === undefined ? 0 : body instanceof Uint8Array ? body.byteLength : body.length;
  const headers = { host: url.host, ...request.headers, "content-length": String(length), ...pooled.headers };
  await writeAll(connection, encodeHead(request.method, target, headers));
  if (body instanceof Uint8Array) await writeAll(connection, body);
  if (!isStreamBody(body)) return { head: await reader.head(), whole: true };

  let early: AnswerHead | undefined;
  const listening = reader.head().then((head) => early = head);
  listening.catch(() => {});
  const whole = await sendBody(connection, body, () => early !== undefined, watch);
  watch.patient();
  return { head: await listening, whole };
}

/** True when the whole body went out, false when the answer came before. */
async function sendBody(
  connection: ByteConnection,
  body: StreamBody,
  answered: () => boolean,
  watch: Watchdog,
): Promise<boolean> {
  const source = pieces(body.stream);
  let sent = 0;
  let finished = false;
  try {
    for (;;) {
      watch.pause();
      const piece = await source.next();
      watch.moved();
      if (piece === undefined) break;
      if (answered()) return false;
      if (sent + piece.byteLength > body.length) {
        throw new FerryError("SIZE_MISMATCH", `Content is longer than the ${body.length} bytes that were expected`);
      }
      try {
        for (let at = 0; at < piece.byteLength;) {
          at += await connection.write(piece.subarray(at));
          watch.moved();
        }
      } catch (error) {
        // A host that refuses closes while we still send: its answer says more than the broken pipe does, if it comes.
        await new Promise((resolve) => setTimeout(resolve, 50));
        if (answered()) return false;
        throw error;
      }
      sent += piece.byteLength;
      body.onBytes?.(piece.byteLength);
    }
    if (sent < body.length) {
      throw new FerryError("SIZE_MISMATCH", `Content ended after ${sent} of ${body.length} bytes`);
    }
    finished = true;
    return true;
  } finally {
    if (!finished) await source.cancel();
  }
}

/** Reads a stream piece by piece, into one buffer where the stream allows it; a piece is good until the next is asked for. */
function pieces(stream: ReadableStream<Uint8Array<ArrayBuffer>>): {
  next(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
} {
  let byob: ReadableStreamBYOBReader;
  try {
    byob = stream.getReader({ mode: "byob" });
  } catch {
    const reader = stream.getReader();
    return {
      next: async () => {
        const { value, done } = await reader.read();
        return done ? undefined : value;
      },
      cancel: () => reader.cancel().catch(() => {}),
    };
  }
  let buffer = new ArrayBuffer(PIECE);
  return {
    next: async () => {
      const { value, done } = await byob.read(new Uint8Array(buffer));
      if (value !== undefined) buffer = value.buffer;
      return done || value === undefined ? undefined : value;
    },
    cancel: () => byob.cancel().catch(() => {}),
  };
}

interface Watchdog {
  /** The connection, its writes ended when it is closed: the runtime itself lets a write hang that the host does not take. */
  readonly guarded: ByteConnection;
  /** Bytes moved: the time starts anew. */
  moved(): void;
  /** It is not the host's turn: no time runs. */
  pause(): void;
  /** The host has a whole body to check and put away, which may take long. */
  patient(): void;
  /** Time runs only during the step; it ends with the reason where the connection was closed for one. */
  readonly turn: Turn;
  /** Why the connection was closed, if it was. */
  reason(): unknown;
  stop(): void;
}

/** Closes a connection on which nothing moves, or when the signal says so. */
function watchdog(connection: ByteConnection, stall: StallTimer, signal: AbortSignal | undefined): Watchdog {
  const stallMs = stall.milliseconds;
  let why: unknown;
  let last = Date.now();
  let paused = false;
  let fail: ((reason: unknown) => void) | undefined;
  const end = (reason: unknown) => {
    why ??= reason;
    close(connection);
    fail?.(why);
  };
  const unwatch = stall.watch((now) => {
    if (!paused && now - last > stallMs) {
      end(new FerryError("TIMEOUT", `Nothing moved on the connection for ${Math.round(stallMs / 1000)} s`));
    }
  });
  const abort = () => end(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  return {
    guarded: {
      read: (into) => connection.read(into),
      write: (bytes) =>
        new Promise((resolve, reject) => {
          fail = reject;
          connection.write(bytes).then(resolve, reject);
        }),
      close: () => connection.close(),
    },
    moved: () => {
      paused = false;
      last = Date.now();
    },
    pause: () => paused = true,
    patient: () => last = Date.now() + 4 * stallMs,
    turn: async (step) => {
      paused = false;
      last = Date.now();
      try {
        return await step();
      } catch (error) {
        throw why ?? error;
      } finally {
        paused = true;
      }
    },
    reason: () => why,
    stop: () => {
      unwatch();
      signal?.removeEventListener("abort", abort);
    },
  };
}

function close(connection: ByteConnection): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}
