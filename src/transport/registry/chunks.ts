/**
 * Uploads in chunks (distribution-spec, "Pushing a blob in chunks"). A chunk is kept in memory until the registry has it; after an
 * error the registry is asked what it has, and the upload goes on from there.
 *
 * @module
 */
import { FerryError, isFerryError } from "../../errors.ts";
import { isTransient } from "../../http/failure.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { digestOf, DigestVerifier } from "../../oci/digest.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import type { RegistryAnswer } from "../../http/request.ts";
import type { BlobSource, CallOptions } from "../transport.ts";
import {
  cancelSession,
  closingUrl,
  nextSession,
  receivedBytes,
  type Session,
  sessionStatus,
  startSession,
  uploadRequest,
} from "./session.ts";
import { checkStored, refusesWhole, type Upload } from "./upload_state.ts";

/** Errors of an upload that are made up for. */
const RETRIES = 10;

/** Sends what follows `offset` and ends the session. `refused`: the registry did not take the content as a whole. */
export async function sendChunks(
  state: Upload,
  opened: Session,
  offset: number,
  refused = false,
): Promise<Descriptor> {
  const { context, reference, source, options } = state;
  const size = Math.max(state.chunk, opened.minChunk);
  const verifier = source.descriptor.digest === "" ? new DigestVerifier() : undefined;
  let content = new ChunkReader(source, offset, size, options);
  let session = opened;
  let at = offset;
  let retries = 0;
  try {
    let chunk = await content.next();
    if (at === 0 && !refused && (chunk === undefined || chunk.byteLength < size)) {
      // All of it fits one chunk: then it goes out as a whole, as nearly every registry takes it.
      const all: Uint8Array<ArrayBuffer> = chunk ?? new Uint8Array(0);
      try {
        const descriptor = await finish(state, session, all, 0, verifier === undefined ? undefined : digestOf(all));
        options.onBytes?.(descriptor.size);
        return descriptor;
      } catch (error) {
        if (chunk === undefined || !(error instanceof FerryError) || !refusesWhole(error)) throw error;
        await cancelSession(context, reference, session, options);
        session = await startSession(context, reference, {}, options) ?? session;
      }
    }
    while (chunk !== undefined) {
      const start = at;
      let received: number | undefined;
      try {
        const answer = await patch(state, session, chunk, start);
        if (answer.status === 416) {
          received = receivedBytes(answer.headers);
          session = nextSession(session, answer);
          if (++retries > RETRIES) {
            throw new FerryError("RESPONSE_INVALID", `Upload to ${reference.registry} does not get on`);
          }
        } else {
          received = accepted(answer.headers, start, chunk.byteLength);
          session = nextSession(session, answer);
        }
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!isTransient(error) || ++retries > RETRIES) throw error;
        await context.http.clock.sleep(Math.min(100 * 2 ** retries, 10_000), options.signal);
      }
      if (received === undefined) {
        const status = await sessionStatus(context, reference, session, options);
        if (status === undefined && retries > 3) {
          throw new FerryError("CONNECTION_LOST", `Upload to ${reference.registry} was lost`);
        }
        received = status?.received ?? start;
        session = status?.session ?? session;
      }
      if (received >= start && received <= start + chunk.byteLength) {
        const taken = received - start;
        verifier?.update(chunk.subarray(0, taken));
        options.onBytes?.(taken);
        at = received;
        chunk = taken === chunk.byteLength ? await content.next() : chunk.slice(taken);
      } else if (verifier === undefined && source.reopenable && received <= source.descriptor.size) {
        await content.cancel();
        content = new ChunkReader(source, received, size, options);
        at = received;
        chunk = await content.next();
      } else {
        throw new FerryError(
          "RESPONSE_INVALID",
          `Upload to ${reference.registry} stands at byte ${received}, sent from ${start}`,
        );
      }
    }
    return await finish(state, session, new Uint8Array(0), at, verifier?.digest());
  } catch (error) {
    await cancelSession(context, reference, session, options);
    throw error;
  } finally {
    await content.cancel();
  }
}

