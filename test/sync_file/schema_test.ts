import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { loadYaml, type Shape } from "../../src/mod.ts";
import { checkYaml } from "../../src/yaml/check.ts";
import { parseYaml } from "../../src/yaml/parse.ts";
import { ProblemList } from "../../src/yaml/problem.ts";
import { syncForm } from "../../plugins/sync/file/form.ts";
import { syncSchema } from "../../plugins/sync/file/mod.ts";
import { parse, vectors } from "./support.ts";

const yaml = await loadYaml();
const schema = await syncSchema();
const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true }).compile(
  schema,
);

/** Values for a shape: mostly right ones, some wrong. */
function valueFor(shape: Shape): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 30, arbitrary: rightFor(shape) }, { weight: 1, arbitrary: WRONG });
}

const WRONG: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom("", "word", "1h", "^1", "linux/amd64", true, 0, -1, 1.5, 7, null),
  fc.constant([]),
  fc.constant({}),
  fc.array(fc.constantFrom("x", null), { maxLength: 2 }),
);

/** Texts that are right for their format, so that only the form decides. */
const TEXTS: Readonly<Record<string, readonly string[]>> = {
  regexp: ["v\\d+", "latest"],
  range: ["^1.2", ""],
  schedule: ["@hourly", "0 3 * * *"],
  template: ["x", "{{ 3 }}"],
  name: ["one"],
  platform: ["linux/amd64", "local"],
};

function rightFor(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case "text":
      if (shape.choices !== undefined) return fc.constantFrom(...shape.choices);
      if (shape.format !== undefined) return fc.constantFrom(...TEXTS[shape.format]!);
      return fc.constantFrom("a", "b c", 3, true);
    case "number":
      return fc.constantFrom(shape.min ?? 0, 3, 12);
    case "flag":
      return fc.boolean();
    case "duration":
      return fc.constantFrom("1h", "1m30s", "0", 0, ".5s", ...(shape.days === true ? ["90d", "2w1d3h"] : []));
    case "list":
      return fc.array(valueFor(shape.of), { minLength: shape.min ?? 0, maxLength: 3 });
    case "map":
      return fc.dictionary(fc.constantFrom("k", "l"), valueFor(shape.of));
    case "either":
      return fc.oneof(...shape.of.map(rightFor));
    case "object": {
      const keys = Object.entries(shape.keys);
      const some = fc.record(
        Object.fromEntries(
          keys.flatMap(([name, key]) =>
            [name, ...key.aliases ?? []].map((spelling) => [spelling, valueFor(key.shape)])
          ),
        ),
        { requiredKeys: keys.filter(([, key]) => key.required === true).map(([name]) => name) },
      );
      // A few keys only: every key at once is almost never right.
      return fc.tuple(
        some,
        fc.subarray(keys.map(([name]) => name), { maxLength: Math.min(4, keys.length) }),
        fc.constantFrom("", "x-own", "odd"),
      )
        .map(([value, kept, extra]) => {
          const wanted = new Set([...kept, ...(shape.needs ?? []).map(([first]) => first)]);
          const entries = Object.entries(value).filter(([name]) =>
            wanted.has(name) || shape.keys[name]?.required === true
          );
          return Object.fromEntries(extra === "x-own" ? [...entries, [extra, [1]]] : entries);
        });
    }
  }
}

/** Whether the check, strictly, takes the form of a value; what texts mean (formats) is not looked at. */
function checks(value: unknown): boolean {
  const problems = new ProblemList("f");
  const node = parseYaml(yaml.writeYaml(value), problems);
  assert.ok(node !== undefined);
  checkYaml(node, syncForm(yaml), problems, { strict: true });
  return problems.errors.length === 0;
}

Deno.test("schema and check agree on generated files", () => {
  let right = 0;
  let wrong = 0;
  fc.assert(
    fc.property(rightFor(syncForm(yaml)), (value) => {
      const valid = validate(value);
      if (valid) right++;
      else wrong++;
      assert.equal(checks(value), valid, `${JSON.stringify(value)} ${JSON.stringify(validate.errors)}`);
    }),
    { numRuns: 300 },
  );
  assert.ok(right > 30 && wrong > 30, `${right} right, ${wrong} wrong`);
});

Deno.test("the schema takes people's files, and tells mistakes", async () => {
  const { parse: plain } = await import("yaml");
  for (const { name, text } of await vectors()) {
    const value = plain(text, { merge: true });
    // A key of a step at the top: a warning of the check.
    if (name === "policy.yml") delete value.tags;
    assert.ok(validate(value), `${name}: ${JSON.stringify(validate.errors)}`);
    assert.ok((await parse(text)).steps.length > 0);
  }
  assert.ok(!validate({ sync: [{ source: "a", target: "b", type: "image", fastchek: true }] }));
  assert.ok(!validate({ sync: [{ source: "a", type: "image" }] }));
});

Deno.test("the schema is draft 2020-12 with a description for every key", () => {
  assert.equal(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  let keys = 0;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    if ("properties" in value) {
      for (const [name, key] of Object.entries(value.properties as Record<string, { description?: string }>)) {
        keys++;
        assert.match(key.description ?? "", /^\S.*\S$/, name);
      }
    }
    Object.values(value).forEach(visit);
  };
  visit(schema);
  assert.ok(keys > 90, String(keys));
});
