import assert from "node:assert/strict";
import type { CopyEvent } from "../copy/event.ts";
import { createCopyWatcher, type ProgressMode } from "./copy_watcher.ts";

const EVENTS: CopyEvent[] = [
  { type: "found", kind: "blob", digest: "sha256:a", size: 1500 },
  { type: "start", kind: "blob", digest: "sha256:a", size: 1500 },
  { type: "bytes", digest: "sha256:a", bytes: 1500 },
  { type: "done", kind: "blob", digest: "sha256:a", size: 1500, outcome: "sent" },
  { type: "done", kind: "blob", digest: "sha256:b", size: 10, outcome: "mounted" },
  { type: "done", kind: "blob", digest: "sha256:c", size: 10, outcome: "exists" },
  { type: "done", kind: "manifest", digest: "sha256:d", size: 10, outcome: "sent" },
];

function watch(mode: ProgressMode, isTerminal: boolean, events = EVENTS) {
  const lines: string[] = [];
  let now = 0;
  const watcher = createCopyWatcher({ mode, isTerminal, write: (line) => void lines.push(line), now: () => now });
  for (const event of events) watcher.onEvent?.(event);
  now = 2400;
  watcher.finish();
  return { lines, watcher };
}

Deno.test("one line says at the end what was copied", () => {
  const expected = ["Manifests: 1 | Blobs: 2 copied (1.500kB sent), 1 skipped | Elapsed: 2s"];
  assert.deepEqual(watch("auto", true).lines, expected);
  assert.deepEqual(watch("tty", false).lines, expected);
  assert.deepEqual(watch("plain", false).lines, expected);
});

Deno.test("nobody watches off a terminal or with none, and nothing is said where nothing happened", () => {
  for (const { lines, watcher } of [watch("auto", false), watch("none", true)]) {
    assert.equal(watcher.onEvent, undefined);
    assert.deepEqual(lines, []);
  }
  assert.deepEqual(watch("plain", false, []).lines, []);
});

Deno.test("json gives every event as a line", () => {
  assert.deepEqual(watch("json", false).lines.map((line) => JSON.parse(line)), EVENTS);
});

Deno.test("kept says what stays of a stopped copy", () => {
  assert.match(watch("plain", false).watcher.kept(), /^2 blobs and 1 manifests that arrived whole are kept/);
  assert.match(watch("none", false).watcher.kept(), /^what was already complete is kept/);
});
