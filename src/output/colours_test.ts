import assert from "node:assert/strict";
import { colouredDiff, wantsColours } from "./colours.ts";

Deno.test("NO_COLOR comes first, then FORCE_COLOR, then the terminal", () => {
  const wants = (env: Record<string, string>, isTerminal: boolean) => wantsColours((name) => env[name], isTerminal);
  assert.deepEqual([wants({}, true), wants({}, false)], [true, false]);
  assert.equal(wants({ NO_COLOR: "1", FORCE_COLOR: "1" }, true), false);
  assert.equal(wants({ NO_COLOR: "" }, true), true);
  assert.equal(wants({ FORCE_COLOR: "1" }, false), true);
  assert.equal(wants({ FORCE_COLOR: "0" }, true), false);
});

Deno.test("lines of differences are coloured by how they start", () => {
  assert.equal(
    colouredDiff("@@ -1,2 +1,2 @@\n- old\n+ new\n  same - not\n"),
    "\x1b[36m@@ -1,2 +1,2 @@\x1b[0m\n\x1b[31m- old\x1b[0m\n\x1b[32m+ new\x1b[0m\n  same - not\n",
  );
});
