import { type Digest, DigestVerifier, parseDigest } from "../../src/mod.ts";

/** The same bytes; the stream fails at its end with DIGEST_MISMATCH or SIZE_MISMATCH when they are not the right ones. */
export function verified(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  digest: Digest,
  size: number | undefined,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const verifier = new DigestVerifier(parseDigest(digest).algorithm);
  return body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        verifier.update(piece);
        controller.enqueue(piece);
      },
      flush() {
        verifier.verify(digest, size, `blob "${digest}"`);
      },
    }),
  );
}
