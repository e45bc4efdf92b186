/** Garbage collection that is killed at any moment: nothing that is used goes, and the next one ends the work. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { checkLayout } from "../support/content.ts";
import { spawnFerry } from "../support/ferry_process.ts";
import { bytesOf, Place } from "./harness.ts";

const LOOSE = 1500;
const UNTAGGED = 5;
/** Kills in the middle of the work that are enough, and rounds after which there must have been one. */
const HITS = 3;
const ROUNDS = 12;

/** Throws blobs that nothing refers to into a layout. */
function litter(layout: string, round: number): void {
  for (let number = 0; number < LOOSE; number++) {
    const bytes = bytesOf(`loose ${round} ${number}`);
    Deno.writeFileSync(`${layout}/blobs/sha256/${digestOf(bytes).slice("sha256:".length)}`, bytes);
  }
}

const countBlobs = (layout: string) => [...Deno.readDirSync(`${layout}/blobs/sha256`)].length;

Deno.test("gc: kill -9 in the middle, again and again", async () => {
  await using place = await Place.open();
  const layout = `${place.dir}/a`;
  const kept = new Map<string, string>();
  for (const tag of ["v1", "v2", "v3"]) kept.set(tag, await place.image("a", tag));
  const subject = { mediaType: MEDIA_TYPE.ociManifest, digest: kept.get("v1")!, size: 1 };
  const referrer = await place.image("a", "", { subject, artifactType: "text/a" });
  const used = (await checkLayout(layout)).blobs;
  let hits = 0;
  for (let round = 0; round < ROUNDS && hits < HITS; round++) {
    litter(layout, round);
    // Entries without a tag go from index.json before their files do.
    for (let number = 0; number < UNTAGGED; number++) {
      await place.image("a", "", { annotations: { round: String(round), number: String(number) } });
    }
    const before = countBlobs(layout);
    const wanted = before - LOOSE * (1 + round % HITS) / (HITS + 1);
    const child = spawnFerry(["serve", "gc", place.dir, "--untagged", "--grace", "0s"]);
    let ended = false;
    const status = child.status.then((result) => {
      ended = true;
      return result;
    });
    while (!ended && countBlobs(layout) > wanted) await new Promise((resolve) => setTimeout(resolve, 1));
    if (!ended) child.kill("SIGKILL");
    if ((await status).signal === "SIGKILL" && countBlobs(layout) > used.size) hits++;
    const { blobs, tags } = await checkLayout(layout);
    for (const [tag, digest] of kept) assert.equal(tags.get(tag), digest, `${tag} after round ${round}`);
    for (const digest of used) assert(blobs.has(digest), `${digest} after round ${round}`);
    const listed = (await place.send("GET", `/v2/a/referrers/${kept.get("v1")}`)).is(200).json.manifests;
    assert.deepEqual(listed.map((one: { digest: string }) => one.digest), [referrer]);
    // Whoever was killed had the lock: it is free again.
    await place.image("a", "v4", { annotations: { round: String(round) } });
    (await place.send("DELETE", "/v2/a/manifests/v4")).is(202);
  }
  assert(hits > 0, "no round was killed in the middle");
  const { success } = await spawnFerry(["serve", "gc", place.dir, "--untagged", "--grace", "0s"]).status;
  assert(success);
  assert.deepEqual((await checkLayout(layout)).blobs, used);
  assert.deepEqual([...Deno.readDirSync(layout)].map(({ name }) => name).sort(), ["blobs", "index.json", "oci-layout"]);
});
