/** Lists as rows: what is printed when, over a registry that gives pages. */
import assert from "node:assert/strict";
import { run } from "../cli/harness.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { Gate } from "../support/faults.ts";
import { addImage, addLayer } from "../support/images.ts";

const TAGS = ["a", "b", "c", "d", "e"];

async function withPages(test: (registry: FakeRegistry, flags: readonly string[]) => Promise<void>): Promise<void> {
  await using registry = new FakeRegistry({ features: { pageSize: 2 } });
  for (const name of ["app", "lib", "tool"]) {
    const content = registry.repository(name);
    for (const tag of TAGS) addImage(content, { tag, layers: [addLayer(content, 1)] });
  }
  await test(registry, ["--host", `reg=${registry.host},tls=disabled`, "--format", "ndjson"]);
}

Deno.test("tag ls and repo ls give one JSON string a line", () =>
  withPages(async (registry, flags) => {
    const list = async (...words: string[]) => {
      const { code, stderr, stdout } = await run([...words, ...flags]);
      assert.deepEqual([code, stderr], [0, ""]);
      return stdout.split("\n").slice(0, -1).map((line) => JSON.parse(line));
    };
    assert.deepEqual(await list("tag", "ls", `${registry.host}/app`), TAGS);
    assert.deepEqual(await list("tag", "ls", `${registry.host}/app`, "--exclude", "[bc]"), ["a", "d", "e"]);
    assert.deepEqual(await list("tag", "ls", `${registry.host}/app`, "--limit", "3"), ["a", "b", "c"]);
    assert.deepEqual(await list("tag", "ls", `${registry.host}/app`, "--last", "c"), ["d", "e"]);
    assert.deepEqual(await list("repo", "ls", registry.host), ["app", "lib", "tool"]);
    assert.deepEqual(await list("repo", "ls", registry.host, "--limit", "1"), ["app"]);
  }));

Deno.test("names that a registry gives twice, or before the one to start at, come once or not at all", () =>
  withPages(async (registry, flags) => {
    registry.faults.add({
      method: "GET",
      path: /tags\/list/,
      action: async (_request, proceed) => ({ ...await proceed(), body: '{"tags":["z","b","z","a"]}' }),
    });
    const { stdout } = await run(["tag", "ls", `${registry.host}/app`, "--last", "a", ...flags]);
    assert.equal(stdout, '"z"\n"b"\n"d"\n"e"\n');
  }));

Deno.test("the first page is printed before the second is asked for", () =>
  withPages(async (registry, flags) => {
    const gate = new Gate();
    registry.faults.add({ method: "GET", path: /tags\/list\?.*last=/, times: Infinity, action: gate.hold() });
    let printed = "";
    const seen = Promise.withResolvers<void>();
    const take = (bytes: Uint8Array) => {
      printed += new TextDecoder().decode(bytes);
      seen.resolve();
    };
    const ended = run(["tag", "ls", `${registry.host}/app`, ...flags], {
      options: {
        stdout: { isTerminal: false, write: (bytes) => Promise.resolve(take(bytes)), writeSync: take },
      },
    });
    await seen.promise;
    assert.equal(printed, '"a"\n"b"\n');
    gate.open();
    assert.equal((await ended).code, 0);
    assert.equal(printed, TAGS.map((tag) => `"${tag}"\n`).join(""));
  }));

Deno.test("a reader that goes away ends the list quietly, and asks for no more pages", () =>
  withPages(async (registry, flags) => {
    const { code, stderr } = await run(["tag", "ls", `${registry.host}/app`, ...flags], { closeAfter: 1 });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(registry.asked("GET", /tags\/list/).length <= 2, `${registry.asked("GET", /tags\/list/).length} pages`);
  }));

Deno.test("a page that fails says so behind the rows that came before it", () =>
  withPages(async (registry, flags) => {
    registry.faults.add({
      method: "GET",
      path: /tags\/list\?.*last=/,
      times: Infinity,
      action: () => ({ status: 400, body: "no" }),
    });
    const { code, stderr, stdout } = await run(["tag", "ls", `${registry.host}/app`, ...flags]);
    assert.equal(stdout, '"a"\n"b"\n');
    assert.notEqual(code, 0);
    assert.match(stderr, /^error: GET tags of .* failed with status 400/);
  }));

Deno.test("commands that give no list refuse ndjson before they ask anybody", () =>
  withPages(async (registry, flags) => {
    const { code, stderr, stdout } = await run(["image", "digest", `${registry.host}/app:a`, ...flags]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(
      stderr,
      'error: Flag "--format" cannot be "ndjson" here: the command gives no list\nhint: use --format json\n',
    );
    assert.deepEqual(registry.requests, []);
  }));
