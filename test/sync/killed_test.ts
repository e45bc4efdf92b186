/** `sync` killed in the middle, and a repository of ten thousand tags. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { checkLayout } from "../support/content.ts";
import { FerryRegistry } from "../support/ferry_registry.ts";
import { SyncPlace } from "./harness.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

Deno.test("killed at any time, the next run takes up the work, and the layout is whole", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", ...Array.from({ length: 30 }, (_, at) => `v${at}`));
  await place.file(`
sync:
  - source: SRC/from
    targets: [TGT/to, "ocidir://DIR/layout"]
    type: repository`);
  const line = [
    "once",
    "-c",
    `${place.dir}/sync.yml`,
    "--state",
    `${place.dir}/state`,
    "--report",
    `${place.dir}/report`,
  ];
  for (const requests of [40, 90, 140]) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", MAIN, "sync", ...line],
      env: { HOME: place.dir, RUST_BACKTRACE: "0" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    let ended = false;
    const status = child.status.then(() => ended = true);
    while (!ended && place.source.requests.length < requests) await new Promise((resolve) => setTimeout(resolve, 2));
    if (!ended) child.kill("SIGKILL");
    await status;
    if (await Deno.stat(`${place.dir}/layout/index.json`).then(() => true, () => false)) {
      await checkLayout(`${place.dir}/layout`);
    }
  }
  const { counts } = await place.json(0, line.join(" "));
  assert.equal(counts.failed, undefined);
  place.same("from", "to");
  assert.equal((await checkLayout(`${place.dir}/layout`)).tags.size, 30);
  assert.deepEqual((await place.json(0, "once -c DIR/sync.yml --state DIR/state")).counts, { unchanged: 60 });
  for await (const { name } of Deno.readDir(place.dir)) assert.doesNotMatch(name, /\.tmp$/);
});

Deno.test("ten thousand tags are looked through in one request each and a list", async () => {
  await using registry = await FerryRegistry.start();
  await using place = await SyncPlace.open();
  const digest = place.image("from", "v0");
  await place.file("sync: [{source: SRC/from, target: 'ocidir://DIR/layout', type: repository}]");
  await place.ends(0, "once -c DIR/sync.yml");
  // The same image under ten thousand tags, in the folder of a registry.
  await Deno.rename(`${place.dir}/layout`, `${registry.dir}/many`);
  const index = JSON.parse(await Deno.readTextFile(`${registry.dir}/many/index.json`));
  const [entry] = index.manifests;
  assert.equal(entry.digest, digest);
  index.manifests = Array.from({ length: 10_000 }, (_, at) => ({
    ...entry,
    annotations: { "org.opencontainers.image.ref.name": `v${String(at).padStart(5, "0")}` },
  }));
  await Deno.writeTextFile(`${registry.dir}/many/index.json`, JSON.stringify(index));
  const to = place.target.repository("to");
  place.image("to", "v0", 0, place.target);
  to.tags.clear();
  for (let at = 0; at < 10_000; at++) if (at % 1000 !== 7) to.tags.set(`v${String(at).padStart(5, "0")}`, digest);
  const file = `${place.dir}/many.yml`;
  const creds = [registry.host, place.target.host].map((host) => `{registry: "${host}", tls: disabled}`).join(", ");
  await Deno.writeTextFile(
    file,
    `creds: [${creds}]\nsync: [{source: ${registry.host}/many, target: ${place.target.host}/to, type: repository}]\n`,
  );
  place.forget();
  assert.deepEqual((await place.json(0, `once -c ${file}`)).counts, { copied: 10, unchanged: 9990 });
  assert.equal(place.target.asked("HEAD", /manifests/).length, 10_000);
  assert.equal(to.tags.size, 10_000);
});
