/** The commands around scripts: files, checks, schedules, the dialect. */
import assert from "node:assert/strict";
import { parseMemory } from "../../plugins/bot/file/memory.ts";
import type { StopSignal } from "../../src/cli/signals.ts";
import { run } from "../cli/harness.ts";

const FILE = `version: 1
defaults: {timeout: 1h, parallel: 1}
x-note: anything
scripts:
  - name: fine
    script: print("fine")
  - name: broken
    script: |
      x = 1
      y = = 2
  - name: endless
    timeout: 30ms
    script: while true do end
  - name: last
    script: log("done") print("last")
`;

Deno.test("a script that fails stops no other; the exit code says so", async () => {
  const { code, stderr, stdout } = await run(["bot", "once", "-c", "-"], { stdin: FILE });
  assert.equal(code, 3);
  assert.deepEqual(stdout.split("\n").sort(), ["", "fine", "last"]);
  assert.match(stderr, /level=INFO msg="User script message" script=last message=done/);
  assert.match(stderr, /msg="Error running script" script=broken error="broken:2: unexpected symbol near '='"/);
  assert.match(stderr, /script=endless error="endless: took longer than its timeout allows"/);
  assert.match(stderr, /error: 2 of 4 jobs failed/);
});

Deno.test("called regbot, the program takes its command lines and exit codes", async () => {
  const { code, stdout } = await run(["once", "-c", "-"], { stdin: FILE, argv0: "/usr/bin/regbot" });
  assert.equal(code, 1);
  assert.deepEqual(stdout.split("\n").sort(), ["", "fine", "last"]);
  const fine = await run(["--logopt", "json", "once", "--config", "-", "--dry-run"], {
    stdin: "scripts: [{name: a, script: log('x')}]",
    argv0: "regbot",
  });
  assert.equal(fine.code, 0, fine.stderr);
  assert.deepEqual(JSON.parse(fine.stderr.trim()).message, "x");
});

Deno.test("a check names the line of the file", async () => {
  const { code, stderr } = await run(["bot", "check", "-c", "-"], { stdin: FILE });
  assert.equal(code, 2);
  assert.match(stderr, /-:10: broken:2: unexpected symbol near '='/);
  const fine = await run(["bot", "check", "-c", "-"], { stdin: FILE.replace("y = = 2", "y = 2") });
  assert.deepEqual([fine.code, fine.stdout], [0, "fine: ok\nbroken: ok\nendless: ok\nlast: ok\n"]);
});

Deno.test("mistakes of a file are told with their places", async () => {
  const stdin = "scripts:\n  - name: x\n  - {script: a, memory: much, scriptt: b}\ndefaults: {timeout: soon}\n";
  const { code, stderr } = await run(["bot", "once", "-c", "-", "--strict"], { stdin });
  assert.equal(code, 2);
  for (const place of ["stdin:2:", "stdin:3:", "stdin:4:"]) assert.ok(stderr.includes(place), stderr);
  assert.equal((await run(["bot", "once"])).code, 2);
  assert.equal((await run(["bot", "once", "-c", "/nonexistent/x.yml"])).code, 5);
});

Deno.test("a file with templates in its credentials shows no secret", async () => {
  const stdin = `creds:
  - registry: localhost:1
    user: '{{env "BOT_USER"}}'
    pass: '{{env "BOT_PASS"}}'
scripts: [{name: a, script: 'log(tostring(pcall(tag.ls, "localhost:1/x"))) print(os.getenv("BOT_PASS"), env.get("BOT_PASS"))'}]
`;
  const env = { BOT_USER: "me", BOT_PASS: "very-secret" };
  const { stderr, stdout } = await run(["bot", "once", "-c", "-", "-v", "trace"], { stdin, env });
  assert.equal(stdout, "nil\tnil\n");
  assert.ok(!stderr.includes("very-secret"));
});

