import assert from "node:assert/strict";
import { FerryError } from "../errors.ts";
import { problemText } from "./problem.ts";
import { readYaml } from "./read.ts";
import { COUNT, DURATION, eitherOf, FLAG, listOf, mapOf, objectOf, oneOf, SECRET, TEXT, textOf } from "./shape.ts";
import { WHEN_KEYS } from "./when.ts";

const ITEM = objectOf("item", {
  name: { shape: TEXT, summary: "name", required: true },
  kind: { shape: oneOf(["big", "small"]), summary: "kind" },
  pass: { shape: SECRET, summary: "secret" },
  match: { shape: listOf(textOf("regexp")), summary: "expressions" },
});
const FORM = objectOf("form", {
  size: { shape: COUNT, summary: "size", aliases: ["length"] },
  quick: { shape: FLAG, summary: "quick" },
  age: { shape: { kind: "duration", days: true, min: 0 }, summary: "age" },
  wait: { shape: DURATION, summary: "wait" },
  items: { shape: listOf(ITEM), summary: "items" },
  labels: { shape: mapOf(TEXT), summary: "labels" },
  either: { shape: eitherOf(ITEM, FLAG, COUNT, listOf(TEXT)), summary: "several forms" },
  old: { shape: TEXT, summary: "old", deprecated: "use size" },
  one: { shape: TEXT, summary: "one" },
  other: { shape: TEXT, summary: "other" },
  ...WHEN_KEYS,
});

/** The value and the warnings of a text. */
async function read(text: string, strict = false) {
  const { problems, value } = await readYaml(text, "f.yml", FORM, { strict });
  return { value, warnings: problems.warnings.map((problem) => problemText("f", problem)) };
}

/** The mistakes of a text, one a line. */
async function mistakes(text: string, strict = false): Promise<string> {
  try {
    await readYaml(text, "f", FORM, { strict });
  } catch (error) {
    assert.ok(error instanceof FerryError && error.code === "CONFIG_INVALID", String(error));
    const hint = error.hint === undefined ? "" : ` (${error.hint})`;
    return (error.message + hint).replace(/^File "f" has \d+ mistakes:\n {2}/, "").replaceAll("\n  ", "\n");
  }
  return "";
}

Deno.test("values are read as Go's yaml reads them", async () => {
  const { value, warnings } = await read(`
size: "3"
quick: True
age: 1w2d12h
wait: 1m30s
items:
- {name: 1.10, kind: small, match: [3, "a.*", ]}
- name: 0x10
  kind:
- name: |
    two
    lines
labels: {a: 1, b: true, c: ~, "d e": x, <<: {f: g}}
either: [x, 2]
interval: 0
x-own: {anything: [goes, {here: 1}]}
`);
  assert.deepEqual(warnings, []);
  assert.deepEqual(value, {
    size: 3,
    quick: true,
    age: 9.5 * 86_400_000,
    wait: 90_000,
    items: [{ name: "1.10", kind: "small", match: ["3", "a.*"] }, { name: "0x10" }, { name: "two\nlines\n" }],
    labels: { a: "1", b: "true", c: "", "d e": "x", f: "g" },
    either: ["x", "2"],
    interval: 0,
  });
});

Deno.test("one of several forms is chosen by the kind of the value", async () => {
  for (const [text, expected] of [["true", true], ["3", 3], ["{name: a}", { name: "a" }], ["[]", []]] as const) {
    assert.deepEqual((await read(`either: ${text}`)).value.either, expected);
  }
  assert.equal(
    await mistakes("either: text"),
    "f:1:9: either: This must be a mapping or true or false or a whole number or a list, not a single value",
  );
});

Deno.test("anchors, aliases and merges", async () => {
  const { value } = await read(`
x-a: &a {name: base, kind: big, pass: p}
x-b: &b {kind: small, match: [b]}
x-n: &n 5
size: *n
items:
- *a
- {name: own, <<: *a}
- {<<: [*b, *a]}
- <<: *a
  <<: *b
  name: twice
`);
  assert.equal(value.size, 5);
  assert.deepEqual(value.items, [
    { name: "base", kind: "big", pass: "p" },
    { name: "own", kind: "big", pass: "p" },
    { name: "base", kind: "small", pass: "p", match: ["b"] },
    { name: "twice", kind: "big", pass: "p", match: ["b"] },
  ]);
});

