/** What scripts have fetched ahead: how many requests that makes, and that nothing outlives a change. */
import assert from "node:assert/strict";
import { ReadAhead } from "../../plugins/bot/api/read_ahead.ts";
import { Session } from "../../plugins/bot/api/session.ts";
import { createActionLimit } from "../../plugins/bot/run/action_limit.ts";
import { Changes } from "../../plugins/bot/run/changes.ts";
import { localPlatform } from "../../src/config/local_platform.ts";
import type { Context } from "../../src/mod.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { parseReference } from "../../src/reference/parse.ts";
import { bytesOf } from "../serve/harness.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { headers } from "../support/faults.ts";
import { once } from "./harness.ts";

const IMAGES = 40;
/** Requests beside those that answer the script: the list of tags, and whether pulls are counted. */
const BESIDES = 2;

/** A registry with images `t00`, `t01`... in the repository `app`. */
function withImages(): FakeRegistry {
  const registry = new FakeRegistry();
  const repository = registry.repository("app");
  const { architecture, os } = localPlatform();
  for (let at = 0; at < IMAGES; at++) {
    const config = bytesOf(JSON.stringify({ architecture, os, config: { Labels: { at: `${at}` } } }));
    const descriptor = { mediaType: MEDIA_TYPE.ociConfig, digest: repository.addBlob(config), size: config.byteLength };
    const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociManifest, config: descriptor, layers: [] };
    repository.addManifest(MEDIA_TYPE.ociManifest, bytesOf(JSON.stringify(manifest)), tagOf(at));
  }
  return registry;
}

function tagOf(at: number): string {
  return `t${String(at).padStart(2, "0")}`;
}

/** Runs a script that must succeed; gives what it printed and how many requests were made. */
async function counted(registry: FakeRegistry, script: string): Promise<{ printed: string; requests: number }> {
  registry.requests.length = 0;
  const { code, stderr, stdout } = await once(registry, script.replaceAll("@REG@", registry.host));
  assert.equal(code, 0, stderr);
  return { printed: stdout.trimEnd(), requests: registry.requests.length };
}

const LABEL = `local function label(t) return image.config("@REG@/app:" .. t).Config.Labels.at end\n`;

Deno.test("a script that reads all tags has them fetched side by side, and none twice", async () => {
  await using registry = withImages();
  const { printed, requests } = await counted(
    registry,
    `${LABEL} for _, t in ipairs(tag.ls("@REG@/app")) do assert(label(t) == tostring(tonumber(t:sub(2)))) end print("all")`,
  );
  assert.equal(printed, "all");
  assert.equal(requests, BESIDES + 2 * IMAGES);
  assert.ok(registry.peak > 1, `${registry.peak} requests at a time`);
});

Deno.test("manifests, heads and tag.info are read ahead as well, each in its own requests", async () => {
  await using registry = withImages();
  for (
    const [call, each] of [["manifest.get", 1], ["manifest.head", 1], ["image.manifest", 1], ["tag.info", 2]] as const
  ) {
    registry.peak = 0;
    const { requests } = await counted(
      registry,
      `for _, t in ipairs(tag.ls("@REG@/app")) do ${call}("@REG@/app:" .. t) end`,
    );
    assert.equal(requests, BESIDES + each * IMAGES, call);
    assert.ok(registry.peak > 1, `${call}: ${registry.peak} requests at a time`);
  }
});

Deno.test("a script that stops early, or picks some, wastes little", async () => {
  await using registry = withImages();
  const stops = await counted(
    registry,
    `${LABEL} for i, t in ipairs(tag.ls("@REG@/app")) do label(t) if i == 3 then break end end`,
  );
  assert.ok(stops.requests <= BESIDES + 2 * (3 + 8), `${stops.requests} requests`);
  const picks = await counted(
    registry,
    `${LABEL} for i, t in ipairs(tag.ls("@REG@/app")) do if i % 4 == 0 then label(t) end end`,
  );
  assert.ok(picks.requests <= BESIDES + 2 * (IMAGES / 4 + 15), `${picks.requests} requests`);
  const backwards = await counted(
    registry,
    `${LABEL} local tags = tag.ls("@REG@/app") for i = #tags, 1, -1 do label(tags[i]) end`,
  );
  assert.equal(backwards.requests, BESIDES - 1 + 2 * IMAGES);
});

