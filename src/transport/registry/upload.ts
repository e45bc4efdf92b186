/**
 * Uploads a blob: whole where its length is known, in chunks where it is not or the registry wants it so, and on from the last byte
 * received after a connection was lost (distribution-spec, "Pushing blobs").
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { isTransient } from "../../http/failure.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import type { Reference } from "../../reference/reference.ts";
import type { BlobSource, BlobStream, CallOptions, PutBlobOptions } from "../transport.ts";
import { sendChunks } from "./chunks.ts";
import type { RegistryContext } from "./context.ts";
import { cancelSession, closingUrl, type Session, sessionStatus, startSession, uploadRequest } from "./session.ts";
import { checkStored, refusesWhole, type Upload } from "./upload_state.ts";

/** Tries of an upload as a whole. */
const TRIES = 5;

/** Uploads `source`, in `opened` where a session is there already, and gives the descriptor of what was stored. */
export async function upload(
  context: RegistryContext,
  reference: Reference,
  source: BlobSource,
  opened: Session | undefined,
  options: PutBlobOptions,
): Promise<Descriptor> {
  const hosts = source.host === undefined ? [reference.registry] : [reference.registry, source.host];
  const lease = await context.http.transfer(hosts, options.signal);
  const host = await context.http.host(reference.registry);
  const state: Upload = { context, reference, source, options: { ...options, lease }, chunk: host.blobChunk };
  try {
    const { digest, size } = source.descriptor;
    const whole = digest !== "" && size >= 0 && (host.blobMax < 0 || size <= host.blobMax);
    return whole ? await uploadWhole(state, opened) : await uploadChunked(state, opened);
  } finally {
    lease.release();
  }
}

async function uploadWhole(state: Upload, opened: Session | undefined): Promise<Descriptor> {
  const { context, reference, source, options } = state;
  let session = opened;
  for (let round = 1;; round++) {
    const sent = { bytes: 0 };
    // The content is asked for while the session opens: on a long line that saves a whole way there and back.
    const first = prefetch(source, options);
    try {
      session ??= await openSession(state);
      return await putWhole(state, session, first, sent);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (sent.bytes > 0) options.onBytes?.(-sent.bytes);
      if (session === undefined || !source.reopenable || !(error instanceof FerryError)) throw error;
      if (refusesWhole(error)) {
        context.log?.debug("upload as a whole refused, sending chunks", {
          registry: reference.registry,
          error: error.message,
        });
        return await uploadChunked(state, undefined, true);
      }
      if (!isTransient(error) || round >= TRIES) throw error;
      const status = await sessionStatus(context, reference, session, options);
      if (status !== undefined && status.received > 0 && status.received <= source.descriptor.size) {
        context.log?.debug("upload cut short, going on", { digest: source.descriptor.digest, at: status.received });
        options.onBytes?.(status.received);
        return await sendChunks(state, status.session, status.received);
      }
      session = undefined;
      await context.http.clock.sleep(100 * 2 ** round, options.signal);
    } finally {
      await first.drop();
    }
  }
}

async function putWhole(
  state: Upload,
  session: Session,
  first: Prefetched,
  sent: { bytes: number },
): Promise<Descriptor> {
  const { context, reference, source, options } = state;
  const { descriptor } = source;
  let taken: BlobStream | undefined;
  try {
    const answer = await context.http.send(uploadRequest(reference, options, {
      method: "PUT",
      url: closingUrl(session, descriptor.digest),
      headers: { "content-type": MEDIA_TYPE.octetStream },
      accept: [201, 202, 204],
      body: async () => {
        const opened = await first.take();
        taken = opened;
        // Refused on the way and sent again with a new authorization: what went out before counts no more.
        if (sent.bytes > 0) options.onBytes?.(-sent.bytes);
        sent.bytes = 0;
        return {
          length: descriptor.size,
          stream: opened.body,
          onBytes: (bytes) => {
            sent.bytes += bytes;
            options.onBytes?.(bytes);
          },
        };
      },
    }));
    await answer.discard();
    checkStored(answer.headers, descriptor, reference);
    return descriptor;
  } catch (error) {
    // Of a request that failed before its body was touched, nobody else ends the stream.
    await taken?.body.cancel().catch(() => {});
    if (!isTransient(error) || options.signal?.aborted) await cancelSession(context, reference, session, options);
    throw error;
  }
}

async function uploadChunked(state: Upload, opened: Session | undefined, refused = false): Promise<Descriptor> {
  const session = opened ?? await openSession(state);
  return await sendChunks(state, session, 0, refused);
}

async function openSession(state: Upload): Promise<Session> {
  const { digest } = state.source.descriptor;
  const session = await startSession(state.context, state.reference, digest === "" ? {} : { digest }, state.options);
  if (session !== undefined) return session;
  throw new FerryError(
    "RESPONSE_INVALID",
    `Registry ${state.reference.registry} says that it stored what it was not sent`,
  );
}

interface Prefetched {
  /** The stream that was asked for ahead, or a new one when that has been taken. */
  take(): Promise<BlobStream>;
  /** Drops a stream that nobody took. */
  drop(): Promise<void>;
}

function prefetch(source: BlobSource, options: CallOptions): Prefetched {
  let ahead: Promise<BlobStream> | undefined = source.open(0, options);
  ahead.catch(() => {});
  return {
    take: async () => {
      const taken = ahead ?? source.open(0, options);
      ahead = undefined;
      const opened = await taken;
      const { size } = source.descriptor;
      if (opened.size !== undefined && opened.size !== size) {
        await opened.body.cancel().catch(() => {});
        throw new FerryError(
          "SIZE_MISMATCH",
          `Blob ${source.descriptor.digest} has ${opened.size} bytes, expected ${size}`,
        );
      }
      return opened;
    },
    drop: async () => {
      const dropped = ahead;
      ahead = undefined;
      await dropped?.then((opened) => opened.body.cancel()).catch(() => {});
    },
  };
}
