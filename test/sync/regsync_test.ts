/** The same files by regsync and by ferry leave the same at the target; called regsync, ferry speaks as regsync does. */
import assert from "node:assert/strict";
import { DockerRegistry } from "../support/docker_registry.ts";
import { isInstalled, needs, run as runProgram } from "../support/programs.ts";
import { Content, pushContent } from "../support/content.ts";
import { makeClient, registryReference } from "../support/client.ts";
import { addArtifact, addImage, addIndex, addLayer } from "../support/images.ts";
import { systemClock } from "../../src/cli/process.ts";
import { run } from "../cli/harness.ts";
import { SyncPlace } from "./harness.ts";

/** Files as users have them: SRC stands for the source; TGT for a target of the tool's own. */
const FILES: readonly string[] = [
  `x-sched-a: &sched-a "15 01 * * *"
version: 1
creds:
  - {registry: SRC, tls: disabled, scheme: http}
  - {registry: TGT, tls: disabled, scheme: http}
defaults:
  ratelimit:
    min: 100
    retry: 15m
  parallel: 2
sync:
  - source: SRC/busybox:latest
    target: TGT/library/busybox:latest
    type: image
    interval: 60m
    backup: "backup-{{.Ref.Tag}}"
  - source: SRC/alpine
    target: TGT/library/alpine
    type: repository
    tags:
      allow:
      - "latest"
      - "edge"
      - "3"
      - "3.\\\\d+"
      deny:
      - "3.0"
    schedule: *sched-a
    backup: "{{$t := time.Now}}{{printf \\"%s/backups/%s:%s-%d\\" .Ref.Registry .Ref.Repository .Ref.Tag $t.Year}}"`,
  `creds: [{registry: SRC, tls: disabled}, {registry: TGT, tls: disabled}]
defaults: {interval: 60m, backup: "bkup-{{.Ref.Tag}}"}
sync:
  - source: SRC/alpine
    target: TGT/semver
    type: repository
    tags: {semverRange: [">=3.1 <3.3"]}
  - {source: SRC/multi:v1, target: "TGT/one:v1", type: image, platform: linux/arm64}
  - {source: SRC, target: TGT/all, type: registry, repos: {allow: ["a.*", "busybox"]}}
  - {source: "{{ \\"SRC\\" }}/alpine:3.2", target: "TGT/template:{{ \\"3.2\\" }}", type: image}`,
  `creds: [{registry: SRC, tls: disabled}, {registry: TGT, tls: disabled}]
sync:
  - {source: SRC/signed, target: TGT/signed, type: repository, digestTags: true, referrers: true}`,
];

function alpine(): Content {
  const content = new Content();
  for (const [at, tag] of ["latest", "edge", "3", "3.0", "3.1", "3.2", "3.20", "3.2.1", "old"].entries()) {
    addImage(content, { tag, layers: [addLayer(content, 1), addLayer(content, 10 + at)] });
  }
  return content;
}

function multi(): Content {
  const content = new Content();
  const manifests = ["amd64", "arm64"].map((architecture, at) =>
    addImage(content, { platform: { os: "linux", architecture }, layers: [addLayer(content, 30 + at)] })
  );
  addIndex(content, { tag: "v1", manifests });
  return content;
}

/** An image with a signature as a referrer, and one under a digest tag. */
function signed(): Content {
  const content = multi();
  const subject = content.manifest("v1").descriptor;
  addArtifact(content, { artifactType: "application/signature", subject });
  addImage(content, { tag: `${subject.digest.replace(":", "-")}.sig`, layers: [addLayer(content, 60)] });
  return content;
}

/** Repositories with their tags and digests. */
async function holds(host: string): Promise<Record<string, Record<string, string>>> {
  const client = makeClient();
  await using _closed = client;
  const found: Record<string, Record<string, string>> = {};
  for (const name of await client.transport.listRepositories(host)) {
    const place = registryReference(host, name);
    const { tags } = await client.transport.listTags(place).catch(() => ({ tags: [] }));
    found[name] = {};
    for (const tag of tags) {
      found[name]![tag] = (await client.transport.headManifest(registryReference(host, name, tag)))!.digest;
    }
  }
  return found;
}

