/**
 * Reads an image whole, as somebody who trusts nobody.
 *
 * @module
 */
import { createLayoutTransport, type Manifest, type Reference, withDigest } from "../../mod.ts";
import { DigestVerifier, parseDigest } from "../../src/mod.ts";

/**
 * Reads every blob and manifest that a reference to a layout leads to, and checks digest and size of each; gives the sizes by digest.
 *
 * @throws {FerryError} DIGEST_MISMATCH, SIZE_MISMATCH and what reading fails with
 */
export async function verify(reference: Reference): Promise<Map<string, number>> {
  const transport = createLayoutTransport();
  const seen = new Map<string, number>();
  const read = async (place: Reference): Promise<void> => {
    const manifest: Manifest = await transport.getManifest(place);
    seen.set(manifest.descriptor.digest, manifest.raw.byteLength);
    for (const child of manifest.manifests) {
      if (!seen.has(child.digest)) await read(withDigest(place, child.digest));
    }
    for (const blob of [...(manifest.config === undefined ? [] : [manifest.config]), ...manifest.layers]) {
      if (seen.has(blob.digest)) continue;
      const verifier = new DigestVerifier(parseDigest(blob.digest).algorithm);
      for await (const piece of (await transport.blobSource(place, blob).open(0)).body) verifier.update(piece);
      verifier.verify(blob.digest, blob.size, `blob ${blob.digest}`);
      seen.set(blob.digest, blob.size);
    }
  };
  await read(reference);
  return seen;
}
