import assert from "node:assert/strict";
import fc from "fast-check";
import type { FlagSpec } from "../plugin.ts";
import { isFerryError } from "../errors.ts";
import { parseWords } from "./parse_words.ts";
import { withGlobalFlags } from "./global_flags.ts";
import { argumentPlaces, flagLookup, plainWords } from "./words.ts";

const FLAGS: Record<string, FlagSpec> = {
  platform: { type: "platform", short: "p", repeated: true, summary: "s" },
  limit: { type: "integer", summary: "s", aliases: ["max"] },
  force: { type: "boolean", short: "f", summary: "s" },
  "no-config": { type: "boolean", summary: "s" },
  color: { type: "string", bare: "always", summary: "s" },
};

function parse(...words: string[]) {
  const { args, values } = parseWords(words, withGlobalFlags(FLAGS));
  return { args, values: Object.fromEntries(values) };
}

Deno.test("every way to write a flag that cobra takes", () => {
  const cases: [string[], string[], Record<string, string[]>][] = [
    [["a", "b"], ["a", "b"], {}],
    [["--limit", "3", "a"], ["a"], { limit: ["3"] }],
    [["--limit=3", "a"], ["a"], { limit: ["3"] }],
    [["--limit=", "a"], ["a"], { limit: [""] }],
    [["--limit", "-1"], [], { limit: ["-1"] }],
    [["--max", "3"], [], { limit: ["3"] }],
    [["a", "--limit", "3", "b"], ["a", "b"], { limit: ["3"] }],
    [["-p", "linux/arm64"], [], { platform: ["linux/arm64"] }],
    [["-plinux/arm64"], [], { platform: ["linux/arm64"] }],
    [["-p=linux/arm64"], [], { platform: ["linux/arm64"] }],
    [["-p", "=x"], [], { platform: ["=x"] }],
    [["-p", "a", "--platform=b", "-pc"], [], { platform: ["a", "b", "c"] }],
    [["-vdebug"], [], { verbosity: ["debug"] }],
    [["-v", "debug"], [], { verbosity: ["debug"] }],
    [["--force", "a"], ["a"], { force: ["true"] }],
    [["--force=false", "a"], ["a"], { force: ["false"] }],
    [["-f", "false"], ["false"], { force: ["true"] }],
    [["-f=false"], [], { force: ["false"] }],
    [["-fq"], [], { force: ["true"], quiet: ["true"] }],
    [["-qfp", "x"], [], { quiet: ["true"], force: ["true"], platform: ["x"] }],
    [["-fpx"], [], { force: ["true"], platform: ["x"] }],
    [["--no-config"], [], { "no-config": ["true"] }],
    [["--color", "a"], ["a"], { color: ["always"] }],
    [["--color=never"], [], { color: ["never"] }],
    [["--limit", "--force"], [], { limit: ["--force"] }],
    [["--limit", "1", "--", "--force", "-x"], ["--force", "-x"], { limit: ["1"] }],
    [["-"], ["-"], {}],
    [["a", "--", "--", "b"], ["a", "--", "b"], {}],
    [["--user-agent", "a b=c"], [], { "user-agent": ["a b=c"] }],
    [["--limit=a=b"], [], { limit: ["a=b"] }],
    [["-1"], ["-1"], {}],
  ];
  for (const [words, args, values] of cases) assert.deepEqual(parse(...words), { args, values }, words.join(" "));
});

Deno.test("unknown flags and missing values are refused with the nearest name", () => {
  const cases: [string[], string, string, string | undefined][] = [
    [["--limt", "3"], "FLAG_UNKNOWN", 'Unknown flag "--limt"', 'did you mean "--limit"?'],
    [["--limt=3"], "FLAG_UNKNOWN", 'Unknown flag "--limt"', 'did you mean "--limit"?'],
    [["-z"], "FLAG_UNKNOWN", 'Unknown flag "-z"', undefined],
    [["-fz"], "FLAG_UNKNOWN", 'Unknown flag "-z"', undefined],
    [["--limit"], "FLAG_INVALID", 'Flag "--limit" needs a value', undefined],
    [["-p"], "FLAG_INVALID", 'Flag "--platform" needs a value', undefined],
    [["--__proto__"], "FLAG_UNKNOWN", 'Unknown flag "--__proto__"', undefined],
    [["--constructor=x"], "FLAG_UNKNOWN", 'Unknown flag "--constructor"', undefined],
  ];
  for (const [words, code, message, hint] of cases) {
    assert.throws(() => parse(...words), (error) => {
      assert.ok(isFerryError(error), words.join(" "));
      assert.deepEqual([error.code, error.message], [code, message]);
      if (hint !== undefined) assert.equal(error.hint, hint);
      return true;
    });
  }
});

Deno.test("values of any text come through every way to write them", () => {
  const value = fc.string({ maxLength: 12 });
  fc.assert(fc.property(value, fc.array(fc.stringMatching(/^[a-z]{1,5}$/), { maxLength: 3 }), (text, args) => {
    assert.deepEqual(parse(...args, "--limit", text), { args, values: { limit: [text] } });
    assert.deepEqual(parse(`--limit=${text}`, ...args), { args, values: { limit: [text] } });
    assert.deepEqual(parse("-p", text, "--", ...args), { args, values: { platform: [text] } });
    assert.deepEqual(parse(`-p=${text}`, ...args), { args, values: { platform: [text] } });
  }));
});

Deno.test("plainWords is idempotent where every flag is known", () => {
  const word = fc.constantFrom("a", "--force", "--limit=1", "-f", "-px", "--color", "-q", "b");
  fc.assert(fc.property(fc.array(word), (words) => {
    const lookup = flagLookup(withGlobalFlags(FLAGS));
    const plain = plainWords(words, lookup);
    assert.deepEqual(plainWords(plain, lookup), plain);
  }));
});

Deno.test("argumentPlaces passes over flags and their values, and ends at --", () => {
  const words = ["-v", "debug", "a", "--limit", "5", "b", "--force", "c", "--", "d"];
  assert.deepEqual([...argumentPlaces(words, flagLookup(withGlobalFlags(FLAGS)))], [2, 5, 7]);
});

Deno.test("a command's own flag hides a global one of the same name or letter", () => {
  const own: Record<string, FlagSpec> = {
    quiet: { type: "string", summary: "own" },
    value: { type: "string", short: "v", summary: "own" },
  };
  const flags = withGlobalFlags(own);
  assert.equal(flags.quiet!.summary, "own");
  assert.equal(flags.verbosity!.short, undefined);
  assert.deepEqual(Object.fromEntries(parseWords(["-vx", "--quiet", "y"], flags).values), {
    value: ["x"],
    quiet: ["y"],
  });
});