Deno.test({
  ...needs(
    "users' files bring the same tags and digests as by regsync, and a second run moves nothing",
    "regsync",
    "docker-registry",
  ),
  async fn() {
    await using source = await DockerRegistry.start();
    await using theirs = await DockerRegistry.start();
    await using ours = await DockerRegistry.start();
    const dir = await Deno.makeTempDir({ prefix: "ferry-regsync-" });
    await using client = makeClient();
    const push = async (content: Content, host: string, repository: string) =>
      await pushContent(content, client.transport, registryReference(host, repository));
    try {
      await push(alpine(), source.host, "alpine");
      await push(multi(), source.host, "multi");
      await push(signed(), source.host, "signed");
      const busybox = new Content();
      addImage(busybox, { tag: "latest", layers: [addLayer(busybox, 50)] });
      await push(busybox, source.host, "busybox");
      const sync = async (text: string) => {
        const file = async (name: string, host: string) => {
          const path = `${dir}/${name}.yml`;
          await Deno.writeTextFile(path, text.replaceAll("SRC", source.host).replaceAll("TGT", host));
          return path;
        };
        const env = { HOME: dir };
        const peer = await runProgram("regsync", ["once", "-c", await file("theirs", theirs.host)], { env });
        const own = await run(["once", "-c", await file("ours", ours.host)], {
          env,
          argv0: "regsync",
          options: { clock: systemClock() },
        });
        assert.equal(own.code, peer.code, own.stderr + peer.stderr);
        assert.deepEqual(await holds(ours.host), await holds(theirs.host), own.stderr);
        return { own: own.stderr, peer: peer.stderr };
      };
      for (const text of FILES) {
        await sync(text);
        const again = await sync(text);
        if (!text.includes("referrers")) assert.doesNotMatch(again.own, /Image sync needed|Saving backup/);
      }
      // A tag that moved: brought, and what it was is kept.
      const moved = new Content();
      addImage(moved, { tag: "3.2", layers: [addLayer(moved, 99)] });
      addImage(moved, { tag: "latest", layers: [addLayer(moved, 98)] });
      await push(moved, source.host, "alpine");
      for (const text of FILES) {
        const { own, peer } = await sync(text);
        const backups = (log: string) => log.match(/msg="Saving backup"/g)?.length ?? 0;
        assert.equal(backups(own), backups(peer));
      }
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});

Deno.test("called regsync, a check exits with 0, failures with 1, and the log is all that is said", async () => {
  await using place = await SyncPlace.open();
  place.fill("from", "v1");
  await place.file("sync: [{source: SRC/from, target: TGT/to, type: repository}]");
  const as = { argv0: "/usr/local/bin/regsync" };
  const check = await place.sync("-c DIR/sync.yml check", as);
  assert.deepEqual([check.code, check.stdout], [0, ""]);
  assert.match(check.stderr, place.line("Image sync needed"));
  assert.deepEqual(place.tags("to"), {});
  const once = await place.sync("once -c DIR/sync.yml --logopt json", as);
  assert.deepEqual([once.code, once.stdout], [0, ""]);
  assert.equal(JSON.parse(once.stderr.split("\n")[0]!).msg, "Image sync needed");
  place.same("from", "to");
  const quiet = await place.sync("once -v warn --config=DIR/sync.yml --abort-on-error", as);
  assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, "", ""]);
  const debug = await place.sync("once -v debug -c DIR/sync.yml", as);
  assert.match(debug.stderr, place.line("Image matches", "DEBUG"));
  await place.file("sync: [{source: SRC/gone, target: TGT/to, type: repository}]");
  const failed = await place.sync("once -c DIR/sync.yml", as);
  assert.deepEqual([failed.code, failed.stdout], [1, ""]);
  assert.match(failed.stderr, /level=ERROR msg="Failed to sync"/);
  assert.equal((await place.sync("once", as)).code, 1);
  assert.equal((await place.sync("version", as)).code, 0);
  const help = await place.sync("--help", as);
  assert.match(help.stdout, /Usage: regsync <command>/);
  assert.match((await place.sync("help once", as)).stdout, /Usage: regsync once \[flags\]/);
});

Deno.test({
  name: isInstalled("regsync")
    ? "regsync takes what ferry is told under its name"
    : "regsync takes what ferry is told under its name (skipped: regsync is not installed)",
  ignore: !isInstalled("regsync"),
  async fn() {
    await using place = await SyncPlace.open();
    place.fill("from", "v1");
    await place.file("sync: [{source: SRC/from, target: TGT/to, type: repository}]");
    const theirs = await runProgram("regsync", ["check", "-c", `${place.dir}/sync.yml`], { env: { HOME: place.dir } });
    assert.equal(theirs.code, 0);
    const ours = await place.sync("check -c DIR/sync.yml", { argv0: "regsync" });
    const said = (log: string) =>
      log.split("\n").map((line) => line.replace(/^time=\S+ /, "")).filter((line) => line !== "");
    assert.deepEqual(said(ours.stderr), said(theirs.stderr));
  },
});
