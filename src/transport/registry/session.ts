/**
 * Upload sessions: how one starts, where it stands, how it ends (distribution-spec, "Pushing blobs").
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { redirectTarget } from "../../http/redirect.ts";
import type { RegistryAnswer, RegistryRequest } from "../../http/request.ts";
import { type Digest, parseDigest } from "../../oci/digest.ts";
import type { Reference } from "../../reference/reference.ts";
import type { CallOptions } from "../transport.ts";
import { ACTIONS, type RegistryContext, repositoryName, target } from "./context.ts";

/** Largest least chunk that is believed, as a chunk is held in memory. */
const MIN_CHUNK_MOST = 256 * 1024 * 1024;

/** An upload that a registry has opened. */
export interface Session {
  /** Where the next request goes. */
  readonly url: URL;
  /** Least bytes of a chunk but the last, as the registry says, 0 when it does not. */
  readonly minChunk: number;
}

/** What an upload starts with. */
export interface StartOptions {
  /** Digest of the blob, where it is known. */
  readonly digest?: Digest;
  /** Repository of the same registry that has the blob: with both, the registry is asked to mount it. */
  readonly from?: string;
}

/** A request of an upload. */
export function uploadRequest(
  reference: Reference,
  options: CallOptions,
  request: Pick<RegistryRequest, "method" | "accept"> & Partial<RegistryRequest>,
): RegistryRequest {
  return {
    ...target(reference, options),
    path: "blobs/uploads/",
    actions: ACTIONS.push,
    asked: "upload",
    what: `upload to ${repositoryName(reference)}`,
    upload: true,
    ...request,
  };
}

/** Opens an upload; undefined when the registry had the blob, or has mounted it, so that there is nothing to upload. */
export async function startSession(
  context: RegistryContext,
  reference: Reference,
  start: StartOptions,
  options: CallOptions,
): Promise<Session | undefined> {
  const { digest, from } = start;
  const algorithm = digest === undefined ? "sha256" : parseDigest(digest).algorithm;
  const ask = (query: Readonly<Record<string, string>>) =>
    context.http.send(uploadRequest(reference, options, {
      method: "POST",
      query,
      accept: [201, 202],
      ...(from === undefined ? {} : { extraScopes: [`repository:${from}:pull`] }),
    }));
  const plain: Record<string, string> = algorithm === "sha256" ? {} : { "digest-algorithm": algorithm };
  let answer: RegistryAnswer;
  try {
    answer = await ask(digest === undefined || from === undefined ? plain : { mount: digest, from });
  } catch (error) {
    // A registry that refuses to mount from a repository (no right to read it, unknown name) may still take an upload.
    if (from === undefined || !(error instanceof FerryError) || error.exit === 7 || error.exit === 8) throw error;
    answer = await context.http.send(
      uploadRequest(reference, options, { method: "POST", query: plain, accept: [202] }),
    );
  }
  await answer.discard();
  if (answer.status === 201) {
    const stored = answer.headers.get("docker-content-digest");
    if (digest !== undefined && from !== undefined && (stored === null || stored === digest)) return undefined;
  }
  return { url: locationOf(answer), minChunk: minChunkOf(answer) };
}

/** The session as an answer leaves it. */
export function nextSession(session: Session, answer: RegistryAnswer): Session {
  return answer.headers.has("location") ? { ...session, url: locationOf(answer) } : session;
}

/**
 * Bytes that the registry has of an upload, by its Range header (`0-99` is 100 bytes); undefined when it does not say. `0-0` is what
 * registries say that have nothing yet.
 */
export function receivedBytes(headers: Headers): number | undefined {
  const match = /^(?:bytes[= ])?(\d+)-(\d+)$/.exec(headers.get("range")?.trim() ?? "");
  if (match === null || match[1] !== "0") return undefined;
  return match[2] === "0" ? 0 : Number(match[2]) + 1;
}

/** Asks a session where it stands; undefined when it is gone or does not say. */
export async function sessionStatus(
  context: RegistryContext,
  reference: Reference,
  session: Session,
  options: CallOptions,
): Promise<{ readonly session: Session; readonly received: number } | undefined> {
  try {
    const answer = await context.http.send(
      uploadRequest(reference, options, { method: "GET", url: session.url, accept: [200, 202, 204], tries: 2 }),
    );
    await answer.discard();
    const received = receivedBytes(answer.headers);
    return received === undefined ? undefined : { session: nextSession(session, answer), received };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof FerryError) return undefined;
    throw error;
  }
}

/** Tells the registry that an upload is given up; best effort, also after the caller was stopped. */
export async function cancelSession(
  context: RegistryContext,
  reference: Reference,
  session: Session,
  options: CallOptions,
): Promise<void> {
  // It goes out in the place that the upload holds: there may be no other.
  const own: CallOptions = {
    signal: AbortSignal.timeout(2000),
    ...(options.lease === undefined ? {} : { lease: options.lease }),
  };
  try {
    const answer = await context.http.send(uploadRequest(reference, own, {
      method: "DELETE",
      url: session.url,
      accept: [200, 202, 204, 400, 404, 405],
      tries: 1,
    }));
    await answer.discard();
  } catch {
    // The registry drops it in time.
  }
}

/** Address that ends a session: its own, byte for byte, with the digest appended. */
export function closingUrl(session: Session, digest: Digest): URL {
  const url = new URL(session.url);
  url.search = `${url.search === "" ? "?" : `${url.search}&`}digest=${encodeURIComponent(digest)}`;
  return url;
}

function locationOf(answer: RegistryAnswer): URL {
  return redirectTarget(answer.url, answer.headers.get("location"));
}

function minChunkOf(answer: RegistryAnswer): number {
  const text = answer.headers.get("oci-chunk-min-length") ?? "";
  return /^\d{1,10}$/.test(text) ? Math.min(Number(text), MIN_CHUNK_MOST) : 0;
}
