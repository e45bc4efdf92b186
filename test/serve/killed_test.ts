/** A server that is killed at any moment: nothing that it acknowledged is lost, and every layout reads. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { checkLayout } from "../support/content.ts";
import { spawnServe } from "../support/ferry_process.ts";
import { bytesOf, someBytes } from "./harness.ts";

const ROUNDS = 4;

/** Pushes images until the server is gone; gives the tags that were acknowledged. */
async function pushUntilGone(url: string, round: number, acknowledged: Map<string, string>): Promise<void> {
  const send = async (
    method: string,
    path: string,
    body: Uint8Array<ArrayBuffer>,
    type: string = MEDIA_TYPE.octetStream,
  ) => {
    const answer = await fetch(url + path, { method, body, headers: { "content-type": type } });
    await answer.body?.cancel();
    assert.equal(answer.status, 201, path);
  };
  for (let count = 0;; count++) {
    const tag = `r${round}-${count}`;
    try {
      const config = bytesOf("{}");
      const layer = someBytes(50_000, round * 1000 + count);
      for (const blob of [config, layer]) await send("POST", `/v2/app/blobs/uploads/?digest=${digestOf(blob)}`, blob);
      const manifest = bytesOf(JSON.stringify({
        schemaVersion: 2,
        mediaType: MEDIA_TYPE.ociManifest,
        config: { mediaType: MEDIA_TYPE.ociEmpty, digest: digestOf(config), size: config.byteLength },
        layers: [{ mediaType: MEDIA_TYPE.ociLayer, digest: digestOf(layer), size: layer.byteLength }],
      }));
      await send("PUT", `/v2/app/manifests/${tag}`, manifest, MEDIA_TYPE.ociManifest);
      acknowledged.set(tag, digestOf(manifest));
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return;
    }
  }
}

Deno.test("kill -9 during pushes and garbage collection", async () => {
  const dir = await Deno.makeTempDir({ prefix: "ferry-killed-" });
  const acknowledged = new Map<string, string>();
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const server = await spawnServe(dir, "--gc-interval", "5ms", "--gc-grace", "1s");
      const target = acknowledged.size + 3 + round * 2;
      const pushing = pushUntilGone(server.url, round, acknowledged);
      while (acknowledged.size < target) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, round * 7));
      await server.kill();
      await pushing;
      const { blobs, tags } = await checkLayout(`${dir}/app`);
      for (const [tag, digest] of acknowledged) assert.equal(tags.get(tag), digest, `tag ${tag} after round ${round}`);
      for (const digest of acknowledged.values()) {
        const file = `${dir}/app/blobs/sha256/${digest.slice("sha256:".length)}`;
        const { layers } = JSON.parse(await Deno.readTextFile(file));
        assert(blobs.has(layers[0].digest), `layer of ${digest} after round ${round}`);
      }
    }
    assert(acknowledged.size >= ROUNDS * 3);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
