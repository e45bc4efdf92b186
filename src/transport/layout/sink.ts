/**
 * Takes the bytes of a blob: writes them to a file and hashes them.
 *
 * @module
 */
import { DigestVerifier } from "../../oci/digest.ts";
import type { Digest } from "../../oci/digest.ts";
import { writeAll } from "./atomic.ts";

/** Takes the bytes of one blob, in order. Several writes may be under way at a time. */
export interface Sink {
  /**
   * Takes the first `length` bytes of a buffer, which changes hands, and gives one back to be filled again.
   */
  write(buffer: ArrayBuffer, length: number): Promise<ArrayBuffer>;
  /** Digest of all bytes, once every write has come back. */
  finish(): Promise<Digest>;
  /** Gives up what the sink holds, once nothing of it is under way; also after `finish`, and twice. The file stays. */
  release(): Promise<void>;
}

const READ_BYTES = 1024 * 1024;

/** A sink that hashes in this thread while the operating system writes. `file` stands anywhere; its first `kept` bytes count. */
export async function inlineSink(file: Deno.FsFile, algorithm: string, kept: number): Promise<Sink> {
  const verifier = new DigestVerifier(algorithm);
  await file.seek(0, Deno.SeekMode.Start);
  if (kept > 0) await hashKept(file, verifier, kept);
  let last: Promise<void> = Promise.resolve();
  let underWay = 0;
  return {
    write: (buffer, length) => {
      const bytes = new Uint8Array(buffer, 0, length);
      // Started before the hash, so that both run at a time.
      const written = underWay === 0 ? writeAll(file, bytes) : last.then(() => writeAll(file, bytes));
      underWay++;
      last = written;
      verifier.update(bytes);
      return written.then(() => {
        underWay--;
        return buffer;
      });
    },
    finish: async () => {
      await last;
      return verifier.digest();
    },
    release: () => Promise.resolve(),
  };
}

async function hashKept(file: Deno.FsFile, verifier: DigestVerifier, kept: number): Promise<void> {
  const buffer = new Uint8Array(Math.min(READ_BYTES, kept));
  while (verifier.size < kept) {
    const read = await file.read(buffer.subarray(0, Math.min(buffer.byteLength, kept - verifier.size)));
    if (read === null) throw new Error("a partial file became shorter while it was read");
    verifier.update(buffer.subarray(0, read));
  }
}
