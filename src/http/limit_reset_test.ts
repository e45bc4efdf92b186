import assert from "node:assert/strict";
import { limitReset, limitWindow } from "./limit_reset.ts";

const NOW = Date.UTC(2024, 0, 1);

Deno.test("limitReset reads every form that registries have", () => {
  const reset = (headers: Record<string, string>) => limitReset(new Headers(headers), NOW);
  assert.equal(reset({ "retry-after": "7" }), 7000);
  assert.equal(reset({ "retry-after": new Date(NOW + 60_000).toUTCString() }), 60_000);
  assert.equal(reset({ "retry-after": "7", "ratelimit-reset": "9" }), 7000);
  assert.equal(reset({ "ratelimit-reset": "720" }), 720_000);
  assert.equal(reset({ "ratelimit-reset": "720;w=21600" }), 720_000);
  assert.equal(reset({ "x-ratelimit-reset": String(NOW / 1000 + 42) }), 42_000);
  assert.equal(reset({ "x-ratelimit-reset": String(NOW + 42_000) }), 42_000);
  assert.equal(reset({ "x-retry-after": String(NOW / 1000 - 5) }), 0);
  assert.equal(reset({ ratelimit: '"pull";r=0;t=900' }), 900_000);
  assert.equal(reset({ ratelimit: '"a";r=5;t=10, "b";r=0;t=30' }), 30_000);
  for (const nonsense of ["", "soon", "-5", "1e9", "NaN", '"x";t=', "9".repeat(400)]) {
    assert.equal(reset({ "ratelimit-reset": nonsense, ratelimit: nonsense }), undefined, nonsense);
  }
  assert.equal(reset({}), undefined);
});

Deno.test("limitWindow reads the limit and its window", () => {
  const window = (headers: Record<string, string>) => limitWindow(new Headers(headers));
  assert.deepEqual(window({ "ratelimit-limit": "100;w=21600" }), { limit: 100, seconds: 21600 });
  assert.deepEqual(window({ "ratelimit-limit": "100, 100;w=60" }), { limit: 100, seconds: undefined });
  assert.deepEqual(window({ "ratelimit-policy": '"pull";q=50;w=3600' }), { limit: 50, seconds: 3600 });
  assert.equal(window({ "ratelimit-limit": "many" }), undefined);
  assert.equal(window({}), undefined);
});
