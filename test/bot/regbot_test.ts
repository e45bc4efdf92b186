/** Users' scripts, over a real registry: what they leave there is what regbot's run leaves. */
import assert from "node:assert/strict";
import { run as runProgram } from "../support/programs.ts";
import { needs } from "../support/programs.ts";
import { Place } from "../serve/harness.ts";
import { botFile, once, pushImage, snapshot } from "./harness.ts";

const VECTORS = new URL("../vectors/bot/", import.meta.url);
const NAMES = ["backups", "minor", "dated", "builds"];

async function scriptsFor(place: Place): Promise<Record<string, string>> {
  const texts = await Promise.all(NAMES.map((name) => Deno.readTextFile(new URL(`${name}.lua`, VECTORS))));
  return Object.fromEntries(NAMES.map((name, at) => [name, texts[at]!.replaceAll("@REG@", place.host)]));
}

/** What the scripts were written for. */
async function fill(place: Place): Promise<void> {
  for (const day of ["20210831", "20210901", "20210902", "20210903", "20210904"]) {
    await pushImage(place, "library/alpine", `bkup-3-${day}`, { labels: { day } });
    await pushImage(place, "library/alpine", `bkup-latest-${day}`, { labels: { day }, index: true });
  }
  await pushImage(place, "library/alpine", "3");
  await pushImage(place, "library/busybox", "bkup-latest-20210901");
  for (const version of ["3.8", "3.9", "3.10", "3.11", "3", "latest", "3.10.1"]) {
    await pushImage(place, "up/alpine", version, { index: version.length > 3 });
  }
  for (const tag of ["11.1", "testing-20210101", "testing-20210201", "testing-20210301", "testing-20210401"]) {
    await pushImage(place, "up/debian", tag);
  }
  await pushImage(place, "dated/debian", "testing-20200101");
  await pushImage(place, "dated/debian", "stable");
  const label = "org.opencontainers.image.created";
  await pushImage(place, "ci/example", "ci-001", { labels: { [label]: "2020-01-01T00:00:00Z" } });
  await pushImage(place, "ci/example", "ci-002", { labels: { [label]: "2020-01-01T00:00:00Z" }, index: true });
  await pushImage(place, "ci/example", "ci-003", { labels: { [label]: "2999-01-01T00:00:00Z" } });
  await pushImage(place, "ci/example", "stable", { labels: { [label]: "2020-01-01T00:00:00Z" } });
}

const EXPECTED_GONE = [
  ...["3", "latest"].flatMap((tag) => ["20210831", "20210901"].map((day) => `library/alpine:bkup-${tag}-${day}`)),
  "dated/debian:testing-20200101",
  "ci/example:ci-001",
  "ci/example:ci-002",
].sort();

Deno.test("users' scripts: a dry run changes nothing, a run does what they say, another one nothing more", async () => {
  await using place = await Place.open();
  await fill(place);
  const before = await snapshot(place);
  const scripts = await scriptsFor(place);
  const dry = await once(place, scripts, { args: ["--dry-run"] });
  // The local repositories of one script do not exist yet, which fails nothing but a list.
  assert.deepEqual(await snapshot(place), before);
  assert.match(dry.stderr, /msg="Delete tag" script=backups image=\S+bkup-3-20210831 dry-run=true/);
  assert.match(dry.stderr, /msg="Copy image" script=minor .* dry-run=true/);
  const real = await once(place, scripts);
  assert.equal(real.code, 0, real.stderr);
  const after = await snapshot(place);
  assert.deepEqual(Object.keys(before).filter((name) => !(name in after)).sort(), EXPECTED_GONE);
  assert.equal(after["local/up/alpine:3.11"], before["up/alpine:3.11"]);
  assert.equal(after["local/up/alpine:3.8"], undefined);
  assert.equal(after["dated/debian:testing-20210401"], before["up/debian:testing-20210401"]);
  const again = await once(place, scripts);
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(await snapshot(place), after);
});

Deno.test({
  ...needs("users' scripts leave the tags and digests that regbot leaves", "regbot"),
  async fn() {
    await using ours = await Place.open();
    await using theirs = await Place.open();
    await fill(ours);
    await fill(theirs);
    const dir = await Deno.makeTempDir({ prefix: "ferry-bot-" });
    try {
      await Deno.writeTextFile(`${dir}/bot.yml`, botFile(theirs, await scriptsFor(theirs)));
      const regbot = await runProgram("regbot", ["once", "-c", `${dir}/bot.yml`], { env: { HOME: dir } });
      assert.equal(regbot.code, 0, regbot.stderr);
      const ferry = await once(ours, await scriptsFor(ours));
      assert.equal(ferry.code, 0, ferry.stderr);
      assert.deepEqual(await snapshot(ours), await snapshot(theirs));
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
