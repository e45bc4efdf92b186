import assert from "node:assert/strict";
import type { CommandResult } from "../plugin.ts";
import { compileFormat } from "./format.ts";
import { descriptorHeaders, headersText } from "./headers_text.ts";
import type { OutputStream } from "./streams.ts";

async function render(format: string, result: CommandResult): Promise<string> {
  let text = "";
  const add = (bytes: Uint8Array) => void (text += new TextDecoder().decode(bytes));
  const output: OutputStream = { isTerminal: false, write: (bytes) => Promise.resolve(add(bytes)), writeSync: add };
  await (await compileFormat(format, (name) => name === "HOME" ? "/home/x" : undefined)).write(result, output);
  return text;
}

const RESULT: CommandResult = {
  data: () => ({ Name: "x", Tags: ["a", "b"] }),
  text: () => "not used",
  rawBody: new TextEncoder().encode("{}"),
  rawHeaders: new Headers({ "content-type": "a/b", "docker-content-digest": "sha256:0" }),
};

Deno.test("json, templates and raw forms", async () => {
  assert.equal(await render("json", RESULT), '{\n  "Name": "x",\n  "Tags": [\n    "a",\n    "b"\n  ]\n}\n');
  assert.equal(await render('{{.Name}} {{join .Tags ","}} {{env "HOME"}}', RESULT), "x a,b /home/x");
  assert.equal(await render("", RESULT), "");
  for (const word of ["raw-body", "rawBody", "body"]) assert.equal(await render(word, RESULT), "{}");
  for (const word of ["raw-headers", "rawHeaders", "headers"]) {
    assert.equal(await render(word, RESULT), "Content-Type: a/b\nDocker-Content-Digest: sha256:0\n");
  }
  assert.equal(await render("raw", RESULT), "Content-Type: a/b\nDocker-Content-Digest: sha256:0\n\n{}");
});

Deno.test("a template that is not valid is refused before anything is done", async () => {
  await assert.rejects(compileFormat("{{.x", () => undefined), { code: "TEMPLATE_INVALID" });
  await assert.rejects(compileFormat("{{nope}}", () => undefined), { code: "TEMPLATE_INVALID" });
});

Deno.test("a result without a raw form refuses it; one without data prints nothing", async () => {
  await assert.rejects(render("raw-body", {}), { code: "FLAG_INVALID" });
  await assert.rejects(render("raw-headers", {}), { code: "FLAG_INVALID" });
  assert.equal(await render("{{.}}", {}), "");
});

Deno.test("a body that a format does not want is cancelled", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({ cancel: () => void (cancelled = true) });
  assert.equal(await render("{{.n}}", { body, data: () => ({ n: 1 }) }), "1");
  assert.equal(cancelled, true);
});

Deno.test("headers tell what is known of a descriptor", () => {
  assert.equal(
    headersText(descriptorHeaders({ mediaType: "", digest: "sha256:0", size: 3 })),
    "Content-Length: 3\nDocker-Content-Digest: sha256:0\n",
  );
});
