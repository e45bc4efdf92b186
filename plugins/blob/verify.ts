import { type Digest, DigestVerifier, parseDigest } from "../../src/mod.ts";

/** The same bytes; the stream fails at its end with DIGEST_MISMATCH or SIZE_MISMATCH when they are not the right ones. */
export function verified(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  digest: Digest,
  size: number | undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const verifier = new DigestVerifier(parseDigest(digest).algorithm);
  const reader = body.getReader();
  // Not a pipe: what cancels this stream waits until its source has ended as well.
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await reader.read();
      if (done) {
        verifier.verify(digest, size, `blob "${digest}"`);
        return controller.close();
      }
      verifier.update(value);
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
