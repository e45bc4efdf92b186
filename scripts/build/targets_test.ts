import assert from "node:assert/strict";
import { CARVINGS } from "./carve.ts";
import { parseTarget, parseTargets, programName, TARGETS } from "./targets.ts";

Deno.test("targets answer to what images, Node and Rust call them", () => {
  for (const name of ["darwin-arm64", "macos-arm64", "darwin/arm64", "macos-aarch64", "aarch64-apple-darwin"]) {
    assert.equal(parseTarget(name).name, "darwin-arm64");
  }
  assert.equal(parseTarget("linux-x64").name, "linux-amd64");
  assert.throws(() => parseTarget("plan9-amd64"), /"plan9-amd64".*linux-amd64/);
});

Deno.test("all means every target, lists keep the order of the table and name none twice", () => {
  assert.deepEqual(parseTargets(["linux-arm64,linux-amd64", "linux/arm64"]), {
    targets: TARGETS.slice(0, 2),
    all: false,
  });
  assert.deepEqual(parseTargets(["all"]), { targets: TARGETS, all: true });
});

Deno.test("programs are named by system and architecture", () => {
  assert.deepEqual(TARGETS.map(programName), [
    "ferry-linux-amd64",
    "ferry-linux-arm64",
    "ferry-darwin-amd64",
    "ferry-darwin-arm64",
    "ferry-windows-amd64.exe",
  ]);
});

Deno.test("every runtime out of a package is pinned, and for a target that there is", () => {
  for (const [key, { sha256, package: name }] of Object.entries(CARVINGS)) {
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.match(name, /@\d+\.\d+\.\d+$/);
    assert.ok(TARGETS.some(({ triple }) => key.endsWith(` ${triple}`)), key);
  }
});
