import { joinBytes } from "../oci/join_bytes.ts";
import { FerryError } from "../errors.ts";
import type { StallTimer } from "./stall_timer.ts";

/**
 * A stream's bytes, whole. Ends the stream and throws `tooLarge()` past `most` bytes, so that no host can fill memory, and TIMEOUT
 * when nothing comes in the time of `stall`.
 */
export async function readBytes(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  most: number,
  tooLarge: () => FerryError,
  stall: StallTimer,
): Promise<Uint8Array<ArrayBuffer>> {
  if (stream === null) return new Uint8Array(0);
  const reader = stream.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { value, done } = await inTime(reader, stall, () => reader.read());
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
 * The first `most` bytes of a stream as text; the rest is dropped. A stream that breaks, or on which nothing comes in the time of
 * `stall`, gives what came.
 */
export async function readText(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  most: number,
  stall: StallTimer,
): Promise<string> {
  if (stream === null) return "";
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  try {
    while (size < most) {
      const { value, done } = await inTime(reader, stall, () => reader.read());
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

/** A read that must bring something in the time of `stall`; else the stream is cancelled and the read fails with TIMEOUT. */
export async function inTime<T>(
  reader: { cancel(reason?: unknown): Promise<void> },
  stall: StallTimer,
  read: () => Promise<T>,
): Promise<T> {
  let end: (() => void) | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    end = stall.limit(() => {
      const seconds = Math.round(stall.milliseconds / 1000);
      const failure = new FerryError("TIMEOUT", `Nothing came over the connection for ${seconds} s`);
      reject(failure);
      reader.cancel(failure).catch(() => {});
    });
  });
  try {
    return await Promise.race([read(), late]);
  } finally {
    end?.();
  }
}
