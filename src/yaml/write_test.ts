import assert from "node:assert/strict";
import fc from "fast-check";
import { parse } from "yaml";
import { writeYaml } from "./write.ts";

Deno.test("what is written is read as the same value, by yaml 1.2 and 1.1", () => {
  const scalar = fc.oneof(
    fc.string({ unit: "binary", maxLength: 8 }).map((text) => text.toWellFormed()),
    fc.stringMatching(/^[a-z0-9:/.@ {}\[\]#'"|>%&*!?,~=<+-]{0,8}$/),
    fc.constantFrom(
      "yes",
      "No",
      "null",
      "~",
      "1.10",
      "0x1",
      "1e3",
      "=",
      "<<",
      "2001-01-01",
      "12:30:45",
      "a: b",
      "a #b",
      "-",
      ".5",
    ),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.boolean(),
    fc.constant(null),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, scalar, tie("list"), tie("mapping")),
    list: fc.array(tie("value"), { maxLength: 3 }),
    mapping: fc.dictionary(
      fc.oneof(fc.stringMatching(/^[a-z]{1,4}$/), fc.constantFrom("a b", "3", "x:", "yes", "")),
      tie("value"),
      {
        maxKeys: 3,
        noNullPrototype: true,
      },
    ),
  }));
  fc.assert(
    fc.property(value, (one) => {
      const text = writeYaml(one);
      assert.deepEqual(parse(text, { logLevel: "silent" }), one, text);
      assert.deepEqual(parse(text, { version: "1.1", logLevel: "silent" }), one, text);
    }),
    { numRuns: 150 },
  );
});

Deno.test("lists stand under their keys", () => {
  const value = {
    a: [{ b: [1], c: {} }, [["x"], []]],
    d: { e: { f: null } },
    g: "two\nlines",
    h: "a: b",
    i: undefined,
  };
  assert.equal(
    writeYaml(value),
    'a:\n- b:\n  - 1\n  c: {}\n-\n  -\n    - x\n  - []\nd:\n  e:\n    f: null\ng: "two\\nlines"\nh: "a: b"\n',
  );
});
