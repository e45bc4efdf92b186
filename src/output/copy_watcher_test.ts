// deno-lint-ignore-file no-control-regex
import assert from "node:assert/strict";
import type { CopyEvent } from "../copy/event.ts";
import { type CopyWatcherOptions, createCopyWatcher, type ProgressMode } from "./copy_watcher.ts";
import { ClosedPipe, type OutputStream } from "./streams.ts";

const COPY = { source: "a.example/app:v1", target: "b.example/app:v1" };
const EVENTS: CopyEvent[] = [
  { type: "found", copy: COPY, kind: "blob", digest: "sha256:a", size: 1500 },
  { type: "start", copy: COPY, kind: "blob", digest: "sha256:a", size: 1500 },
  { type: "bytes", copy: COPY, digest: "sha256:a", bytes: 1500 },
  { type: "done", copy: COPY, kind: "blob", digest: "sha256:a", size: 1500, outcome: "sent" },
  { type: "done", copy: COPY, kind: "manifest", digest: "sha256:d", size: 10, outcome: "sent" },
  { type: "end", copy: COPY, outcome: "done" },
];
const CLOSING = "Copied a.example/app:v1 to b.example/app:v1: 1 blob sent (1.50 kB), 1 manifest, in 2.0s at 750 B/s\n";

interface Setting {
  readonly mode?: ProgressMode;
  readonly isTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly jsonLogs?: boolean;
}

function stream(isTerminal: boolean): { readonly output: OutputStream; readonly written: string[] } {
  const written: string[] = [];
  const take = (bytes: Uint8Array) => void written.push(new TextDecoder().decode(bytes));
  return { written, output: { isTerminal, write: (bytes) => Promise.resolve(take(bytes)), writeSync: take } };
}

/** A watcher whose ticks the test makes. */
function watch({ mode = "auto", isTerminal = false, env = {}, jsonLogs = false }: Setting) {
  const stderr = stream(isTerminal);
  let now = 0;
  let tick = () => {};
  const every: CopyWatcherOptions["every"] = (_milliseconds, work) => {
    tick = work;
    return () => void (tick = () => {});
  };
  const watcher = createCopyWatcher({
    mode,
    stderr: stderr.output,
    jsonLogs,
    env: (name) => env[name],
    now: () => now,
    every,
  });
  return { ...stderr, watcher, tick: () => tick(), wait: (milliseconds: number) => void (now += milliseconds) };
}

async function whole(setting: Setting): Promise<string> {
  const { watcher, wait, written } = watch(setting);
  for (const event of EVENTS) watcher.onEvent?.(event);
  wait(2000);
  await watcher.finish("done");
  return written.join("");
}

Deno.test("auto shows bars on a terminal, else lines; every way but json ends with the same line", async () => {
  for (const isTerminal of [true, false]) {
    assert.equal(await whole({ isTerminal }), CLOSING);
    assert.equal(await whole({ mode: "tty", isTerminal }), CLOSING);
    assert.equal(await whole({ mode: "plain", isTerminal }), CLOSING);
    assert.equal(await whole({ mode: "none", isTerminal }), "");
    assert.match(await whole({ mode: "json", isTerminal }), /^\{"event":"found",.*"event":"summary",.*\}\n$/s);
  }
});

Deno.test("nobody watches with none, so that bytes take the shortest way", () => {
  assert.equal(watch({ mode: "none" }).watcher.onEvent, undefined);
  assert.notEqual(watch({ mode: "auto" }).watcher.onEvent, undefined);
});

