/**
 * A blob's bytes from a registry as a stream that mends itself: cut short or at a standstill, it goes on with a Range request where it
 * stopped (RFC 9110, 14; distribution-spec, "Pulling blobs").
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { isPrivateHost } from "../../http/address.ts";
import { inTime } from "../../http/body.ts";
import { connectionFailure, isTransient } from "../../http/failure.ts";
import { shownHeaders } from "../../http/redact.ts";
import type { RegistryAnswer } from "../../http/request.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { parseDigest } from "../../oci/digest.ts";
import type { Reference } from "../../reference/reference.ts";
import type { BlobStream, CallOptions } from "../transport.ts";
import { ACTIONS, type RegistryContext, repositoryName, target } from "./context.ts";

/** Bytes of one read at most; a small blob gets no more memory than it needs. */
const PIECE = 256 * 1024;
/** Tries to go on without a byte of progress between them. */
const REOPENS_MOST = 5;

/** Starts to read a blob at `offset`. */
export async function openBlob(
  context: RegistryContext,
  reference: Reference,
  descriptor: Descriptor,
  offset: number,
  options: CallOptions,
): Promise<BlobStream> {
  const known = descriptor.size >= 0 ? descriptor.size : undefined;
  if (offset > 0 && offset === known) {
    // Nothing is left to read, and no range can say so.
    parseDigest(descriptor.digest);
    return { body: new Blob([]).stream(), size: 0, offset };
  }
  const first = await request(context, reference, descriptor, offset, options);
  options.onHeaders?.(shownHeaders(first.answer.headers));
  const size = known === undefined ? first.size : known - first.offset;
  if (first.size !== undefined && size !== undefined && first.size !== size) {
    await first.answer.discard();
    throw new FerryError(
      "SIZE_MISMATCH",
      `Blob ${descriptor.digest} of ${repositoryName(reference)} has ${
        first.size + first.offset
      } bytes, expected ${known}`,
      {
        hint:
          `${first.answer.host.name} has another size than the manifest says: its storage is damaged, or the manifest is wrong`,
      },
    );
  }
  const reopen = (at: number) => request(context, reference, descriptor, at, options);
  return { body: mending(context, first, size, reopen, options.signal), size, offset: first.offset };
}

interface Opened {
  readonly answer: RegistryAnswer;
  /** Offset of the first byte in the blob. */
  readonly offset: number;
  /** Bytes that follow, where the answer says so. */
  readonly size: number | undefined;
}

async function request(
  context: RegistryContext,
  reference: Reference,
  descriptor: Descriptor,
  offset: number,
  options: CallOptions,
): Promise<Opened> {
  parseDigest(descriptor.digest);
  const what = `blob ${repositoryName(reference)}@${descriptor.digest}`;
  const common = {
    ...target(reference, options),
    method: "GET",
    path: `blobs/${descriptor.digest}`,
    accept: [200, 206],
    actions: ACTIONS.pull,
    asked: "blob",
    what,
    ...(offset > 0 ? { headers: { range: `bytes=${offset}-` } } : {}),
  } as const;
  let answer: RegistryAnswer;
  try {
    answer = await context.http.send({ ...common, mirrored: true });
  } catch (error) {
    const url = error instanceof FerryError && error.code === "BLOB_UNKNOWN"
      ? await externalUrl(context, reference, descriptor)
      : undefined;
    if (url === undefined) throw error;
    answer = await context.http.send({ ...common, url });
  }
  const range = /^(?:bytes )?(\d+)-\d+\/(?:\d+|\*)$/.exec(answer.headers.get("content-range") ?? "");
  const start = answer.status === 206 ? Number(range?.[1] ?? offset) : 0;
  if (start > offset) {
    await answer.discard();
    throw new FerryError("RESPONSE_INVALID", `GET ${what} was answered from byte ${start}, asked from ${offset}`);
  }
  const length = answer.headers.get("content-length");
  const size = length !== null && /^\d+$/.test(length) && !answer.headers.has("content-encoding")
    ? Number(length)
    : undefined;
  return { answer, offset: start, size };
}

/** Where else a foreign layer can be had from: the first address that a public registry may send a client to. */
async function externalUrl(
  context: RegistryContext,
  reference: Reference,
  descriptor: Descriptor,
): Promise<URL | undefined> {
  const host = await context.http.host(reference.registry);
  const local = isPrivateHost(new URL(`http://${host.hostname}`).hostname);
  for (const text of descriptor.urls ?? []) {
    try {
      const url = new URL(text);
      const web = url.protocol === "https:" || (url.protocol === "http:" && local);
      if (web && url.username === "" && (local || !isPrivateHost(url.hostname))) return url;
    } catch {
      // The next may be better.
    }
  }
  return undefined;
}

