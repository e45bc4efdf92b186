/**
 * Small bodies of requests, whole.
 *
 * @module
 */
import { joinBytes } from "../oci/join_bytes.ts";
import { Refusal } from "./refusal.ts";

/**
 * Reads a body of at most `most` bytes.
 *
 * @throws {Refusal} 413 where it is longer, 408 where it stands still
 */
export async function readBody(
  request: Request,
  most: number,
  idleTimeout: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const tooLong = () => new Refusal(413, "SIZE_INVALID", "Body is too long", { detail: { limit: most } });
  if (Number(request.headers.get("content-length") ?? 0) > most) throw tooLong();
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  let stalled = false;
  const stop = () => {
    stalled = true;
    reader?.cancel().catch(() => {});
  };
  let timer = setTimeout(stop, idleTimeout);
  try {
    for (;;) {
      const piece = (await reader?.read())?.value;
      if (piece === undefined) break;
      clearTimeout(timer);
      timer = setTimeout(stop, idleTimeout);
      size += piece.byteLength;
      if (size > most) {
        reader?.cancel().catch(() => {});
        throw tooLong();
      }
      pieces.push(piece);
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, "MANIFEST_INVALID", "Body was cut short");
  } finally {
    clearTimeout(timer);
  }
  if (stalled) throw new Refusal(408, "MANIFEST_INVALID", "Body stands still");
  return joinBytes(pieces);
}
