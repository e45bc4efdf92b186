/** Progress without a terminal: plain lines and JSON events. */
import assert from "node:assert/strict";
import { copyName, digest, Stage } from "./stage.ts";

const V1 = copyName("v1");
const V2 = copyName("v2");
const MB = 1_000_000;

Deno.test("plain: a line each ten seconds while something runs, and one at the end", () => {
  const stage = new Stage("plain");
  stage.begin(V1, "aa", 120 * MB);
  stage.take({ type: "found", copy: V1, kind: "blob", digest: digest("bb"), size: 2 * MB });
  stage.move(V1, "aa", 90 * MB, 9000);
  assert.equal(stage.written, "");
  stage.move(V1, "aa", 10 * MB, 1000);
  const first =
    "Copying a.example/app:v1 to b.example/app:v1: 100 MB of 122 MB (81%), 10.0 MB/s, 0:02 left, 0 of 2 blobs\n";
  assert.equal(stage.written, first);
  stage.wait(9900);
  assert.equal(stage.written, first);
  stage.wait(100);
  const second = "Copying a.example/app:v1 to b.example/app:v1: 100 MB of 122 MB (81%), 0 B/s, 0 of 2 blobs\n";
  assert.equal(stage.written, first + second);
  stage.move(V1, "aa", 20 * MB);
  stage.done(V1, "aa", 120 * MB, "sent");
  stage.done(V1, "bb", 2 * MB, "exists");
  stage.take({ type: "end", copy: V1, outcome: "done" });
  stage.wait(30_000);
  assert.equal(stage.ticking, false);
  stage.progress.finish("done");
  const closing =
    "Copied a.example/app:v1 to b.example/app:v1: 1 blob sent (120 MB), 1 existing, in 50.0s at 2.40 MB/s\n";
  assert.equal(stage.written, first + second + closing);
});

Deno.test("plain: several copies are counted, those that failed as well", () => {
  const stage = new Stage("plain");
  for (const copy of [V1, V2]) stage.begin(copy, copy.target, MB);
  stage.move(V1, V1.target, MB);
  stage.done(V1, V1.target, MB, "sent");
  stage.take({ type: "end", copy: V1, outcome: "done" });
  stage.wait(10_000);
  assert.equal(stage.written, "Copying 2 images (1 done): 1.00 MB of 2.00 MB (50%), 0 B/s, 1 of 2 blobs\n");
  stage.take({ type: "end", copy: V2, outcome: "failed" });
  stage.progress.finish("failed");
  assert.match(
    stage.written,
    /\nCopied 1 of 2 images: 1 blob sent \(1\.00 MB\), in 10\.0s at 100 kB\/s\n$/,
  );
});

Deno.test("plain: copies that changed nothing, and those that failed, are passed over in silence", () => {
  const same = new Stage("plain");
  same.take({ type: "done", copy: V1, kind: "manifest", digest: "m", size: 1, outcome: "exists" });
  same.take({ type: "end", copy: V1, outcome: "done" });
  same.progress.finish("done");
  assert.equal(same.written, "");
  const failed = new Stage("plain");
  failed.begin(V1, "aa", MB);
  failed.done(V1, "aa", MB, "sent");
  failed.take({ type: "end", copy: V1, outcome: "failed" });
  failed.progress.finish("failed");
  assert.equal(failed.written, "");
  assert.match(failed.progress.kept(), /^1 blob and 0 manifests that arrived whole are kept, run the command again/);
});