Deno.test("an anchor that is there twice means the last one before the alias", async () => {
  const { value } = await read("x: &a 1\none: *a\nx-2: &a 2\nother: *a\n");
  assert.deepEqual([value.one, value.other], ["1", "2"]);
});

Deno.test("BOM, CRLF and an empty file", async () => {
  assert.deepEqual((await read("\uFEFFsize: 1\r\nitems:\r\n- name: a\r\n")).value, { size: 1, items: [{ name: "a" }] });
  for (const text of ["", "\uFEFF", "# only this\n", "---\n", "---\n...\n"]) {
    assert.deepEqual((await read(text)).value, {}, JSON.stringify(text));
  }
  assert.deepEqual((await read("size: 1\n---\n")).value, { size: 1 });
});

Deno.test("warnings: unknown, deprecated and repeated keys", async () => {
  const text = 'sise: 1\nsize: 1\nsize: 2\nlength: 3\nold: x\nitems: [{name: a, nmae: b, "x-y": c}]\nzzz: 1\n';
  const { value, warnings } = await read(text);
  assert.equal(value.size, 2);
  assert.deepEqual(warnings, [
    'f:1:1: sise: Key "sise" is not known (did you mean "size"?)',
    'f:3:1: Key "size" is there twice: the last one counts (keep one of them)',
    'f:4:1: length: Key "length" means the same as "size", which is there too and counts (keep one of them)',
    'f:5:1: old: Key "old" is deprecated (use size)',
    'f:6:19: items[0].nmae: Key "nmae" is not known (did you mean "name"?)',
    'f:7:1: zzz: Key "zzz" is not known (names that begin with "x-" are free for your own use)',
  ]);
  assert.equal(
    await mistakes("sise: 1\nitems: [{name: a, nmae: b}]", true),
    'f:1:1: sise: Key "sise" is not known (did you mean "size"?)\n' +
      'f:2:19: items[0].nmae: Key "nmae" is not known (did you mean "name"?)',
  );
  assert.equal((await read("length: 4")).value.size, 4);
});

