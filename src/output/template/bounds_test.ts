import assert from "node:assert/strict";
import { renderTemplate } from "./template.ts";

/** Templates that would run for ever, fill memory or overflow the stack. */
const HOSTILE: Readonly<Record<string, string>> = {
  "{{range 1000000000000}}{{end}}": "more than 5000000 steps",
  "{{range 1000000}}{{range 1000000}}x{{end}}{{end}}": "more than 5000000 steps",
  '{{$x := "ab"}}{{range 100}}{{$x = print $x $x}}{{end}}': "more than 5000000 steps",
  '{{range 1000000}}{{printf "%1000d" 1}}{{end}}': "text longer than 16777216 characters",
  '{{range 1000000}}{{$x := printf "%1000000d" 1}}{{end}}': "more than 5000000 steps",
  '{{define "x"}}{{template "x"}}{{end}}{{template "x"}}': "exceeded maximum template depth (1000)",
  [`{{${"(".repeat(50_000)}1${")".repeat(50_000)}}}`]: "max expression depth exceeded",
  ["{{if 1}}".repeat(50_000) + "{{end}}".repeat(50_000)]: "blocks are nested too deep",
  "{{.deep}}": "exceeded maximum depth",
  "{{json .cycle}}": "exceeded maximum depth",
  "{{range 1000000}}{{$x := len $.text}}{{end}}": "more than 5000000 steps",
  "{{range 1000000}}{{$x := slice $.list 1}}{{end}}": "more than 5000000 steps",
  '{{time.Parse .text ""}}': "layout of a time is longer than 1000 characters",
};

function deepList(): unknown {
  let list: unknown = 1;
  for (let depth = 0; depth < 50_000; depth++) list = [list];
  return list;
}

Deno.test("a hostile template ends with an error, soon", () => {
  const cycle: Record<string, unknown> = {};
  cycle.cycle = cycle;
  const data = { deep: deepList(), cycle, text: "é".repeat(100_000), list: new Array(100_000).fill(1) };
  for (const [template, message] of Object.entries(HOSTILE)) {
    assert.throws(() => renderTemplate(template, data), (error: Error & { code: string }) => {
      assert.equal(error.code, "TEMPLATE_INVALID");
      assert.ok(error.message.endsWith(message), `${template.slice(0, 80)}: ${error.message.slice(-200)}`);
      return true;
    });
  }
});
