/** Steps in any order: the result is whole, and done twice it is the same. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { inLab, mod, ok } from "./lab.ts";

const TIME = "set=2020-01-01T00:00:00Z";

/** Steps that may be done twice; each leaves nothing to do for itself. */
const STEPS: readonly (readonly string[])[] = [
  ["--annotation", "[*]a=b"],
  ["--annotation", "a=c"],
  ["--label", "x=y"],
  ["--env", "PATH="],
  ["--config-cmd", '["a"]'],
  ["--time", TIME],
  ["--layer-time", `${TIME},base-layers=1`],
  ["--layer-strip-file", "etc/secret"],
  ["--reproducible"],
  ["--layer-compress", "zstd"],
  ["--layer-compress", "none"],
  ["--to-docker"],
  ["--to-oci"],
  ["--digest-algo", "sha512"],
  ["--data-max", "600"],
];

Deno.test("any steps in any order give an image that is whole; the same once more change nothing", () =>
  inLab(async ({ place }) => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...STEPS], { maxLength: 6 }),
        fc.constantFrom("all", "one"),
        async (steps, tag) => {
          const once = await mod(`${place}:${tag}`, ...steps.flat());
          const digest = await ok(["image", "digest", once]);
          const twice = await ok(["image", "mod", once, "--create", "twice", ...steps.flat()]);
          assert.equal(await ok(["image", "digest", twice.trim()]), digest);
        },
      ),
      { numRuns: 20 },
    );
  }));
