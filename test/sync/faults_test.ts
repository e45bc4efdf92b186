/** `sync` where registries fail, refuse, limit, and hooks say no. */
import assert from "node:assert/strict";
import { FakeClock } from "../support/client.ts";
import { basicAuth } from "../support/fake_auth.ts";
import { cutAfter, hangUp, retryAfter, status } from "../support/faults.ts";
import { SyncPlace } from "./harness.ts";

const REPOSITORY = "sync: [{source: SRC/from, target: TGT/to, type: repository}]";

Deno.test("429, cut connections and failing servers are waited out", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", ...Array.from({ length: 8 }, (_, at) => `v${at}`));
  await place.file(REPOSITORY);
  place.source.faults.add(
    { method: "GET", path: /manifests/, times: 3, action: retryAfter(429, 2) },
    { method: "GET", path: /blobs/, times: 2, action: cutAfter(100) },
    { method: "HEAD", path: /manifests/, times: 2, action: hangUp() },
  );
  place.target.faults.add({ method: "PUT", times: 3, action: status(503) });
  const clock = new FakeClock();
  assert.equal((await place.json(0, "once -c DIR/sync.yml", { options: { clock } })).counts.copied, 8);
  place.same("from", "to");
});

Deno.test("a registry that asks to be left alone for long is left alone, and then asked again", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1", "v2");
  await place.file(REPOSITORY);
  place.source.faults.add({ method: "GET", path: /manifests/, times: 1, action: retryAfter(429, 3600) });
  const clock = new FakeClock();
  assert.equal((await place.json(0, "once -c DIR/sync.yml", { options: { clock } })).counts.copied, 2);
  assert.ok(clock.waited >= 3_500_000, String(clock.waited));
  place.same("from", "to");
});

Deno.test("what fails is tried again, the rest goes on, and a report brings back what failed", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1", "v2", "v3");
  await place.file(`defaults: {parallel: 1}\n${REPOSITORY}`);
  place.source.faults.add({
    method: "GET",
    path: /manifests/,
    times: Infinity,
    when: isV2(place),
    action: status(404, {}, "MANIFEST_UNKNOWN"),
  });
  const clock = new FakeClock();
  const first = await place.sync("once -c DIR/sync.yml --report DIR/report.json", { options: { clock } });
  assert.equal(first.code, 3);
  assert.match(first.stdout, /failed +\S+from:v2 /);
  assert.match(first.stderr, /1 of 3 images .* were not synced: MANIFEST_UNKNOWN/);
  const report = JSON.parse(await Deno.readTextFile(`${place.dir}/report.json`));
  assert.deepEqual(report.counts, { copied: 2, failed: 1 });
  assert.equal(
    report.images.find(({ outcome }: { outcome: string }) => outcome === "failed").error.code,
    "MANIFEST_UNKNOWN",
  );
  assert.deepEqual(Object.keys(place.tags("to")), ["v1", "v3"]);
  place.source.faults.clear();
  place.forget();
  const again = await place.json(0, "once -c DIR/sync.yml --retry-failed DIR/report.json");
  assert.deepEqual(again.counts, { copied: 1 });
  assert.equal(place.source.asked("HEAD", /manifests/).length, 1);
  place.same("from", "to");
});

function isV2(place: SyncPlace) {
  const digest = place.source.repository("from").tags.get("v2")!;
  return ({ target }: { readonly target: string }) => target.includes(digest);
}

Deno.test("a source that is gone fails its step alone", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  await place.file(`
sync:
  - {source: SRC/gone, target: TGT/gone, type: repository}
  - {source: SRC/from, target: TGT/to, type: repository}
  - {source: "SRC/from:none", target: "TGT/none:v1", type: image}`);
  const { counts, images } = await place.json(3, "once -c DIR/sync.yml");
  assert.deepEqual(counts, { copied: 1, failed: 2 });
  assert.deepEqual(
    images.filter(({ outcome }: { outcome: string }) => outcome === "failed")
      .map(({ error }: { error: { code: string } }) => error.code).sort(),
    ["MANIFEST_UNKNOWN", "NAME_UNKNOWN"],
  );
  place.same("from", "to");
});

Deno.test("--abort-on-error ends with the first failure", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  await place.file(`
sync:
  - {source: "SRC/from:none", target: "TGT/to:none", type: image}
  - {source: "TGT/to", target: "TGT/end", type: repository}`);
  const { code, stderr } = await place.sync("once -c DIR/sync.yml --abort-on-error");
  assert.equal(code, 5);
  assert.match(stderr, /from:none" does not exist/);
  assert.equal(place.target.repositories.has("end"), false);
});

Deno.test("a registry that refuses is not asked for every tag", async () => {
  await using place = await SyncPlace.open({}, {
    auth: basicAuth("somebody", "else"),
  });
  place.fill("from", ...Array.from({ length: 40 }, (_, at) => `v${at}`));
  await place.file(`defaults: {parallel: 1}\n${REPOSITORY}`);
  const { counts } = await place.json(3, "once -c DIR/sync.yml");
  assert.equal(counts.failed + counts.untried, 40);
  assert.ok(counts.untried >= 30, JSON.stringify(counts));
});