/** Reads into the view's memory, which changes hands: the piece that comes back stands where the view did. */
type Read = (view: Uint8Array<ArrayBuffer>) => Promise<Uint8Array<ArrayBuffer> | undefined>;

interface Current {
  readonly read: Read;
  cancel(reason?: unknown): Promise<void>;
  release(): void;
}

function mending(
  context: RegistryContext,
  first: Opened,
  size: number | undefined,
  reopen: (at: number) => Promise<Opened>,
  signal: AbortSignal | undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const { clock, stall } = context.http;
  const end = size === undefined ? undefined : first.offset + size;
  let at = first.offset;
  let skip = 0;
  let current: Current | undefined = currentOf(first);
  let tries = 0;

  const drop = async (reason?: unknown) => {
    const dropped = current;
    current = undefined;
    await dropped?.cancel(reason).catch(() => {});
    dropped?.release();
  };

  const open = async (): Promise<Current> => {
    const opened = await reopen(at);
    skip = at - opened.offset;
    return currentOf(opened);
  };

  const next: Read = async (given) => {
    const { byteOffset, byteLength } = given;
    const whole = given.buffer.byteLength;
    let view = given;
    for (;;) {
      try {
        signal?.throwIfAborted();
        const reading = current ??= await open();
        const piece = await inTime(reading, stall, () => reading.read(view));
        if (piece === undefined) {
          if (end === undefined || at === end) return undefined;
          throw new FerryError("CONNECTION_LOST", `Blob was cut short after ${at} of ${end} bytes`);
        }
        const passed = Math.min(skip, piece.byteLength);
        skip -= passed;
        const fresh = new Uint8Array(piece.buffer, byteOffset, piece.byteLength - passed);
        if (passed > 0) fresh.set(piece.subarray(passed));
        if (fresh.byteLength === 0) {
          view = new Uint8Array(piece.buffer, byteOffset, byteLength);
          continue;
        }
        at += fresh.byteLength;
        tries = 0;
        if (end !== undefined && at > end) {
          throw new FerryError("SIZE_MISMATCH", `Blob is longer than the ${end} bytes expected`);
        }
        return fresh;
      } catch (error) {
        await drop(error);
        signal?.throwIfAborted();
        const failure = connectionFailure(error, "GET", first.answer.url);
        if (!isTransient(failure) || ++tries > REOPENS_MOST) throw failure;
        context.log?.debug("blob cut short, going on", { at, error: failure.message });
        if (tries > 1) await clock.sleep(100 * 2 ** tries, signal);
        view = new Uint8Array(new ArrayBuffer(whole), byteOffset, byteLength);
      }
    }
  };

  return new ReadableStream({
    type: "bytes",
    autoAllocateChunkSize: Math.max(1, Math.min(PIECE, end === undefined ? PIECE : end - at)),
    pull: async (controller) => {
      const request = controller.byobRequest!;
      const { buffer, byteOffset, byteLength } = request.view!;
      const whole = buffer.byteLength;
      const piece = await next(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength));
      if (piece !== undefined) return request.respondWithNewView(piece);
      await drop();
      controller.close();
      // The memory of the request has changed hands by now; its end must be said with memory of the same size.
      request.respondWithNewView(new Uint8Array(new ArrayBuffer(whole), byteOffset, 0));
    },
    cancel: (reason) => drop(reason),
  });
}

function currentOf({ answer }: Opened): Current {
  const body = answer.body ?? new Blob([]).stream();
  const release = () => answer.release();
  try {
    const reader = body.getReader({ mode: "byob" });
    return {
      release,
      cancel: (reason) => reader.cancel(reason),
      read: async (view) => {
        const { value, done } = await reader.read(view);
        return done ? undefined : value;
      },
    };
  } catch {
    const reader = body.getReader();
    let left = new Uint8Array(0);
    return {
      release,
      cancel: (reason) => reader.cancel(reason),
      read: async (view) => {
        while (left.byteLength === 0) {
          const { value, done } = await reader.read();
          if (done) return undefined;
          left = value;
        }
        const piece = view.subarray(0, Math.min(view.byteLength, left.byteLength));
        piece.set(left.subarray(0, piece.byteLength));
        left = left.subarray(piece.byteLength);
        return piece;
      },
    };
  }
}
