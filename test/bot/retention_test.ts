/** Rules of retention: what they keep, what they delete, and when they refuse. */
import assert from "node:assert/strict";
import { planRetention } from "../../plugins/bot/retention/plan.ts";
import { loadFilter } from "../../src/filter/load.ts";
import { run, type RunResult } from "../cli/harness.ts";
import { Place } from "../serve/harness.ts";
import { pushImage, snapshot } from "./harness.ts";

/** Runs rules with `bot once`; the clock of tests stands at the begin of 2024. */
async function retain(place: Place, rules: string, ...args: string[]): Promise<RunResult> {
  const stdin = `creds: [{registry: "${place.host}", tls: disabled}]\nretention:\n${
    rules.replaceAll("@REG@", place.host)
  }`;
  return await run(["bot", "once", "-c", "-", ...args], { stdin });
}

async function tagsOf(place: Place): Promise<string[]> {
  return Object.keys(await snapshot(place)).sort();
}

Deno.test("the newest by creation stay, a dry run shows the plan, and shared digests keep their other tags", async () => {
  await using place = await Place.open();
  for (const day of ["01", "02", "03", "04", "05"]) {
    await pushImage(place, "app", `d${day}`, { created: `2023-12-${day}T00:00:00Z`, index: day === "03" });
  }
  // Another name of the oldest: it is kept by name, so the manifest has to stay.
  const oldest = (await snapshot(place))["app:d01"]!;
  const bytes = (await place.send("GET", `/v2/app/manifests/${oldest}`)).bytes;
  (await place.put("app", "stable", new Uint8Array(bytes))).is(201);
  const rule = `  - {repositories: ["@REG@/app"], keep: {latest: 2, match: [stable]}}\n`;
  const before = await snapshot(place);
  const dry = await retain(place, rule, "--dry-run");
  assert.equal(dry.code, 0, dry.stderr);
  assert.deepEqual(await snapshot(place), before);
  assert.match(dry.stdout, /^REPOSITORY +TAG +ACTION +WHY\n/);
  assert.match(dry.stdout, /\/app +d05 +keep +is one of the newest 2 by created\n/);
  assert.match(dry.stdout, /\/app +d01 +delete +nothing keeps it\n/);
  assert.match(dry.stdout, /\/app +stable +keep +matches "stable"\n/);
  const real = await retain(place, rule);
  assert.equal(real.code, 0, real.stderr);
  assert.deepEqual(await tagsOf(place), ["app:d04", "app:d05", "app:stable"]);
  assert.equal((await snapshot(place))["app:stable"], oldest);
  assert.match(real.stdout, /d01 +deleted/);
});

Deno.test("ages, patterns of repositories, and tags that a rule is not about", async () => {
  await using place = await Place.open();
  for (const name of ["org/a", "org/b", "org/deep/c", "other"]) {
    await pushImage(place, name, "old", { created: "2023-01-01T00:00:00Z" });
    await pushImage(place, name, "new", { created: "2023-12-30T00:00:00Z" });
    await pushImage(place, name, "latest", { created: "2020-01-01T00:00:00Z" });
  }
  const rule = `  - {repositories: ["@REG@/org/*"], tags: {deny: [latest]}, keep: {since: 30d}}\n`;
  const { code, stderr } = await retain(place, rule);
  assert.equal(code, 0, stderr);
  const gone = ["org/a:old", "org/b:old"];
  const all = ["org/a", "org/b", "org/deep/c", "other"].flatMap((name) =>
    ["old", "new", "latest"].map((tag) => `${name}:${tag}`)
  );
  assert.deepEqual(await tagsOf(place), all.filter((tag) => !gone.includes(tag)).sort());
  await retain(place, rule.replace("org/*", "org/**"));
  assert.ok(!(await tagsOf(place)).includes("org/deep/c:old"));
});

Deno.test("nothing is deleted where a tag does not tell its age, or where more would go than may", async () => {
  await using place = await Place.open();
  await pushImage(place, "app", "a", { created: "2020-01-01T00:00:00Z" });
  await pushImage(place, "app", "b", { created: "2020-01-01T00:00:00Z" });
  await place.image("app", "untold");
  await pushImage(place, "fine", "a", { created: "2020-01-01T00:00:00Z" });
  const before = await tagsOf(place);
  const refused = await retain(place, `  - {repositories: ["@REG@/app"], keep: {since: 1d}}\n`);
  assert.equal(refused.code, 9);
  assert.match(refused.stderr, /it is not known when "untold" was created/);
  assert.deepEqual(await tagsOf(place), before);
  const limited = await retain(
    place,
    `  - {repositories: ["@REG@/app"], max: 1, tags: {deny: [untold]}, keep: {since: 1d}}\n`,
  );
  assert.equal(limited.code, 9);
  assert.match(limited.stderr, /2 tags would go, and at most 1 may/);
  assert.deepEqual(await tagsOf(place), before);
  // The other repository is worked on all the same.
  await retain(place, `  - {repositories: ["@REG@/app", "@REG@/fine"], keep: {since: 1d}}\n`);
  assert.ok(!(await tagsOf(place)).includes("fine:a"));
});

Deno.test("plans by version, by name and by minor version", async () => {
  const filter = await loadFilter();
  const plan = async (tags: readonly string[], keep: Partial<Parameters<typeof planRetention>[1]>) => {
    const rules = { by: "created" as const, match: [], ...keep };
    const verdicts = await planRetention(tags.map((tag) => ({ tag })), rules, filter, 0);
    return verdicts.filter(({ action }) => action === "keep").map(({ tag }) => tag).join(" ");
  };
  const versions = ["1.2.3", "1.2.4", "1.10.0", "1.3.0-rc1", "latest", "v2.0.0"];
  assert.equal(await plan(versions, { latest: 2, by: "semver" }), "1.10.0 latest v2.0.0");
  assert.equal(await plan(versions, { perMinor: 1 }), "1.2.4 1.10.0 1.3.0-rc1 latest v2.0.0");
  assert.equal(await plan(["b-9", "b-10", "b-2"], { latest: 1, by: "name" }), "b-10");
  assert.equal(await plan(["a", "b"], { match: ["a.*"] }), "a");
  assert.equal(await plan(["a", "b"], { latest: 0, by: "name" }), "");
});

Deno.test("a rule without anything to keep is refused, with the line", async () => {
  await using place = await Place.open();
  const { code, stderr } = await retain(place, `  - {repositories: ["@REG@/app"], keep: {by: name}}\n`);
  assert.equal(code, 2);
  assert.match(stderr, /stdin:3:\d+/);
});
