/** `sync server` over simulated days. */
import assert from "node:assert/strict";
import type { StopSignal } from "../../src/cli/signals.ts";
import { hangUp, silence, status } from "../support/faults.ts";
import { SyncPlace } from "./harness.ts";

const HOUR = 3_600_000;
const STEP = 600_000;

/** Time that goes on only while everybody waits, and only as far as it is told to. */
class SimulatedClock {
  #now = Date.UTC(2024, 0, 1);
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>();

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const sleeper = {
        at: this.#now + milliseconds,
        wake: () => {
          signal?.removeEventListener("abort", stop);
          resolve();
        },
      };
      const stop = () => {
        this.#sleepers.delete(sleeper);
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.#sleepers.add(sleeper);
    });
  }

  /** Lets so much time go by, sleeper by sleeper; `settled` waits for what they then do. */
  async pass(milliseconds: number, settled: () => Promise<void>): Promise<void> {
    const end = this.#now + milliseconds;
    for (;;) {
      await settled();
      const at = Math.min(...[...this.#sleepers].map((sleeper) => sleeper.at));
      if (at > end) break;
      // In steps of ten minutes at least: nobody here counts on less.
      this.#now = Math.min(end, Math.max(this.#now + STEP, at));
      for (const sleeper of [...this.#sleepers]) {
        if (sleeper.at > this.#now) continue;
        this.#sleepers.delete(sleeper);
        sleeper.wake();
      }
    }
    this.#now = end;
  }
}

/** A server that runs inside the test. */
class Running {
  readonly clock = new SimulatedClock();
  readonly lines: string[] = [];
  readonly end: Promise<{ readonly code: number; readonly stderr: string }>;
  #send: (signal: StopSignal) => void = () => {};

  constructor(readonly place: SyncPlace, line: string, argv0?: string) {
    const stderr = {
      isTerminal: false,
      write: (bytes: Uint8Array) => Promise.resolve(this.#take(bytes)),
      writeSync: (bytes: Uint8Array) => this.#take(bytes),
    };
    this.end = place.sync(line, {
      onStart: (send) => this.#send = send,
      options: { clock: this.clock, stderr },
      ...(argv0 === undefined ? {} : { argv0 }),
    });
  }

  #take(bytes: Uint8Array): void {
    this.lines.push(...new TextDecoder().decode(bytes).split("\n").filter((line) => line !== ""));
  }

  /** Lines with this message. */
  said(message: string): string[] {
    return this.lines.filter((line) => line.includes(`"msg":"${message}"`));
  }

  /** Lets time go by; requests that are under way end first. */
  async pass(milliseconds: number): Promise<void> {
    await this.clock.pass(milliseconds, async () => {
      const { source, target } = this.place;
      for (let quiet = 0, seen = -1; quiet < 6; quiet++) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        const count = source.requests.length + target.requests.length + source.connections + target.connections;
        if (count !== seen) quiet = 0;
        seen = count;
      }
    });
  }

  /** Waits in real time for what does not depend on the clock. */
  async until(what: () => boolean | Promise<boolean>): Promise<void> {
    for (let tries = 0; !await what(); tries++) {
      if (tries > 3000) throw new Error(`It did not come to that:\n${this.lines.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(): Promise<number> {
    this.#send("SIGTERM");
    return (await this.end).code;
  }
}

const FILE = `
defaults: {interval: 1h, retries: {count: 0}}
sync:
  - {name: hourly, source: SRC/from, target: TGT/to, type: repository}
  - {name: nightly, source: "SRC/daily:v1", target: "TGT/daily:v1", type: image, schedule: "30 2 * * *"}`;

Deno.test("first what is missing, then by schedule; registries may be away; nothing runs after the end", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  place.fill("daily", "v1");
  const moved = place.image("to", "v1", 9, place.target);
  await place.file(FILE);
  const server = new Running(place, "server -c DIR/sync.yml --log-format json");
  await server.until(() => server.said("Step is done").length === 1);
  // A tag that is there is left as it is by the first pass.
  assert.equal(place.tags("to")["v1"], moved);
  place.same("daily", "daily");
  await server.pass(HOUR + 1);
  place.same("from", "to");
  const nights = () => server.said("Step is done").filter((line) => line.includes('"step":"nightly"')).length;
  place.image("daily", "v1", 2);
  await server.pass(3 * HOUR);
  assert.equal(nights(), 1);
  place.same("daily", "daily");
  // A day without either registry.
  const away = { times: Infinity, action: hangUp() };
  place.source.faults.add(away);
  place.target.faults.add(away);
  await server.pass(24 * HOUR);
  assert.ok(server.said("Step is done, not all of it").length >= 20);
  place.source.faults.clear();
  place.target.faults.clear();
  place.image("from", "v2");
  await server.pass(2 * HOUR);
  place.same("from", "to");
  const before = place.source.requests.length;
  await server.pass(48 * HOUR);
  assert.equal(nights(), 3);
  assert.ok(place.source.requests.length - before <= 48 * 3 + 10, "an hour takes a list and a HEAD of each tag");
  assert.equal(await server.stop(), 0);
  const last = place.source.requests.length;
  await server.pass(5 * HOUR);
  assert.equal(place.source.requests.length, last);
  assert.equal(server.said("Stopping server").length, 1);
});

Deno.test("a changed file is taken over, a wrong one is not, and health and metrics tell", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  place.fill("other", "w1");
  const path = await place.file(FILE);
  const server = new Running(place, "server -c DIR/sync.yml --log-format json --listen 127.0.0.1:0");
  await server.until(() =>
    server.said("Step is done").length + server.said("Step is done, not all of it").length === 1
  );
  const { url } = JSON.parse(server.said("Listening")[0]!);
  const right = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, "version: 1\nsync: [{source: SRC}]\n");
  const numbers = async () => await (await fetch(`${url}/metrics`)).text();
  await server.pass(30_001);
  await server.until(() => server.said("File cannot be used, the one before stays").length === 1);
  await server.pass(HOUR);
  assert.ok(server.said("Step is done").some((line) => line.includes('"step":"hourly"')));
  await Deno.writeTextFile(
    path,
    `${right}  - ${place.expand("{name: other, source: SRC/other, target: TGT/other, type: repository}")}\n`,
  );
  await server.pass(30_001);
  await server.until(() => server.said("File was read anew").length === 1);
  await server.until(() => place.target.repositories.has("other") && place.tags("other")["w1"] !== undefined);
  place.same("other", "other");
  const text = await numbers();
  assert.match(text, /^ferry_sync_images_total\{step="hourly",outcome="unchanged"\} 1$/m);
  assert.match(text, /^ferry_sync_reloads_total\{result="used"\} 1$/m);
  assert.match(text, /^ferry_sync_reloads_total\{result="refused"\} 1$/m);
  assert.match(text, /^ferry_sync_next_run_timestamp_seconds\{step="nightly"\} \d+$/m);
  for (const line of text.trim().split("\n")) {
    assert.match(line, /^(# (HELP|TYPE) ferry_sync_\w+ .+|ferry_sync_\w+(\{[^}]*\})? [\d.e+]+)$/);
  }
  const health = await (await fetch(`${url}/healthz`)).json();
  assert.equal(health.status, "ok");
  assert.equal(await fetch(`${url}/other`).then(async (answer) => (await answer.text(), answer.status)), 404);
  assert.equal(await server.stop(), 0);
});

Deno.test("a copy that runs when the server is told to stop may end, or is dropped cleanly when its time is over", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  await place.file("sync: [{source: SRC/from, target: TGT/to, type: repository, interval: 1h}]");
  let go = () => {};
  const held = new Promise<void>((resolve) => go = resolve);
  place.source.faults.add({
    method: "GET",
    path: /blobs/,
    action: async (_request, proceed) => {
      await held;
      return await proceed();
    },
  });
  const server = new Running(place, "server -c DIR/sync.yml --log-format json");
  await server.until(() => place.source.asked("GET", /manifests/).length > 0);
  const ended = server.stop();
  go();
  assert.equal(await ended, 0);
  place.same("from", "to");

  place.image("from", "v2");
  place.source.faults.add({ method: "GET", path: /blobs/, times: Infinity, action: silence() });
  const other = new Running(place, "server -c DIR/sync.yml --log-format json --stop-timeout 5s");
  await other.until(() => place.source.asked("GET", /manifests/).length > 1);
  const dropped = other.stop();
  await other.pass(6000);
  assert.equal(await dropped, 0);
  assert.equal(other.said("Running copies are stopped").length, 1);
  assert.deepEqual(Object.keys(place.tags("to")), ["v1"]);
});

Deno.test("a step that has no schedule is told of, and regsync's name ends with what went wrong", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  place.source.faults.add({ path: /gone/, times: Infinity, action: status(404) });
  await place.file(`
sync:
  - {source: SRC/from, target: TGT/to, type: repository}
  - {source: SRC/gone, target: TGT/gone, type: repository, interval: 5m}`);
  const server = new Running(place, "server -c DIR/sync.yml --logopt json", "regsync");
  await server.until(() => server.said("No schedule or interval found, ignoring").length === 1);
  await server.pass(16 * 60_000);
  assert.ok(server.said("Failed to sync").length >= 3);
  assert.equal(await server.stop(), 1);
});
