import assert from "node:assert/strict";
import { VERSION } from "./version.ts";

Deno.test("run from its sources, ferry says so and names where it runs", () => {
  assert.equal(VERSION.version, "dev");
  assert.equal(VERSION.commit, "");
  assert.equal(VERSION.runtime, `deno ${Deno.version.deno}`);
  assert.match(VERSION.platform, /^[a-z]+\/(amd64|arm64|[a-z0-9_]+)$/);
});
