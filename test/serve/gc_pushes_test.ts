/** Garbage is collected while clients push: no manifest that the server acknowledged ever loses anything. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { collectLayout } from "../../src/serve/garbage.ts";
import { Layouts } from "../../src/serve/layouts.ts";
import { checkLayout } from "../support/content.ts";
import { spawnFerry } from "../support/ferry_process.ts";
import { bytesOf, Place, someBytes } from "./harness.ts";

const WORKERS = 3;
const PUSHES = 8;
/** Tags of one worker: they are moved again and again, so that there is garbage. */
const TAGS = 3;
/** Refusals in a row after which a worker is let through. */
const PATIENCE = 8;

/** An image that was acknowledged: the digests of its manifest, its config and its layer. */
type Acknowledged = readonly [manifest: string, config: string, layer: string];

/** One worker's images; workers share layers, and some of their configs. */
class Worker {
  /** By tag, "" for the one that was pushed by digest. */
  readonly acknowledged = new Map<string, Acknowledged>();
  /** Pushes that were refused since the last that was not. */
  refused = 0;

  constructor(readonly place: Place, readonly id: number) {}

  /** Pushes until enough was acknowledged; a push that lost its blobs before the manifest came begins again. */
  async run(): Promise<void> {
    for (let count = 0; count < PUSHES;) {
      if (await this.#push(count)) count++;
      else this.refused++;
      await this.check();
    }
  }

  async #push(count: number): Promise<boolean> {
    const config = bytesOf(JSON.stringify({ worker: this.id % 2, count: count % 4 }));
    const layer = someBytes(3000, count % 6 + 1);
    const manifest = bytesOf(JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      config: { mediaType: MEDIA_TYPE.ociConfig, digest: digestOf(config), size: config.byteLength },
      layers: [{ mediaType: MEDIA_TYPE.ociLayer, digest: digestOf(layer), size: layer.byteLength }],
      annotations: { worker: String(this.id), count: String(count) },
    }));
    for (const blob of [config, layer]) {
      // As clients do: what is there is not sent.
      const { status } = await this.place.send("HEAD", `/v2/a/blobs/${digestOf(blob)}`);
      if (status !== 200) await this.place.push("a", blob);
    }
    const tag = `w${this.id}-${count % TAGS}`;
    const answer = await this.place.put("a", tag, manifest);
    if (answer.status !== 201) {
      answer.is(400, "MANIFEST_BLOB_UNKNOWN");
      return false;
    }
    this.acknowledged.set(tag, [digestOf(manifest), digestOf(config), digestOf(layer)]);
    this.refused = 0;
    return true;
  }

  /** Everything that was acknowledged and not replaced is there. */
  async check(): Promise<void> {
    for (const [tag, [manifest, ...blobs]] of this.acknowledged) {
      const answer = (await this.place.send("GET", `/v2/a/manifests/${tag}`)).is(200);
      assert.equal(answer.header("docker-content-digest"), manifest, tag);
      for (const digest of blobs) {
        assert.equal(digestOf((await this.place.send("GET", `/v2/a/blobs/${digest}`)).is(200).bytes), digest, tag);
      }
    }
  }
}

/** Lets workers push while `collect` runs again and again; at the end only what is tagged is left. */
async function pushWhile(collect: (place: Place, grace: number) => Promise<void>, grace: number): Promise<void> {
  await using place = await Place.open({ registry: { grace } });
  await place.image("a", "kept");
  const workers = Array.from({ length: WORKERS }, (_, id) => new Worker(place, id));
  let rounds = 0;
  let pushing = true;
  const collectOnAndOn = async () => {
    while (pushing) {
      await new Promise((resolve) => setTimeout(resolve, rounds % 7));
      if (workers.some(({ refused }) => refused > PATIENCE)) continue;
      await collect(place, grace);
      rounds++;
    }
  };
  const pushed = Promise.all(workers.map((worker) => worker.run())).finally(() => pushing = false);
  await Promise.all([collectOnAndOn(), pushed]);
  assert(rounds > 0);
  await collectLayout(place.registry.layouts, "a", { dryRun: false, grace: 0, untagged: true });
  for (const worker of workers) await worker.check();
  (await place.send("GET", "/v2/a/manifests/kept")).is(200);
  const { blobs, tags } = await checkLayout(`${place.dir}/a`);
  assert.equal(tags.size, WORKERS * TAGS + 1);
  const used = workers.flatMap(({ acknowledged }) => [...acknowledged.values()].flat());
  for (const digest of used) assert(blobs.has(digest), `${digest} was acknowledged`);
  // The image that was there first has three more.
  assert.equal(blobs.size, new Set(used).size + 3);
}

Deno.test("gc: pushes while another collects all that nothing refers to yet", () =>
  pushWhile(async (place, grace) => {
    // As another process has it: nothing is shared but the folder.
    const others = new Layouts({ dir: place.dir, now: Date.now, grace, log: undefined });
    await collectLayout(others, "a", { dryRun: false, grace, untagged: true });
  }, 0));

Deno.test("gc: pushes while the server collects", () =>
  pushWhile(async (place, grace) => {
    await collectLayout(place.registry.layouts, "a", { dryRun: false, grace, untagged: true });
  }, 30));

Deno.test("gc: pushes while the program collects in a process of its own", () =>
  pushWhile(async ({ dir }, grace) => {
    const { success } = await spawnFerry(["serve", "gc", dir, "--untagged", "--grace", `${grace}ms`]).status;
    assert(success);
  }, 30));
