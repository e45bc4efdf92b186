/** The built program runs scripts with what is inside it alone. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { run } from "../support/programs.ts";

const BINARY = fileURLToPath(new URL("../../dist/ferry", import.meta.url));
const isBuilt = await run(BINARY, ["bot", "--help"]).then(({ code }) => code === 0, () => false);

Deno.test({
  name: "the built program has Lua inside" + (isBuilt ? "" : " (skipped: dist/ferry is not built, or has no bot)"),
  ignore: !isBuilt,
  async fn() {
    const dir = await Deno.makeTempDir({ prefix: "ferry-bot-" });
    try {
      // No cache, no home and nothing to download from.
      const env = {
        HOME: dir,
        DENO_DIR: `${dir}/none`,
        HTTPS_PROXY: "http://127.0.0.1:9",
        HTTP_PROXY: "http://127.0.0.1:9",
      };
      const script = "print(6 / 2, string.match('v1.2', '%d'), semver.sort({'1.10', '1.9'})[1], arg[1])";
      const { code, stderr, stdout } = await run(BINARY, ["bot", "run", "-", "x"], { stdin: script, env });
      assert.deepEqual([code, stdout], [0, "3\t1\t1.9\tx\n"], stderr);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
