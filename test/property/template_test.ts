import assert from "node:assert/strict";
import fc from "fast-check";
import { FerryError } from "../../src/errors.ts";
import { renderTemplate } from "../../src/output/template/template.ts";

const DATA = { s: "héllo", n: 42, f: 2.5, t: true, nul: null, list: [1, "a", null, [2]], map: { a: 1, b: { c: "d" } } };
const OPTIONS = { env: () => undefined, readFile: () => "file", now: () => 0 };

const word = fc.constantFrom(
  ..."{{ }} {{- -}} ( ) | . $ $x := = , if else end range with define template block break continue nil true"
    .split(" "),
  ..."print printf println len index slice eq lt and or not json join split html js urlquery default time.Now call"
    .split(" "),
  ...[
    ".s",
    ".n",
    ".f",
    ".t",
    ".nul",
    ".list",
    ".map",
    ".map.b.c",
    "1",
    "-1",
    "1.5",
    "1i",
    '"%v %s"',
    '"x"',
    "`r`",
    "'c'",
  ],
  ...["{{/* c */}}", "\n", "text", "{{end}}", "{{else}}", "{{range .list}}", "{{with .map}}", "{{if .t}}"],
);
const soup = fc.array(word, { maxLength: 25 }).map((words) => words.join(" "));
const anyTemplate = fc.oneof(fc.string({ unit: "binary" }), soup, soup.map((text) => `{{${text}}}`));

/** Renders; an error is a FerryError of a template. Gives undefined then. */
function tryRender(template: string, data: unknown): string | undefined {
  try {
    return renderTemplate(template, data, OPTIONS);
  } catch (error) {
    assert.ok(error instanceof FerryError, `${template}: ${error}`);
    assert.equal(error.code, "TEMPLATE_INVALID");
    assert.match(error.message, /^template: /);
    return undefined;
  }
}

Deno.test("any template renders to well-formed text or ends with a FerryError", () => {
  fc.assert(
    fc.property(anyTemplate, (template) => {
      const text = tryRender(template, DATA);
      if (text !== undefined) assert.ok(text.isWellFormed());
    }),
    { numRuns: 3000 },
  );
});

Deno.test("any data prints, and its JSON is that of JSON.stringify with sorted keys", () => {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]));
  };
  fc.assert(fc.property(fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value))), (value) => {
    assert.notEqual(tryRender('{{.}}{{printf "%+v %#v %q %x %d" . . . . .}}', value), undefined);
    const json = tryRender("{{json .}}", value);
    assert.deepEqual(JSON.parse(json!), sorted(value));
  }));
});

Deno.test("text without actions stays as it is", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }).filter((text) => !text.includes("{{")), (text) => {
    assert.equal(tryRender(text, DATA), text);
  }));
});

Deno.test("a string constant is what it quotes", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => {
    assert.equal(tryRender(`{{${JSON.stringify(text)}}}`, DATA), text);
    const quoted = tryRender(`{{printf "%q" .}}`, text)!;
    assert.equal(tryRender(`{{${quoted}}}`, DATA), text);
  }));
});