Deno.test("broken files tell every mistake and where it is", async () => {
  const cases: [text: string, expected: string][] = [
    ["size: many", 'f:1:7: size: This must be a whole number from 0, not "many"'],
    [
      "size: -1\nquick: maybe",
      'f:1:7: size: This must be a whole number from 0, not "-1"\nf:2:8: quick: This must be true or false, not "maybe"',
    ],
    ["quick: yes", 'f:1:8: quick: This must be true or false, not "yes" (write true)'],
    ["size: 1.5", 'f:1:7: size: This must be a whole number from 0, not "1.5"'],
    ["size: [1]", "f:1:7: size: This must be a whole number, not a list"],
    ["wait: 60", 'f:1:7: wait: This must be a duration, not "60" (add a unit: "60s", "60m" or "60h")'],
    ["wait: 2d", 'f:1:7: wait: This must be a duration, not "2d" (write 48h)'],
    ["wait: soon", 'f:1:7: wait: This must be a duration, not "soon" (use for example "90s" or "1h30m")'],
    ["wait: -5m", 'f:1:7: wait: Duration "-5m" is too short'],
    ["items: {name: a}", "f:1:8: items: This must be a list, not a mapping"],
    ["items: [a]", "f:1:9: items[0]: This must be a mapping, not a single value"],
    ["items: [~]", "f:1:9: items[0]: This must be a mapping, not nothing"],
    [
      "items:\n- kind: bgi",
      'f:2:3: items[0]: Key "name" is missing\nf:2:9: items[0].kind: This must be one of big, small, not "bgi" (did you mean "big"?)',
    ],
    ["items: [{name: ü, kind: x}]", 'f:1:25: items[0].kind: This must be one of big, small, not "x"'],
    ["labels: [a]", "f:1:9: labels: This must be a mapping, not a list"],
    ["labels: {a b: [c]}", 'f:1:15: labels["a b"]: This must be a text, not a list'],
    [
      "schedule: 99 * * * *",
      'f:1:11: schedule: Schedule "99 * * * *" is not valid: invalid value for minute: 99 (use minute, hour, day of month, month, day of week, for example 0 3 * * *)',
    ],
    [
      "items: [{name: a, match: ['(']}]",
      'f:1:27: items[0].match[0]: Regular expression "(" is not valid: error parsing regexp: missing closing ): `(` (expressions are in Go\'s syntax and match the whole name)',
    ],
    ["[a]", "f:1:1: This must be a mapping, not a list"],
    ["text", "f:1:1: This must be a mapping, not a single value"],
    ["size: 1\n---\nsize: 2", 'f:3:1: File holds several documents (keep one, without "---" between them)'],
    ["items:\n\t- name: a", "f:2:1: Tabs are not allowed as indentation (indent with spaces)"],
    ["one: a: b", 'f:1:6: Nested mappings are not allowed in compact mappings (put texts with ": " in quotes)'],
    ["one: 'a", "f:1:8: Missing closing 'quote (check quotes and brackets)"],
    ["one: *gone", 'f:1:6: Alias "*gone" names nothing (put the anchor "&gone" before it)'],
    ["items: &i [*i]", 'f:1:12: Alias "*i" stands inside of what it names'],
    ["<<: 3", 'f:1:1: Key "<<" needs a mapping, or a list of mappings'],
    ["? [a]\n: b", "f:1:3: A key must be a text"],
    [": b", "f:1:1: A key is empty"],
    ["one: !!binary aGVsbG8=", 'f:1:15: Values of type "tag:yaml.org,2002:binary" have no meaning here'],
    ["items: [{pass: *hunter2, name: a}]", "f:1:16: This is not valid yaml (put the value in quotes)"],
    ["items:\n- pass: !hunter2! x\n  name: a", "f:2:9: This is not valid yaml (put the value in quotes)"],
    ["items: [{name: a, pass: [hunter2]}]", "f:1:25: items[0].pass: This must be a text, not a list"],
  ];
  for (const [text, expected] of cases) assert.equal(await mistakes(text), expected, text);
});

Deno.test("a mistake in what an anchor names is told once, where it is", async () => {
  const text = "x-a: &a {name: a, kind: huge}\nitems: [*a, *a]\neither: *a\n";
  assert.equal(await mistakes(text), 'f:1:25: items[0].kind: This must be one of big, small, not "huge"');
});

Deno.test("hostile files end", async () => {
  const tower = Array.from(
    { length: 30 },
    (_, at) => `x-${at}: &a${at} [${at === 0 ? "x,x" : `*a${at - 1},*a${at - 1}`}]`,
  );
  const list = ["&a x", ...Array.from({ length: 1000 }, () => "*a")];
  assert.equal((await read(`either: [${list.join(", ")}]`)).value.either instanceof Array, true);
  const cases: [string, RegExp][] = [
    [tower.join("\n"), /Aliases make more than 1000000 values/],
    ["[".repeat(20_000), /nested too deep/],
    [`${"[".repeat(150)}${"]".repeat(150)}`, /nested deeper than 100 levels/],
    ["{a: ".repeat(20_000), /nested too deep/],
    ["- ".repeat(20_000), /nested too deep/],
    ["? ".repeat(20_000), /nested too deep/],
    ["a: &x {<<: *x}", /stands inside/],
    ["#".repeat((2 << 20) + 1), /larger than 2 MiB/],
    ["\0", /must be a mapping|not allowed/],
  ];
  for (const [text, message] of cases) {
    const told = await mistakes(text);
    assert.match(told, message);
    assert.ok(told.length < 10_000);
  }
});

Deno.test("keys of objects' own making are keys like others", async () => {
  const { value } = await read("labels: {__proto__: a, constructor: b, toString: c}\n__proto__: {size: 1}\n");
  assert.deepEqual(Object.entries(value.labels ?? {}), [["__proto__", "a"], ["constructor", "b"], ["toString", "c"]]);
  assert.equal(value.size, undefined);
});
