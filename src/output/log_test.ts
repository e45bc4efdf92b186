import assert from "node:assert/strict";
import { createLog, jsonLine, levelName, LOG_LEVELS, parseLogLevel, textLine } from "./log.ts";

Deno.test("textLine is what Go's slog writes", () => {
  const cases: [string, Record<string, unknown>, string][] = [
    ["done", {}, "msg=done"],
    ["two words", { host: "" }, 'msg="two words" host=""'],
    ["a=b", { n: 1, ok: true }, 'msg="a=b" n=1 ok=true'],
    ['say "x"', { e: new Error("went wrong") }, 'msg="say \\"x\\"" e="went wrong"'],
    ["x\ny\tz\x1b[0m", {}, 'msg="x\\ny\\tz\\x1b[0m"'],
    ["back\\slash", {}, "msg=back\\slash"],
    ["é", { o: { a: 1 }, none: undefined }, 'msg=é o="{\\"a\\":1}"'],
    ["x\u2028y", {}, 'msg="x\\u2028y"'],
    ["made late", { f: () => "a b", none: () => undefined }, 'msg="made late" f="a b"'],
  ];
  for (const [message, fields, expected] of cases) {
    const line = textLine(Date.UTC(2026, 10, 21, 3, 43, 31, 85), LOG_LEVELS.WARN, message, fields);
    assert.equal(line, `time=2026-11-21T03:43:31.085Z level=WARN ${expected}`);
  }
});

Deno.test("jsonLine is one object with errors as text", () => {
  assert.deepEqual(JSON.parse(jsonLine(0, LOG_LEVELS.INFO + 2, "m", { error: new Error("e"), n: 1, f: () => 2 })), {
    time: "1970-01-01T00:00:00.000Z",
    level: "INFO+2",
    msg: "m",
    error: "e",
    n: 1,
    f: 2,
  });
});

Deno.test("what a field would be is not made for lines that are not written", () => {
  const lines: string[] = [];
  const log = createLog({ level: LOG_LEVELS.INFO, json: true, write: (line) => lines.push(line), now: () => 0 });
  let made = 0;
  const fields = { n: () => ++made };
  log.debug("not written", fields);
  log.info("written", fields);
  assert.deepEqual(lines.map((line) => JSON.parse(line).n), [1]);
});

Deno.test("levels are read in every form and named back", () => {
  const cases: [string, number, string][] = [
    ["trace", -8, "TRACE"],
    ["debug", -4, "DEBUG"],
    ["INFO", 0, "INFO"],
    ["info+2", 2, "INFO+2"],
    ["Warn", 4, "WARN"],
    ["warning", 4, "WARN"],
    ["error-1", 7, "WARN+3"],
    ["ERROR+4", 12, "ERROR+4"],
    ["trace-2", -10, "TRACE-2"],
  ];
  for (const [text, level, name] of cases) {
    assert.equal(parseLogLevel(text), level, text);
    assert.equal(levelName(level), name, text);
  }
  for (const text of ["", "blah", "info+", "info 2", "4", "constructor"]) {
    assert.throws(() => parseLogLevel(text), { code: "FLAG_INVALID" }, text);
  }
});

Deno.test("a log writes from its level on", () => {
  const lines: string[] = [];
  const log = createLog({ level: LOG_LEVELS.WARN, json: false, write: (line) => void lines.push(line), now: () => 0 });
  log.trace("a");
  log.debug("b");
  log.info("c");
  log.warn("d", { k: "v" });
  log.error("e");
  assert.deepEqual(lines, [
    "time=1970-01-01T00:00:00.000Z level=WARN msg=d k=v",
    "time=1970-01-01T00:00:00.000Z level=ERROR msg=e",
  ]);
});

Deno.test("what JSON cannot hold is shown as text", () => {
  const loop: Record<string, unknown> = {};
  loop["self"] = loop;
  const fields = { loop, big: 10n, list: [1n] };
  assert.deepEqual(JSON.parse(jsonLine(0, LOG_LEVELS.INFO, "m", fields)), {
    time: "1970-01-01T00:00:00.000Z",
    level: "INFO",
    msg: "m",
    loop: "[object Object]",
    big: "10",
    list: "1",
  });
  assert.ok(textLine(0, LOG_LEVELS.INFO, "m", fields).endsWith('msg=m loop="[object Object]" big=10 list=1'));
});
