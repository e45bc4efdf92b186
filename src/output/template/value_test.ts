import assert from "node:assert/strict";
import { GoFloat, goStruct, GoTime, JsonText, renderTemplate } from "./template.ts";
import { GoNil, GoStrings } from "./value.ts";

const platform = goStruct({ type: "platform.Platform", fields: { OS: "linux" }, text: () => "linux/amd64" });
const descriptor = goStruct({
  type: "descriptor.Descriptor",
  fields: {
    MediaType: "m",
    Size: 3,
    Platform: platform,
    get Lazy() {
      return 5;
    },
  },
  methods: {
    GetName: () => "n",
    GetRatio: () => new GoFloat(2),
    Add: { parameters: ["int"], call: (by: unknown) => (by as bigint) + 1n },
    Boom: () => {
      throw new Error("boom");
    },
  },
});

Deno.test("a struct prints as Go prints it", () => {
  assert.equal(renderTemplate("{{.}}", descriptor), "{m 3 linux/amd64 5}");
  assert.equal(
    renderTemplate('{{printf "%+v|%#v|%T|%s" . .Platform . .Platform}}', descriptor),
    '{MediaType:m Size:3 Platform:linux/amd64 Lazy:5}|platform.Platform{OS:"linux"}|descriptor.Descriptor|linux/amd64',
  );
  assert.equal(renderTemplate("{{println .Platform .Size}}", descriptor), "linux/amd64 3\n");
  assert.equal(
    renderTemplate("{{json .}}", descriptor),
    '{"MediaType":"m","Size":3,"Platform":{"OS":"linux"},"Lazy":5}\n',
  );
});

Deno.test("methods are called with and without arguments", () => {
  assert.equal(renderTemplate("{{.GetName}} {{.Add 3}} {{3 | .Add}} {{.Lazy}}", descriptor), "n 4 4 5");
  assert.equal(renderTemplate('{{printf "%T %T" .GetRatio .Size}}', descriptor), "float64 int");
  for (
    const [template, message] of [
      ["{{.Add}}", /wrong number of args for Add: want 1 got 0/],
      ['{{.Add "x"}}', /expected integer; found "x"/],
      ["{{.Add .MediaType}}", /wrong type for value; expected int; got string/],
      ["{{.Boom}}", /error calling Boom: boom/],
      ["{{.Size 3}}", /Size has arguments but cannot be invoked as function/],
      ["{{len .}}", /len of type descriptor.Descriptor/],
    ] as const
  ) assert.throws(() => renderTemplate(template, descriptor), { code: "TEMPLATE_INVALID", message });
});

Deno.test("a field that a struct does not have is an error that names those it has", () => {
  assert.throws(() => renderTemplate("{{.Digst}}", descriptor), {
    message:
      'template: out:1:2: executing "out" at <.Digst>: can\'t evaluate field Digst in type descriptor.Descriptor',
    hint: "it has MediaType, Size, Platform, Lazy, GetName, GetRatio, Add, Boom",
  });
});

Deno.test("a value's own JSON keeps its order and its numbers", () => {
  const manifest = goStruct({
    type: "manifest",
    json: () => new JsonText('{ "z": 12345678901234567890,\n "a": "x  y" }'),
    pretty: () => "pretty\n",
  });
  assert.equal(
    renderTemplate("{{json .}}", { b: manifest, a: 1 }),
    '{"a":1,"b":{"z":12345678901234567890,"a":"x  y"}}\n',
  );
  assert.equal(renderTemplate("{{printPretty .}}", manifest), "pretty\n");
  const ordered = goStruct({ type: "t", json: () => ({ b: 1, a: undefined, c: [platform] }) });
  assert.equal(renderTemplate("{{json .}}", ordered), '{"b":1,"c":[{"OS":"linux"}]}\n');
});

Deno.test("a template cannot reach JavaScript", () => {
  for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"]) {
    assert.equal(renderTemplate(`{{.${name}}}{{index . "${name}"}}`, {}), "<no value><no value>");
    for (const field of ["list", "text", "struct"]) {
      const data = { list: [1], text: "x", struct: platform };
      assert.throws(() => renderTemplate(`{{.${field}.${name}}}`, data), { code: "TEMPLATE_INVALID" });
    }
  }
  assert.equal(renderTemplate("{{.f}}", { f: () => "called" }), "<no value>");
  assert.equal(renderTemplate("{{.__proto__}}", JSON.parse('{"__proto__":"own"}')), "own");
});

Deno.test("bytes, lists of strings, nil pointers and times", () => {
  const data = {
    bytes: new TextEncoder().encode("hi"),
    strings: new GoStrings(["a", "b"]),
    nil: new GoNil("*v1.Thing"),
    time: GoTime.parse("2006-01-02T15:04:05Z07:00", "2023-11-09T19:36:19.5Z"),
  };
  const cases: Record<string, string> = {
    '{{.bytes}} {{printf "%s %x %q" .bytes .bytes .bytes}} {{len .bytes}}': '[104 105] hi 6869 "hi" 2',
    "{{index .bytes 0}}{{range .bytes}},{{.}}{{end}} {{json .bytes}}": '104,104,105 "aGk="\n',
    '{{.strings}}{{join .strings "-"}}{{printf "%#v" .strings}}': '[a b]a-b[]string{"a", "b"}',
    "{{.nil}}{{if .nil}}y{{else}}n{{end}}{{json .nil}}{{eq .nil nil}}": "<nil>nnull\ntrue",
    '{{.time}} {{.time.Format "2006"}} {{json .time}}':
      '2023-11-09 19:36:19.5 +0000 UTC 2023 "2023-11-09T19:36:19.5Z"\n',
  };
  for (const [template, want] of Object.entries(cases)) assert.equal(renderTemplate(template, data), want, template);
  assert.throws(() => renderTemplate("{{.nil.X}}", data), /nil pointer evaluating \*v1.Thing.X/);
});

Deno.test("whole numbers are ints, all others float64", () => {
  const data = { i: 3, f: 2.5, big: 1e300, zero: -0, many: 2 ** 53 - 1 };
  assert.equal(renderTemplate("{{.i}} {{.f}} {{.big}} {{.zero}} {{.many}}", data), "3 2.5 1e+300 -0 9007199254740991");
  assert.equal(renderTemplate('{{printf "%T %T %T" .i .f .big}}', data), "int float64 float64");
});