async function patch(
  state: Upload,
  session: Session,
  chunk: Uint8Array<ArrayBuffer>,
  start: number,
): Promise<RegistryAnswer> {
  const answer = await state.context.http.send(uploadRequest(state.reference, state.options, {
    method: "PATCH",
    url: session.url,
    headers: {
      "content-type": MEDIA_TYPE.octetStream,
      "content-range": `${start}-${start + chunk.byteLength - 1}`,
    },
    body: chunk,
    accept: [201, 202, 204, 416],
    tries: 1,
  }));
  await answer.discard();
  return answer;
}

/** Bytes received after a chunk was accepted. Some registries count from one, say nothing, or say the same whatever they have. */
function accepted(headers: Headers, start: number, length: number): number {
  const received = receivedBytes(headers);
  const end = start + length;
  return received === undefined || received === end + 1 || received <= start ? end : received;
}

/** Ends a session that has `received` bytes with the last ones. */
async function finish(
  state: Upload,
  session: Session,
  last: Uint8Array<ArrayBuffer>,
  received: number,
  digest: string | undefined,
): Promise<Descriptor> {
  const { context, reference, source, options } = state;
  const size = received + last.byteLength;
  const expected = source.descriptor;
  if (expected.size >= 0 && expected.size !== size) {
    throw new FerryError("SIZE_MISMATCH", `Content ended after ${size} of ${expected.size} bytes`);
  }
  const descriptor: Descriptor = { ...expected, digest: digest ?? expected.digest, size };
  const url = closingUrl(session, descriptor.digest);
  try {
    const answer = await context.http.send(
      uploadRequest(reference, options, {
        method: "PUT",
        url,
        body: last,
        headers: { "content-type": MEDIA_TYPE.octetStream },
        accept: [201, 202, 204],
      }),
    );
    await answer.discard();
    checkStored(answer.headers, descriptor, reference);
  } catch (error) {
    // An answer that was lost on its way leaves a session that is gone and a blob that is there.
    if (!isFerryError(error, "NOT_FOUND", "NAME_UNKNOWN")) throw error;
    const head = await context.http.send(
      uploadRequest(reference, options, { method: "HEAD", path: `blobs/${descriptor.digest}`, accept: [200, 404] }),
    );
    await head.discard();
    if (head.status !== 200) throw error;
  }
  return descriptor;
}

/** Reads content in pieces of a size, the last one shorter. */
class ChunkReader {
  readonly #source: BlobSource;
  readonly #offset: number;
  readonly #size: number;
  readonly #options: CallOptions;
  #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  #left: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #done = false;

  constructor(source: BlobSource, offset: number, size: number, options: CallOptions) {
    this.#source = source;
    this.#offset = offset;
    this.#size = size;
    this.#options = options;
  }

  async next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    this.#reader ??= await this.#open();
    const chunk = new Uint8Array(this.#size);
    let filled = 0;
    while (filled < chunk.byteLength) {
      if (this.#left.byteLength === 0) {
        if (this.#done) break;
        const { value, done } = await this.#reader.read();
        this.#done = done;
        if (done) break;
        this.#left = value;
      }
      const piece = this.#left.subarray(0, chunk.byteLength - filled);
      chunk.set(piece, filled);
      filled += piece.byteLength;
      this.#left = this.#left.subarray(piece.byteLength);
    }
    return filled === 0 ? undefined : chunk.subarray(0, filled);
  }

  async cancel(): Promise<void> {
    this.#done = true;
    this.#left = new Uint8Array(0);
    await this.#reader?.cancel().catch(() => {});
  }

  async #open(): Promise<ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>> {
    const stream = await this.#source.open(this.#offset, this.#options);
    if (stream.offset === this.#offset) return stream.body.getReader();
    await stream.body.cancel().catch(() => {});
    throw new FerryError("UNSUPPORTED", "Content cannot be read from the byte where the upload stopped");
  }
}
