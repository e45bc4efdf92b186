/** Blob sources for tests: bytes in memory, with the faults that real sources have. */
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import type { BlobSource, BlobStream } from "../../src/transport/transport.ts";

/** How a source behaves. */
export interface SourceOptions {
  /** Digest that its descriptor says; the right one where not given, "" for unknown. */
  readonly digest?: string;
  /** Size that its descriptor says; the right one where not given, -1 for unknown. */
  readonly size?: number;
  readonly mediaType?: string;
  /** May be opened again; true where not given. */
  readonly reopenable?: boolean;
  /** Bytes of one piece of the stream. */
  readonly piece?: number;
  /** The stream fails after this many bytes, the first `cuts` times that it is opened. */
  readonly cutAt?: number;
  readonly cuts?: number;
}

/** A source that remembers the offsets at which it was opened. */
export interface TestSource extends BlobSource {
  /** Offsets, in order. */
  readonly opened: number[];
}

/** A source of bytes in memory. */
export function bytesSource(bytes: Uint8Array<ArrayBuffer>, options: SourceOptions = {}): TestSource {
  const opened: number[] = [];
  const { piece = 32 * 1024, cutAt = Infinity, cuts = 1, reopenable = true } = options;
  return {
    descriptor: {
      mediaType: options.mediaType ?? MEDIA_TYPE.octetStream,
      digest: options.digest ?? digestOf(bytes),
      size: options.size ?? bytes.byteLength,
    },
    reopenable,
    opened,
    open(offset): Promise<BlobStream> {
      if (opened.length > 0 && !reopenable) {
        return Promise.reject(new Error("A source was opened twice that cannot be"));
      }
      opened.push(offset);
      const end = opened.length <= cuts ? cutAt : Infinity;
      let at = offset;
      const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull(controller): void {
          if (at >= end) return controller.error(new Error("The source was cut"));
          if (at >= bytes.byteLength) return controller.close();
          const next = Math.min(at + piece, end, bytes.byteLength);
          controller.enqueue(bytes.slice(at, next));
          at = next;
        },
      });
      const size = options.size === -1 ? undefined : bytes.byteLength - offset;
      return Promise.resolve({ body, size, offset, forwardable: false });
    },
  };
}

/** All bytes of a stream. */
export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Bytes that look random but are the same for the same seed. */
export function noise(seed: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = (seed * 2654435761 + 1) >>> 0 || 1;
  for (let at = 0; at < length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    bytes[at] = state & 0xff;
  }
  return bytes;
}
