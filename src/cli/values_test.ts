import assert from "node:assert/strict";
import { FerryError } from "../errors.ts";
import type { ArgSpec, FlagSpec } from "../plugin.ts";
import { readArgs, readFlags, usage, type ValueReaders } from "./values.ts";

const READERS: ValueReaders = {
  reference: (text) => ({ reference: text }),
  registry: (text) => `registry ${text}`,
  digest: (text) => {
    if (!text.startsWith("sha256:")) throw new FerryError("DIGEST_INVALID", "no digest");
    return text;
  },
};

function flag(spec: Partial<FlagSpec>, ...texts: string[]): unknown {
  const flags = { x: { type: "string", summary: "s", ...spec } as FlagSpec };
  return readFlags(new Map(texts.length === 0 ? [] : [["x", texts]]), flags, READERS).x;
}

Deno.test("readFlags gives values in their types, defaults, and the last of several", () => {
  assert.equal(flag({}), undefined);
  assert.equal(flag({ default: "d" }), "d");
  assert.equal(flag({}, "a", "b"), "b");
  assert.deepEqual(flag({ repeated: true }), []);
  assert.deepEqual(flag({ repeated: true }, "a,b", "c"), ["a,b", "c"]);
  assert.deepEqual(flag({ repeated: true, commas: true }, "a,b", "c"), ["a", "b", "c"]);
  assert.equal(flag({ type: "integer" }, "-12"), -12);
  assert.equal(flag({ type: "number" }, "1.5"), 1.5);
  assert.equal(flag({ type: "boolean" }, "T"), true);
  assert.equal(flag({ type: "boolean" }, "0"), false);
  assert.equal(flag({ choices: ["a", "b"] }, "b"), "b");
  assert.deepEqual(flag({ type: "reference" }, "r"), { reference: "r" });
  assert.equal(flag({ type: "registry" }, "r"), "registry r");
});

Deno.test("readFlags refuses values of the wrong form", () => {
  const cases: [Partial<FlagSpec>, string, RegExp][] = [
    [{ type: "integer" }, "1.5", /must be a whole number, not "1.5"/],
    [{ type: "integer" }, "1e99", /whole number/],
    [{ type: "integer" }, "", /whole number/],
    [{ type: "number" }, " ", /must be a number/],
    [{ type: "boolean" }, "yes", /must be true or false/],
    [{ type: "digest" }, "abc", /must be a digest/],
    [{ choices: ["enabled", "disabled"] }, "disable", /cannot be "disable"/],
  ];
  for (const [spec, text, message] of cases) {
    assert.throws(() => flag(spec, text), (error) => {
      assert.ok(error instanceof FerryError);
      assert.equal(error.code, "FLAG_INVALID");
      assert.match(error.message, message);
      return true;
    });
  }
  assert.throws(() => flag({ choices: ["enabled", "disabled"] }, "disable"), { hint: 'did you mean "disabled"?' });
  assert.throws(() => flag({ choices: ["a", "b"] }, "zzzz"), { hint: "use one of a, b" });
});

Deno.test("readArgs takes arguments in order and refuses too few and too many", () => {
  const specs: ArgSpec[] = [
    { name: "source", type: "string", required: true, summary: "where from" },
    { name: "more", type: "string", summary: "s" },
  ];
  const read = (...words: string[]) => readArgs(words, specs, "ferry x", READERS);
  assert.deepEqual(read("a"), { source: "a", more: undefined });
  assert.deepEqual(read("a", "b"), { source: "a", more: "b" });
  assert.throws(() => read(), { code: "ARGUMENT_MISSING", hint: "usage: ferry x <source> [more]" });
  assert.throws(() => read("a", "b", "c"), { code: "ARGUMENT_INVALID", message: 'Too many arguments: "c"' });
  assert.deepEqual(
    readArgs(["a", "b"], [{ name: "all", type: "string", repeated: true, required: true, summary: "s" }], "f", READERS),
    { all: ["a", "b"] },
  );
});

Deno.test("usage shows arguments", () => {
  assert.equal(
    usage([
      { name: "a", type: "string", required: true, summary: "s" },
      { name: "b", type: "string", repeated: true, summary: "s" },
    ]),
    " <a> [b...]",
  );
});