Deno.test("what a script deletes or puts is not answered from before", async () => {
  await using registry = withImages();
  const { printed } = await counted(
    registry,
    `${LABEL}
    for i, t in ipairs(tag.ls("@REG@/app")) do
      if i == 6 then
        tag.delete("@REG@/app:t08")
        manifest.put(manifest.get("@REG@/app:t00"), "@REG@/app:t09")
      end
      if i == 9 then print(pcall(label, t)) end
      if i ~= 9 then local at = label(t) if i == 10 or i == 11 then print(t, at) end end
    end`,
  );
  const [gone, moved, stayed] = printed.split("\n");
  assert.match(gone!, /^false\t.*MANIFEST_UNKNOWN/);
  assert.equal(moved, "t09\t0");
  assert.equal(stayed, "t10\t10");
});

Deno.test("a script that deletes what it goes through makes few requests more", async () => {
  await using registry = withImages();
  const { requests } = await counted(
    registry,
    `${LABEL} for i, t in ipairs(tag.ls("@REG@/app")) do label(t) if i % 5 == 0 then tag.delete("@REG@/app:" .. t) end end`,
  );
  const deletes = registry.asked("DELETE").length;
  assert.ok(deletes >= IMAGES / 5);
  assert.ok(requests <= BESIDES + 2 * (IMAGES + 15) + 2 * deletes, `${requests} requests`);
});

Deno.test("a failure is the one's who asks, once", async () => {
  await using registry = withImages();
  registry.repository("app").tags.set("t20", `sha256:${"0".repeat(64)}`);
  const { printed, requests } = await counted(
    registry,
    `${LABEL} local bad = {}
    for _, t in ipairs(tag.ls("@REG@/app")) do if not pcall(label, t) then bad[#bad + 1] = t end end
    print(table.concat(bad, ","))`,
  );
  assert.equal(printed, "t20");
  assert.equal(requests, BESIDES + 2 * IMAGES - 1);
});

Deno.test("where pulls are counted nothing is fetched ahead", async () => {
  await using registry = withImages();
  registry.faults.add({
    path: /\/manifests\//,
    times: Infinity,
    action: headers({ "ratelimit-limit": "100;w=21600", "ratelimit-remaining": "90;w=21600" }),
  });
  const { requests } = await counted(
    registry,
    `${LABEL} for i, t in ipairs(tag.ls("@REG@/app")) do label(t) if i == 5 then break end end`,
  );
  assert.equal(requests, BESIDES + 2 * 5);
});

Deno.test("what another script of the run changes is not answered from before", async () => {
  const changes = new Changes();
  const context = {
    log: { info: () => {} },
    registry: () => Promise.resolve({ rateLimit: () => Promise.resolve({ set: false }) }),
  } as unknown as Context;
  const session = (script: string) =>
    new Session({
      context,
      script,
      changes,
      dryRun: false,
      actions: createActionLimit(1),
      env: [],
      unsafe: false,
      readAhead: true,
    });
  const [reader, writer] = [session("reader"), session("writer")];
  const asked: string[] = [];
  const { signal } = new AbortController();
  const ask = (ahead: ReadAhead, tag: string) =>
    ahead.ask("config", parseReference(`one.example/app:${tag}`), signal, ({ tag }) => {
      asked.push(tag);
      return Promise.resolve(tag);
    });
  reader.readAhead.listed(parseReference("one.example/app"), ["a", "b", "c", "d"]);
  for (const tag of ["a", "b"]) assert.equal(await ask(reader.readAhead, tag), tag);
  assert.deepEqual(asked.toSorted(), ["a", "b", "c", "d"]);
  await writer.change("Delete tag", parseReference("one.example/other:d"), {}, () => Promise.resolve());
  assert.equal(await ask(reader.readAhead, "c"), "c");
  assert.equal(asked.length, 4);
  // The same registry may have another name.
  await writer.change("Delete tag", parseReference("two.example/app:d"), {}, () => Promise.resolve());
  assert.equal(await ask(reader.readAhead, "d"), "d");
  assert.deepEqual(asked.slice(4), ["d"]);
  await reader.end();
  await writer.end();
});