Deno.test("which terminals get bars, and which bars have colours", async () => {
  const frame = async (setting: Setting) => {
    const { tick, wait, watcher, written } = watch({ isTerminal: true, ...setting });
    watcher.onEvent?.(EVENTS[1]!);
    await loaded();
    wait(500);
    tick();
    watcher.close();
    return written.join("");
  };
  assert.match(await frame({}), /\x1b\[\?25l.*\x1b\[1mtotal.*\x1b\[\?25h/s);
  assert.doesNotMatch(await frame({ env: { NO_COLOR: "1" } }), /\x1b\[\d+m/);
  assert.match(await frame({ env: { NO_COLOR: "1" } }), /total/);
  assert.doesNotMatch(await frame({ env: { NO_COLOR: "1", FORCE_COLOR: "1" } }), /\x1b\[\d+m/);
  assert.match(await frame({ env: { NO_COLOR: "" } }), /\x1b\[1m/);
  assert.doesNotMatch(await frame({ env: { FORCE_COLOR: "0" } }), /\x1b\[\d+m/);
  assert.match(await frame({ mode: "tty", isTerminal: false, env: { FORCE_COLOR: "1" } }), /\x1b\[1m/);
  assert.doesNotMatch(await frame({ mode: "tty", isTerminal: false }), /\x1b\[\d+m/);
  assert.equal(await frame({ env: { TERM: "dumb" } }), "", "a line after ten seconds, no bars");
  assert.equal(await frame({ jsonLogs: true }), "");
});

Deno.test("a terminal that does not tell its size has that which the shell says, else 80 columns", async () => {
  const width = async (env: Readonly<Record<string, string>>) => {
    const { tick, wait, watcher, written } = watch({ isTerminal: true, env: { NO_COLOR: "1", ...env } });
    watcher.onEvent?.(EVENTS[1]!);
    await loaded();
    wait(500);
    tick();
    watcher.close();
    return /a [^\r\n]*/.exec(written.join(""))![0].includes("[   ");
  };
  assert.equal(await width({}), true);
  assert.equal(await width({ COLUMNS: "30" }), false);
  assert.equal(await width({ COLUMNS: "nonsense" }), true);
});

Deno.test("what is said before, between and after events comes out in order", async () => {
  const { tick, wait, watcher, written } = watch({ isTerminal: true, env: { NO_COLOR: "1" } });
  watcher.say("before");
  watcher.onEvent?.(EVENTS[1]!);
  watcher.say("while it loads");
  await loaded();
  wait(500);
  tick();
  watcher.say("above");
  await watcher.finish("done");
  watcher.say("after");
  const text = written.join("");
  const order = ["before\n", "while it loads\n", "total", "above\n", "total", "after\n"];
  let at = -1;
  for (const part of order) assert.ok((at = text.indexOf(part, at + 1)) >= 0, `${part} in ${JSON.stringify(text)}`);
});

Deno.test("a process that crashes gives the cursor back", async () => {
  const { tick, wait, watcher, written } = watch({ isTerminal: true });
  watcher.onEvent?.(EVENTS[1]!);
  await loaded();
  wait(500);
  tick();
  assert.equal(written.join("").includes("\x1b[?25h"), false);
  globalThis.dispatchEvent(new Event("unhandledrejection"));
  assert.ok(written.join("").endsWith("\x1b[?25h"));
  const closed = written.length;
  globalThis.dispatchEvent(new Event("unhandledrejection"));
  await watcher.finish("done");
  assert.equal(written.length, closed);
});

Deno.test("what goes to standard output on the same terminal starts on a line of its own", async () => {
  const { tick, wait, watcher, written } = watch({ isTerminal: true, env: { NO_COLOR: "1" } });
  const stdout = stream(true);
  const beside = watcher.beside(stdout.output);
  watcher.onEvent?.(EVENTS[1]!);
  await loaded();
  wait(500);
  tick();
  const drawn = written.length;
  await beside.write(new TextEncoder().encode("half of a line"));
  assert.match(written.slice(drawn).join(""), /\x1b\[J\x1b\[\?25h$/);
  const cleared = written.length;
  tick();
  assert.equal(written.length, cleared, "no bars behind half a line");
  beside.writeSync(new TextEncoder().encode(", the rest\n"));
  tick();
  assert.ok(written.length > cleared);
  watcher.close();
  assert.deepEqual(stdout.written, ["half of a line", ", the rest\n"]);
  assert.equal(watch({ isTerminal: false }).watcher.beside(stdout.output), stdout.output);
  assert.equal(watch({ mode: "plain", isTerminal: true }).watcher.beside(stdout.output), stdout.output);
});

Deno.test("a standard error that nobody reads is no reason to fail", async () => {
  const gone = () => {
    throw new ClosedPipe("Nobody reads");
  };
  const stderr = { isTerminal: true, write: () => Promise.reject(new ClosedPipe("Nobody reads")), writeSync: gone };
  const watcher = createCopyWatcher({ mode: "auto", stderr, jsonLogs: false, env: () => undefined, now: () => 0 });
  for (const event of EVENTS) watcher.onEvent?.(event);
  watcher.say("a warning");
  await watcher.finish("done");
  assert.match(watcher.kept(), /^1 blob and 1 manifest that arrived whole are kept/);
});

Deno.test("kept says what stays of a stopped copy, also where nobody counted", () => {
  assert.match(watch({ mode: "none" }).watcher.kept(), /^what was already complete is kept/);
});

/** What shows progress is loaded with the first event. */
async function loaded(): Promise<void> {
  await import("./progress/mod.ts");
  await new Promise((resolve) => setTimeout(resolve, 0));
}