Deno.test("too few pulls are waited for, and a plan of them is told first", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1", "v2", "v3");
  let left = 3;
  place.source.faults.add({
    method: "HEAD",
    path: /manifests/,
    times: Infinity,
    action: async (_request, proceed) => {
      const right = await proceed();
      return {
        ...right,
        headers: {
          ...Object.fromEntries(new Headers(right.headers as HeadersInit)),
          "ratelimit-limit": "5;w=60",
          "ratelimit-remaining": `${left}`,
        },
      };
    },
  }, {
    method: "GET",
    path: /manifests/,
    times: Infinity,
    action: (_request, proceed) => {
      left--;
      return proceed();
    },
  });
  await place.file(`defaults: {parallel: 1, ratelimit: {min: 2, retry: 1m}}\n${REPOSITORY}`);
  const clock = new FakeClock();
  const sleep = clock.sleep.bind(clock);
  clock.sleep = async (milliseconds, signal) => {
    if (milliseconds === 60_000) left = 5;
    await sleep(milliseconds, signal);
  };
  const { code, stderr } = await place.sync("once -c DIR/sync.yml -v info", { options: { clock } });
  assert.equal(code, 0, stderr);
  assert.match(stderr, /msg="Pulls planned" step=\S+ registry=\S+ needs-at-least=3 left=3/);
  assert.match(
    stderr,
    /msg="Delaying for rate limit" source=\S+ step=\S+ source-remaining=1 source-limit=5 step-min=2 sleep=60s/,
  );
  place.same("from", "to");
});

Deno.test({
  name: "hooks run around a copy, and know what it is about",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using place = await SyncPlace.open();
    place.fill("from", "v1", "v2");
    await Deno.writeTextFile(
      `${place.dir}/hook.sh`,
      `echo "$FERRY_SYNC_HOOK $FERRY_SYNC_SOURCE $FERRY_SYNC_TARGET $FERRY_SYNC_DIGEST $1" >> "${place.dir}/seen"\n` +
        'echo "from the hook"; case "$FERRY_SYNC_HOOK $FERRY_SYNC_SOURCE" in "pre "*:v2) exit 3;; esac\n',
    );
    await place.file(`
sync:
  - source: SRC/from
    target: TGT/to
    type: repository
    hooks:
      pre: {type: exec, params: [sh, DIR/hook.sh, one]}
      post: {type: exec, params: [sh, DIR/hook.sh, two]}
      unchanged: {type: exec, params: [sh, DIR/hook.sh, three]}`);
    const seen = async () => (await Deno.readTextFile(`${place.dir}/seen`).catch(() => "")).trim().split("\n").sort();
    assert.equal((await place.sync("check -c DIR/sync.yml")).code, 10);
    assert.deepEqual(await seen(), [""]);
    const first = await place.sync("once -c DIR/sync.yml -v info");
    assert.equal(first.code, 3);
    assert.match(first.stderr, /msg=Hook hook=pre step=\S+ line="from the hook"/);
    assert.deepEqual(Object.keys(place.tags("to")), ["v1"]);
    const digest = place.tags("to")["v1"];
    assert.deepEqual((await seen()).filter((line) => line.includes(":v1")), [
      place.expand(`post SRC/from:v1 TGT/to:v1 ${digest} two`),
      place.expand(`pre SRC/from:v1 TGT/to:v1 ${digest} one`),
    ]);
    await Deno.remove(`${place.dir}/seen`);
    await place.sync("once -c DIR/sync.yml");
    assert.ok((await seen()).includes(place.expand(`unchanged SRC/from:v1 TGT/to:v1 ${digest} three`)));
  },
});

Deno.test("pruning deletes what the source does not have, within its limits", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1", "v2");
  const file = (prune: string) =>
    place.file(`sync: [{source: SRC/from, target: TGT/to, type: repository, prune: ${prune}}]`);
  for (const tag of ["old1", "old2", "keep-me"]) place.image("to", tag, 3, place.target);
  const to = place.target.repository("to");
  // A tag that shares its digest with one that stays; and the signature of something.
  await file("{enabled: true, keep: ['keep-.*'], max: 1}");
  const refused = await place.json(3, "once -c DIR/sync.yml");
  assert.deepEqual(refused.counts, { copied: 2, failed: 1 });
  assert.deepEqual(Object.keys(place.tags("to")), ["keep-me", "old1", "old2", "v1", "v2"]);
  to.tags.set("twin", to.tags.get("v1")!);
  to.tags.set(`sha256-${"a".repeat(64)}.sig`, to.tags.get("v1")!);
  await file("{enabled: true, keep: ['keep-.*'], max: 3}");
  assert.deepEqual((await place.json(10, "check -c DIR/sync.yml")).counts, { unchanged: 2, "would-prune": 3 });
  assert.equal(Object.keys(place.tags("to")).length, 7);
  assert.deepEqual((await place.json(0, "once -c DIR/sync.yml")).counts, { unchanged: 2, pruned: 3 });
  assert.deepEqual(Object.keys(place.tags("to")), ["keep-me", `sha256-${"a".repeat(64)}.sig`, "v1", "v2"]);
  // A source without tags, or none at all, deletes nothing.
  place.source.repository("from").tags.clear();
  const empty = await place.sync("once -c DIR/sync.yml");
  assert.match(empty.stderr, /Not pruned, a source has no tags or could not be listed/);
  place.source.repositories.delete("from");
  await place.sync("once -c DIR/sync.yml");
  assert.equal(Object.keys(place.tags("to")).length, 4);
});

Deno.test("pruning leaves alone what other steps write there", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  place.fill("other", "w1");
  place.image("to", "old", 3, place.target);
  await place.file(`
sync:
  - {name: pruner, source: SRC/from, target: TGT/to, type: repository, prune: {enabled: true}}
  - {name: other, source: SRC/other, target: TGT/to, type: repository}`);
  await place.ends(0, "once -c DIR/sync.yml --only other");
  const alone = await place.sync("once -c DIR/sync.yml --only pruner");
  assert.match(alone.stderr, /Not pruned, other steps write there as well/);
  assert.deepEqual(Object.keys(place.tags("to")), ["old", "v1", "w1"]);
  await place.ends(0, "once -c DIR/sync.yml");
  assert.deepEqual(Object.keys(place.tags("to")), ["v1", "w1"]);
});
