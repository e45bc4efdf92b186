/**
 * Shows the main job on this machine alone: makes a small image for three platforms in a layout, copies it whole and by platform,
 * shows it, and checks every blob of what came out. Leaves nothing behind.
 *
 * @module
 */
import { join } from "node:path";
import { createLayoutTransport, type Manifest, parseReference, type Reference, withDigest } from "../mod.ts";
import { DigestVerifier, parseDigest } from "../src/mod.ts";
import { platforms } from "./corpus/image.ts";
import { LayoutWriter } from "./corpus/layout.ts";

const MAIN = new URL("../main.ts", import.meta.url).pathname;
const transport = createLayoutTransport();

/** Runs a command line as a user would type it, and shows both. */
async function ferry(folder: string, line: string): Promise<void> {
  console.log(`\n$ ferry ${line}`);
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", MAIN, ...line.split(" ")],
    cwd: folder,
    env: { FERRY_CONFIG: join(folder, "config.json") },
    stdin: "null",
  }).spawn().status;
  if (code !== 0) throw new Error(`ferry ${line} ended with exit code ${code}`);
}

/** Reads every blob and manifest that a reference names, and checks digest and size of each. */
async function verify(reference: Reference, seen = new Map<string, number>()): Promise<Map<string, number>> {
  const manifest: Manifest = await transport.getManifest(reference);
  seen.set(manifest.descriptor.digest, manifest.raw.byteLength);
  for (const child of manifest.manifests) {
    if (!seen.has(child.digest)) await verify(withDigest(reference, child.digest), seen);
  }
  for (const blob of [...(manifest.config === undefined ? [] : [manifest.config]), ...manifest.layers]) {
    if (seen.has(blob.digest)) continue;
    const verifier = new DigestVerifier(parseDigest(blob.digest).algorithm);
    for await (const piece of (await transport.blobSource(reference, blob).open(0)).body) verifier.update(piece);
    verifier.verify(blob.digest, blob.size, `blob ${blob.digest}`);
    seen.set(blob.digest, blob.size);
  }
  return seen;
}

const folder = await Deno.makeTempDir({ prefix: "ferry-demo-" });
const started = performance.now();
try {
  const writer = new LayoutWriter(join(folder, "made"));
  platforms(writer, "demo", [0.2, 0.1, 0.05], ["1.0"]);
  writer.close();
  console.log("Made a small image for linux/amd64, linux/arm64 and linux/arm/v7 in the layout ./made");

  await ferry(folder, "image copy ocidir://made:1.0 ocidir://carried:1.0");
  await ferry(folder, "image copy -p linux/arm64 ocidir://made:1.0 ocidir://carried:arm64");
  await ferry(folder, "image copy -p linux/amd64,linux/arm/v7 ocidir://made:1.0 ocidir://carried:two");
  await ferry(folder, "tag ls ocidir://carried");
  await ferry(folder, "image digest ocidir://made:1.0");
  await ferry(folder, "image digest ocidir://carried:1.0");
  await ferry(folder, "manifest get ocidir://carried:1.0");

  const seen = new Map<string, number>();
  for (const tag of ["1.0", "arm64", "two"]) {
    await verify(parseReference(`ocidir://${join(folder, "carried")}:${tag}`), seen);
  }
  const bytes = [...seen.values()].reduce((sum, size) => sum + size, 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(
    `\nDone in ${seconds} s: copied the image whole, for one platform and for two; ` +
      `checked ${seen.size} blobs and manifests (${bytes} bytes) against their digests.`,
  );
} finally {
  await Deno.remove(folder, { recursive: true });
}
