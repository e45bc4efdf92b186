import assert from "node:assert/strict";
import { FerryError } from "../../errors.ts";
import { compileTemplate, renderTemplate } from "./template.ts";

interface Vectors {
  readonly data: readonly unknown[];
  readonly cases: readonly {
    readonly template: string;
    readonly data: number;
    readonly ok: boolean;
    readonly out?: string;
    readonly err?: string;
  }[];
}

function vectors(file: string): Vectors {
  return JSON.parse(Deno.readTextFileSync(new URL(`../../../test/vectors/${file}`, import.meta.url)));
}

/** The message of the error that rendering ends with. */
function failureOf(template: string, data: unknown): string {
  try {
    renderTemplate(template, data);
  } catch (error) {
    assert.ok(error instanceof FerryError);
    assert.equal(error.code, "TEMPLATE_INVALID");
    return error.message;
  }
  assert.fail(`${template} is no error`);
}

for (const [file, count] of [["template.json", 190], ["template_more.json", 1500]] as const) {
  Deno.test(`templates render as Go renders every case of ${file}`, () => {
    const { data, cases } = vectors(file);
    assert.ok(cases.length >= count);
    for (const { template, data: at, ok, out } of cases) {
      if (ok) assert.equal(renderTemplate(template, data[at]), out, template);
      else failureOf(template, data[at]);
    }
  });
}

Deno.test("errors have Go's words", () => {
  const { data, cases } = vectors("template.json");
  // One message prints a whole list, which ours leaves out.
  const same = cases.filter(({ ok, template }) => !ok && template !== "{{eq .a .a}}");
  assert.ok(same.length > 30);
  for (const { template, data: at, err } of same) assert.equal(failureOf(template, data[at]), err);
});

Deno.test("errors have the line and the column in bytes", () => {
  assert.equal(
    failureOf("a\né {{len 3}}", {}),
    'template: out:2:5: executing "out" at <len 3>: error calling len: len of type int',
  );
  assert.equal(failureOf("a\n{{if .x}}\n{{nope}}{{end}}", {}), 'template: out:3: function "nope" not defined');
  assert.equal(failureOf("{{.x\n\n", {}), "template: out:3: unclosed action started at out:1");
  assert.throws(() => renderTemplate("{{len 3}}", {}, { name: "list" }), /template: list:1:2: executing "list"/);
});

Deno.test("a template is checked before it is rendered, and renders many times", () => {
  assert.throws(() => compileTemplate("{{.x"), { code: "TEMPLATE_INVALID" });
  const template = compileTemplate("{{range $i, $tag := .Tags}}{{if $i}},{{end}}{{$tag}}{{end}}");
  assert.equal(template.render({ Tags: ["a", "b"] }), "a,b");
  assert.equal(template.render({ Tags: [] }), "");
});

Deno.test("env, file and time.Now come from the options", () => {
  const options = {
    env: (name: string) => name === "A" ? "b" : undefined,
    readFile: (path: string) => {
      if (path !== "/a") throw new Error("no such file");
      return " text\n";
    },
    now: () => Date.UTC(2024, 1, 29, 12, 30, 15, 250),
  };
  assert.equal(renderTemplate('{{env "A"}}[{{env "B"}}]', {}, options), "b[]");
  assert.equal(renderTemplate('{{file "/a"}}[{{file "/b"}}]', {}, options), "text[]");
  assert.equal(
    renderTemplate('{{time.Now.UTC.Format "Mon Jan _2 15:04:05.000 2006"}}', {}, options),
    "Thu Feb 29 12:30:15.250 2024",
  );
  assert.equal(renderTemplate("{{(time.Now.AddDate 1 0 0).UTC.YearDay}}", {}, options), "60");
});

Deno.test("functions that regctl adds", () => {
  const cases: Record<string, string> = {
    '{{title "hello world foo-bar it\'s éa"}}': "Hello World Foo-Bar It'S Éa",
    '{{upper "straße ŉ ǆ"}} {{lower "İÀΣ"}}': "STRAßE ŉ Ǆ iàσ",
    '{{split "a,b" "" | len}} {{len (split "" ",")}} {{printf "%q" (split "héy" "")}}': '3 1 ["h" "é" "y"]',
    '{{default "d" nil}}{{default 1 0.0}}{{default "x" false}}{{default "d" "v"}}': "d1xv",
    '{{trimSpace "\\u00a0 a b\\t"}}|': "a b|",
    '{{join .list "+"}}': "a+b",
    "{{json .text}}": '"<a>\\u2028\\u0001\\"é"\n',
    "{{json 3i}}{{jsonPretty nil}}": "null\n",
    "{{printPretty .list}}": '[\n  "a",\n  "b"\n]\n',
  };
  const data = { list: ["a", "b"], text: '<a>\u2028\u0001"é' };
  for (const [template, want] of Object.entries(cases)) assert.equal(renderTemplate(template, data), want, template);
  assert.match(failureOf('{{default "d" .list}}', data), /comparing uncomparable type/);
});

Deno.test("strings are bytes, and what is no UTF-8 prints as U+FFFD", () => {
  const cases: Record<string, string> = {
    '{{slice "é" 0 1}}{{slice "é" 1 2}}': "é",
    '{{slice "é" 0 1}}': "\ufffd",
    '{{printf "%x %q" "\\xff" "\\xff"}}': 'ff "\\xff"',
    '{{len "é"}} {{index "é" 0}} {{len "\\xff\\xfe"}}': "2 195 2",
    "{{len .}} {{printf `%x` .}}": "4 f09f9880",
  };
  for (const [template, want] of Object.entries(cases)) assert.equal(renderTemplate(template, "😀"), want, template);
});
