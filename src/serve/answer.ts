/**
 * Answers of the server.
 *
 * @module
 */
import type { Refusal } from "./refusal.ts";

/** Headers of every answer. `no-transform` keeps the runtime from compressing what clients check against a digest. */
const EVERY: Readonly<Record<string, string>> = {
  "cache-control": "no-transform",
  "docker-distribution-api-version": "registry/2.0",
  "x-content-type-options": "nosniff",
};

/** Bodies of answers. */
export type AnswerBody = ReadableStream<Uint8Array<ArrayBuffer>> | Uint8Array<ArrayBuffer> | string | null;

/** An answer with the headers that every answer has. */
export function answer(status: number, body: AnswerBody, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(body, { status, headers: { ...EVERY, ...headers } });
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
