import assert from "node:assert/strict";
import { givenPlugins } from "./given_plugins.ts";

Deno.test("--plugin is found wherever it stands, up to --", () => {
  assert.deepEqual(givenPlugins(["--plugin", "a", "x", "--plugin=b", "--plugins=c", "--", "--plugin", "d"]), [
    "a",
    "b",
  ]);
  assert.deepEqual(givenPlugins(["x", "--plugin"]), []);
  assert.deepEqual(givenPlugins(["--plugin", "--plugin=a"]), ["--plugin=a"]);
});
