import { joinBytes } from "../oci/join_bytes.ts";
import { FerryError } from "../errors.ts";

/**
 * A stream's bytes, whole. Ends the stream and throws `tooLarge()` past `most` bytes, so that no host can fill memory, and TIMEOUT
 * when nothing comes for `stallMs` milliseconds.
 */
export async function readBytes(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  most: number,
  tooLarge: () => FerryError,
  stallMs: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (stream === null) return new Uint8Array(0);
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { value, done } = await inTime(reader, stallMs, () => reader.read());
    if (done) break;
    size += value.byteLength;
    if (size > most) {
      await reader.cancel().catch(() => {});
      throw tooLarge();
    }
    pieces.push(value);
  }
  return joinBytes(pieces);
}

/**
 * The first `most` bytes of a stream as text; the rest is dropped. A stream that breaks, or on which nothing comes for `stallMs`
 * milliseconds, gives what came.
 */
export async function readText(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  most: number,
  stallMs: number,
): Promise<string> {
  if (stream === null) return "";
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    while (size < most) {
      const { value, done } = await inTime(reader, stallMs, () => reader.read());
      if (done) return text;
      size += value.byteLength;
      text += decoder.decode(value.subarray(0, value.byteLength - Math.max(0, size - most)), { stream: true });
    }
  } catch {
    return text;
  }
  await reader.cancel().catch(() => {});
  return text;
}

/** A read that must bring something within `stallMs` milliseconds; else the stream is cancelled and the read fails with TIMEOUT. */
export async function inTime<T>(
  reader: { cancel(reason?: unknown): Promise<void> },
  stallMs: number,
  read: () => Promise<T>,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const failure = new FerryError("TIMEOUT", `Nothing came over the connection for ${Math.round(stallMs / 1000)} s`);
      reject(failure);
      reader.cancel(failure).catch(() => {});
    }, stallMs);
  });
  try {
    return await Promise.race([read(), late]);
  } finally {
    clearTimeout(timer);
  }
}
