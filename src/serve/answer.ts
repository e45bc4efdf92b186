/**
 * Answers of the server.
 *
 * @module
 */
import type { Refusal } from "./refusal.ts";

/** Headers of every answer. `no-transform` keeps the runtime from compressing what clients check against a digest. */
const EVERY: Readonly<Record<string, string>> = {
  "cache-control": "no-transform",
  "x-content-type-options": "nosniff",
};

/** By this clients of docker know a registry, from its answer to `/v2/`. */
const VERSION: Readonly<Record<string, string>> = { "docker-distribution-api-version": "registry/2.0" };

/** Bodies of answers. */
export type AnswerBody = ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | string | null;

/** Bytes up to which an answer is handed over at once. Of longer ones it must be known when they have been sent. */
export const AT_ONCE_MOST: number = 64 * 1024;

/** An answer with the headers that every answer has. */
export function answer(status: number, body: AnswerBody, headers: Readonly<Record<string, string>> = {}): Response {
  // The runtime counts bytes as sent when it has them, a stream when its client has taken it.
  const sent = body instanceof Uint8Array && body.byteLength > AT_ONCE_MOST ? new Blob([body]).stream() : body;
  return new Response(sent, { status, headers: { ...EVERY, ...headers } });
}

/** An answer of JSON. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
  head = false,
): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return answer(status, head ? null : bytes, {
    ...VERSION,
    "content-type": "application/json",
    ...headers,
    "content-length": String(bytes.byteLength),
  });
}

/** The body of errors (distribution-spec, "Error Codes"); none for HEAD. */
export function refusalAnswer({ status, code, message, detail, headers }: Refusal, head: boolean): Response {
  const errors = [{ code, message, ...(detail === undefined ? {} : { detail }) }];
  return jsonAnswer(status, { errors }, headers, head);
}
