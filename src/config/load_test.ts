import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { FerryError } from "../errors.ts";
import { redactConfig } from "./config_file.ts";
import { findMistake, findValue } from "./json_position.ts";
import { loadConfig, parseConfig } from "./load.ts";

function refusal(text: string): string {
  try {
    parseConfig(text, "c.json");
  } catch (error) {
    assert.ok(error instanceof FerryError);
    assert.equal(error.code, "CONFIG_INVALID");
    assert.ok(!`${error.message}${error.cause ?? ""}`.includes("s3cr3t"), error.message);
    return error.message.replace("Configuration file ", "").replace(" is not valid", "");
  }
  assert.fail(`taken: ${text}`);
}

Deno.test("a file in regctl's form; keys that are not known are kept, null is nothing", () => {
  const file = parseConfig(
    `\uFEFF{"version":1,"hosts":{"r":{"tls":"Disabled","user":null,"x-own":null,"credExpire":3600000000000,"more":{"a":[null,1]}}},
      "hostDefault":null,"blobLimit":5,"incDockerCred":false,"future":true}`,
    "c.json",
  );
  assert.deepEqual(file, {
    version: 1,
    hosts: { r: { tls: "Disabled", "x-own": null, credExpire: 3600000000000, more: { a: [null, 1] } } },
    blobLimit: 5,
    incDockerCred: false,
    future: true,
  });
  assert.deepEqual(parseConfig(" \n", "c.json"), {});
});

Deno.test("mistakes of syntax are told with line and column, and without the text", () => {
  assert.equal(
    refusal('{\n  "hosts": {\n    "r": { "pass": "s3cr3t" "user": "x" }\n  }\n}'),
    "c.json:3:29: a comma or } was expected",
  );
  assert.equal(refusal('{"hosts": '), "c.json:1:11: the text ends too early");
  assert.equal(refusal("s3cr3t"), "c.json:1:1: a value was expected");
  assert.equal(refusal('{"a": "s3cr3t'), "c.json:1:7: a string is not closed or holds what it must not");
  assert.equal(refusal('{"a": 1,}'), "c.json:1:9: a key in double quotes was expected");
  assert.equal(refusal("{} x"), "c.json:1:4: nothing more was expected");
  assert.equal(refusal('{"a": 01}'), "c.json:1:8: a comma or } was expected");
});

Deno.test("values of the wrong kind are told where they are", () => {
  assert.equal(refusal("[]"), "c.json:1:1: an object was expected");
  assert.equal(refusal('{\n "hosts": []}'), 'c.json:2:11: "hosts" must be an object');
  assert.equal(refusal('{"hosts": {"a": {}, "r": "s3cr3t"}}'), 'c.json:1:26: settings of "r" must be an object');
  assert.equal(
    refusal('{"hosts": {\n"a": {"tls": "disabled"},\n"r": {"tls": "of"}}}'),
    'c.json:3:14: "tls" must be "enabled", "insecure" or "disabled"',
  );
  assert.equal(
    refusal('{"hosts":{"r":{"credExpire":"1 hour"}}}'),
    'c.json:1:29: "credExpire" must be a duration, for example "1h30m", or nanoseconds',
  );
  assert.equal(refusal('{"hosts":{"r":{"mirrors":["a",1]}}}'), 'c.json:1:26: "mirrors" must be a list of strings');
  assert.equal(
    refusal('{"hosts":{"r":{"apiOpts":{"a":true}}}}'),
    'c.json:1:26: "apiOpts" must be an object of strings',
  );
  assert.equal(refusal('{"hosts":{"r":{"pass":5}}}'), 'c.json:1:23: "pass" must be a string');
  assert.equal(refusal('{"hostDefault":{"priority":"high"}}'), 'c.json:1:28: "priority" must be a number');
  assert.equal(refusal('{"hostDefault":1}'), 'c.json:1:16: "hostDefault" must be an object');
  assert.equal(refusal('{"incDockerCred":"no"}'), 'c.json:1:18: "incDockerCred" must be true or false');
});

Deno.test("property: the walk over a text agrees with the parser on what is JSON", () => {
  const noise = fc.string({
    unit: fc.constantFrom(...'{}[]",:\\ntruefalse0129.-+eE \n\tu00e9'.split("")),
    maxLength: 30,
  });
  fc.assert(
    fc.property(fc.oneof(noise, fc.json(), fc.json().map((text) => text.slice(0, -1))), (text) => {
      let valid = true;
      try {
        JSON.parse(text);
      } catch {
        valid = false;
      }
      const found = findMistake(text);
      assert.equal(found === undefined, valid, text);
      if (found?.mistake !== "the text ends too early") return;
      const lines = text.split("\n");
      assert.deepEqual([found.line, found.column], [lines.length, [...lines.at(-1) ?? ""].length + 1]);
    }),
    { numRuns: 500 },
  );
});

Deno.test("property: a value is found where it was written", () => {
  fc.assert(fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 4 }), fc.json(), (path, other) => {
    let text = '"HERE"';
    for (const key of path.toReversed()) text = `{"other":${other},${JSON.stringify(key)}:\n ${text}}`;
    const { line, column } = findValue(text, path);
    assert.equal(text.split("\n")[line - 1]?.slice(column - 1, column + 5), '"HERE"');
  }));
});

Deno.test("a text nested without end is refused, not a crash", () => {
  assert.match(refusal("[".repeat(200_000)), /^c\.json:\d+:\d+: /);
});

Deno.test("the first file that exists is read; a named one need not exist", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const [one, two, three] = ["one", "two", "three"].map((name) => join(folder, name));
    assert.ok(one && two && three);
    await Deno.writeTextFile(two, '{"version":2}');
    await Deno.writeTextFile(three, '{"version":3}');
    const places = { explicit: undefined, existing: [one, two, three], fresh: one };
    assert.deepEqual(await loadConfig(places), { filename: two, file: { version: 2 } });
    assert.deepEqual(await loadConfig({ ...places, explicit: one }), { filename: one, file: {} });
    assert.deepEqual(await loadConfig({ ...places, existing: [join(two, "x")] }), { filename: one, file: {} });
    await assert.rejects(loadConfig({ ...places, explicit: folder }), { code: "IO" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("secrets are blanked: pass, token and clientKey, in hosts and hostDefault", () => {
  const entry = { user: "u", pass: "s3cr3t", token: "s3cr3t", clientKey: "s3cr3t", clientCert: "c", other: 1 };
  const shown = redactConfig({ version: 1, hosts: { r: entry }, hostDefault: entry, extra: true });
  const kept = { user: "u", clientCert: "c", other: 1 };
  assert.deepEqual(shown, { version: 1, hosts: { r: kept }, hostDefault: kept, extra: true });
  assert.deepEqual(redactConfig({}), {});
});