Deno.test("plain: where logs are JSON, so are its lines", () => {
  const stage = new Stage("plain", 80, 24, { jsonLogs: true });
  stage.begin(V1, "aa", 4 * MB);
  stage.move(V1, "aa", 2 * MB, 10_000);
  stage.done(V1, "aa", 4 * MB, "sent");
  stage.take({ type: "end", copy: V1, outcome: "done" });
  stage.progress.finish("done");
  const [standing, closing] = stage.written.trimEnd().split("\n").map((line) => JSON.parse(line));
  const { msg, ...fields } = standing;
  assert.match(msg, /^Copying a\.example/);
  assert.deepEqual(fields, {
    time: "2024-01-01T00:00:10.000Z",
    level: "INFO",
    manifests: 0,
    blobs: { exists: 0, mounted: 0, linked: 0, sent: 0, skipped: 0 },
    bytes: 2 * MB,
    copies: { running: 1, done: 0, failed: 0 },
    wanted: 4 * MB,
    percent: 50,
    rate: 200_000,
    left: 10,
  });
  assert.deepEqual([closing.ms, closing.rate, closing.copies], [10_000, 200_000, { running: 0, done: 1, failed: 0 }]);
});

Deno.test("json: one object a line for every event, bytes at most every 100 ms a blob", () => {
  const stage = new Stage("json");
  const at = (time: string) => ({ time: `2024-01-01T00:00:${time}Z` });
  stage.begin(V1, "aa", 1000);
  for (let piece = 0; piece < 50; piece++) stage.move(V1, "aa", 10);
  stage.wait(500);
  for (let piece = 0; piece < 5; piece++) stage.move(V1, "aa", 100);
  stage.done(V1, "aa", 1000, "sent");
  stage.take({ type: "found", copy: V1, kind: "manifest", digest: digest("m"), size: 7 });
  stage.take({ type: "done", copy: V1, kind: "manifest", digest: digest("m"), size: 7, outcome: "sent" });
  stage.take({ type: "end", copy: V1, outcome: "done" });
  stage.begin(V2, "cc", 5);
  stage.take({ type: "end", copy: V2, outcome: "failed" });
  stage.progress.finish("done");
  const events = stage.written.trimEnd().split("\n").map((line) => JSON.parse(line));
  const blob = { copy: V1, kind: "blob", digest: digest("aa"), size: 1000 };
  const manifest = { copy: V1, kind: "manifest", digest: digest("m"), size: 7 };
  const other = { copy: V2, kind: "blob", digest: digest("cc"), size: 5 };
  const none = { exists: 0, mounted: 0, linked: 0, sent: 0, skipped: 0 };
  const end = at("00.500");
  assert.deepEqual(events, [
    { event: "found", ...at("00.000"), ...blob },
    { event: "start", ...at("00.000"), ...blob },
    { event: "bytes", ...at("00.100"), ...blob, bytes: 500 },
    { event: "done", ...end, ...blob, outcome: "sent", bytes: 1000 },
    { event: "found", ...end, ...manifest },
    { event: "done", ...end, ...manifest, outcome: "sent" },
    { event: "end", ...end, copy: V1, outcome: "done", manifests: 1, blobs: { ...none, sent: 1 }, bytes: 1000 },
    { event: "found", ...end, ...other },
    { event: "start", ...end, ...other },
    { event: "end", ...end, copy: V2, outcome: "failed", manifests: 0, blobs: none, bytes: 0 },
    {
      event: "summary",
      ...end,
      outcome: "failed",
      copies: { done: 1, failed: 1 },
      manifests: 1,
      blobs: { ...none, sent: 1 },
      bytes: 1000,
      ms: 500,
      rate: 2000,
    },
  ]);
});

Deno.test("json: a run that is stopped has a summary, too", () => {
  const stage = new Stage("json");
  stage.begin(V1, "aa", 1000);
  stage.progress.finish("failed");
  const summary = JSON.parse(stage.written.trimEnd().split("\n").at(-1)!);
  assert.deepEqual([summary.event, summary.outcome, summary.copies], ["summary", "failed", { done: 0, failed: 1 }]);
  stage.progress.finish("done");
  stage.take({ type: "end", copy: V1, outcome: "failed" });
  assert.equal(stage.written.split("\n").length, 4, "nothing follows the summary");
});
