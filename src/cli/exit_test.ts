import assert from "node:assert/strict";
import { FerryError } from "../errors.ts";
import { LOG_LEVELS } from "../output/log.ts";
import { dialectOf } from "./dialect.ts";
import { failureLines, toFerryError } from "./exit.ts";

const WARN = { json: false, level: LOG_LEVELS.WARN, now: 0 };

Deno.test("failureLines shows message and hint, details from debug on", () => {
  const cause = new TypeError("socket closed");
  const error = new FerryError("CONNECT", "Connection failed", { hint: "start it", detail: "words", cause });
  assert.deepEqual(failureLines(error, WARN), ["error: Connection failed", "hint: start it"]);
  assert.deepEqual(failureLines(error, { ...WARN, level: LOG_LEVELS.DEBUG }), [
    "error: Connection failed",
    "hint: start it",
    "detail: words",
    "cause: TypeError: socket closed",
  ]);
});

Deno.test("what others wrote does not steer a terminal", () => {
  const error = new FerryError("CONNECT", "No \u001b[31mred\u009b", { hint: "a\tb", detail: "c\rd" });
  assert.deepEqual(failureLines(error, { ...WARN, level: LOG_LEVELS.DEBUG }), [
    "error: No \\x1b[31mred\\x9b",
    "hint: a\tb",
    "detail: c\\x0dd",
  ]);
});

Deno.test("failureLines is one JSON object where logs are JSON", () => {
  const lines = failureLines(new FerryError("TOOMANYREQUESTS", "Slow", { retryAfter: 30 }), { ...WARN, json: true });
  assert.equal(lines.length, 1);
  assert.deepEqual(JSON.parse(lines[0]!), {
    time: "1970-01-01T00:00:00.000Z",
    level: "ERROR",
    msg: "Slow",
    code: "TOOMANYREQUESTS",
    exit: 8,
    hint: "try again in 30s",
    retryAfter: 30,
  });
});

Deno.test("an excerpt stands below its message, and hints name commands as the program is called", () => {
  const error = new FerryError("TEMPLATE_INVALID", "No", {
    excerpt: "{{x}}\n  ^",
    hint: "see: ferry tag ls, not /bin/ferry x",
  });
  assert.deepEqual(failureLines(error, { ...WARN, program: "regctl" }), [
    "error: No",
    "  {{x}}",
    "    ^",
    "hint: see: regctl tag ls, not /bin/ferry x",
  ]);
  assert.equal(JSON.parse(failureLines(error, { ...WARN, json: true })[0]!).excerpt, "{{x}}\n  ^");
});

Deno.test("what nobody threw on purpose is INTERNAL; its stack shows at trace only", () => {
  const error = toFerryError(new RangeError("bad"));
  assert.deepEqual([error.code, error.exit, error.message], ["INTERNAL", 1, "Unexpected failure: RangeError: bad"]);
  assert.equal(failureLines(error, WARN).join("\n").includes("exit_test"), false);
  assert.ok(failureLines(error, { ...WARN, level: LOG_LEVELS.TRACE }).join("\n").includes("exit_test"));
  assert.equal(toFerryError("text").message, "Unexpected failure: text");
});

Deno.test("dialectOf knows regctl by its file name", () => {
  for (const name of ["regctl", "/usr/bin/regctl", "C:\\bin\\regctl.exe", "regctl.EXE"]) {
    assert.equal(dialectOf(name).program, "regctl", name);
    assert.equal(dialectOf(name).exit(7), 1);
    assert.equal(dialectOf(name).exit(0), 0);
  }
  for (const name of ["ferry", "/opt/regctl/ferry", "deno", "regctl2", ""]) {
    assert.equal(dialectOf(name).program, "ferry", name);
    assert.equal(dialectOf(name).exit(7), 7);
  }
});