Deno.test("bot run gives a script its arguments, and reads standard input", async () => {
  const stdin = "print(arg[0], arg[1], ..., #arg)";
  const { code, stdout } = await run(["bot", "run", "-", "one", "two"], { stdin });
  assert.deepEqual([code, stdout], [0, "stdin\tone\tone\t2\n"]);
  const failed = await run(["bot", "run", "-"], { stdin: "error('no')" });
  assert.deepEqual([failed.code, failed.stderr], [1, "error: stdin:1: no\n"]);
  assert.equal((await run(["bot", "run", "-", "--memory", "1k"], { stdin })).code, 2);
  assert.equal((await run(["bot", "run", "-", "--timeout", "soon"], { stdin })).code, 2);
  assert.equal((await run(["bot", "run", "/nonexistent.lua"])).code, 5);
});

Deno.test("bot repl shows values, keeps globals and goes on after mistakes", async () => {
  const stdin = "x = 2\nx * 3\nfor i = 1, 2 do\nprint(i)\nend\nerror('oops')\n= x\n";
  const { code, stdout } = await run(["bot", "repl"], { stdin });
  assert.deepEqual([code, stdout], [0, "6\n1\n2\nstdin:1: oops\n2\n"]);
});

Deno.test("a reader that goes away ends the script", async () => {
  const { code } = await run(["bot", "run", "-"], {
    stdin: "while true do print(('x'):rep(1000)) end",
    closeAfter: 5000,
  });
  assert.equal(code, 0);
});

Deno.test("the server runs each script by its schedule, none twice at a time, and ends with SIGTERM", async () => {
  let time = Date.UTC(2024, 0, 1);
  let send: (signal: StopSignal) => void = () => {};
  const stdin = `scripts:
  - {name: often, interval: 10m, script: 'print("often", os.date("!%H:%M"))'}
  - {name: daily, schedule: "0 3 * * *", script: 'print("daily", os.date("!%H:%M"))'}
  - {name: never, script: 'print("never")'}
`;
  const end = time + 26 * 3_600_000;
  const { code, stderr, stdout } = await run(["bot", "server", "-c", "-"], {
    stdin,
    onStart: (sender) => send = sender,
    env: { TZ: "UTC" },
    options: {
      clock: {
        now: () => time,
        // Whoever sleeps is the next in time: the two loops wake one after the other.
        sleep: (milliseconds, signal) =>
          new Promise((resolve, reject) => {
            const until = time + milliseconds;
            const wake = () => {
              if (signal?.aborted) return reject(signal.reason);
              if (time >= until) return resolve();
              time = Math.min(until, time + 60_000);
              if (time >= end) send("SIGTERM");
              setTimeout(wake, 0);
            };
            wake();
          }),
      },
    },
  });
  assert.equal(code, 0, stderr);
  const lines = stdout.trim().split("\n");
  assert.ok(lines.filter((line) => line.startsWith("often")).length > 100, `${lines.length} lines`);
  assert.ok(lines.some((line) => /^daily\t0[23]:/.test(line)), stdout.slice(0, 300));
  assert.ok(!stdout.includes("never"));
  assert.match(stderr, /No schedule or interval found, ignoring.* name=never/);
});

Deno.test("sizes of memory", () => {
  assert.equal(parseMemory("64MiB"), 64 * 1024 * 1024);
  assert.equal(parseMemory("0.5 g"), 512 * 1024 * 1024);
  assert.equal(parseMemory("100000000"), 100_000_000);
  for (const text of ["1k", "64 apples", "", "-1", "9g"]) assert.equal(parseMemory(text), undefined, text);
});

Deno.test("the schema knows every key that the check knows", async () => {
  const { code, stdout } = await run(["bot", "schema"]);
  assert.equal(code, 0);
  for (const key of ["scripts", "retention", "sandbox", "readAhead", "perMinor", "creds"]) {
    assert.ok(stdout.includes(`"${key}"`), key);
  }
});
