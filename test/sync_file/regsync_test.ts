import assert from "node:assert/strict";
import fc from "fast-check";
import { parse as plain } from "yaml";
import { loadFilter, type TagRules } from "../../src/mod.ts";
import { formatSyncFile, parseSyncFile } from "../../plugins/sync/file/mod.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { addImage } from "../support/images.ts";
import { isInstalled, run } from "../support/programs.ts";
import { ENV, testContext, vectors } from "./support.ts";

const ignore = !isInstalled("regsync");
const skipped = ignore ? " (skipped: regsync is not installed)" : "";

Deno.test({
  name: `the expanded file is what regsync shows${skipped}`,
  ignore,
  fn: async (t) => {
    for (const { name, path, text } of await vectors()) {
      await t.step(name, async () => {
        const theirs = await run("regsync", ["config", "-c", path], { env: { ...ENV } });
        assert.equal(theirs.code, 0, theirs.stderr);
        const file = await parseSyncFile(testContext(), text, path);
        const ours = await formatSyncFile(file, { showSecrets: true });
        assert.deepEqual(plain(ours), plain(theirs.stdout));
        // A file that was written is the same file.
        assert.equal(await formatSyncFile(await parseSyncFile(testContext(), ours, path), { showSecrets: true }), ours);
      });
    }
  },
});

const TAGS = [
  "latest",
  "edge",
  "v1",
  "v1.2",
  "1.2.0",
  "1.2.3",
  "1.2.3-alpine",
  "1.2.9-rc1",
  "1.10",
  "1.10.1",
  "2",
  "2.0.0",
  "2.0.1",
  "2.1-rc2",
  "2.1-rc11",
  "2.1",
  "v2.1.1",
  "3.18",
  "3.18.4",
  "3.19-alpine",
  "3.20",
  "10.0.17763.2114",
  "20240131",
  "0.1",
  "0.2.3",
  "0.2.4",
  "0.0.3",
  "0.0.4",
  "a",
  "a-b",
  "ab",
  "B",
  "sha256-00",
  "1_2",
  "1.x",
  "01.2",
  "1.2.3-0",
  "1.2.3-a1b2",
  "1.2.3-a1b10",
];
/** What ferry does otherwise on purpose: pre-releases of the version that `^` and `~` end at. */
const BOUNDS = ["2.0.0-rc1", "1.3.0-rc1"];

const RANGES = [
  "1.2.3",
  "=1.2",
  "^1.2.3",
  "^v1",
  "~1.2",
  "~1.10",
  ">=1.2 <2",
  ">2.1-rc2",
  "<=2.1-rc11",
  ">0.2.3 <1",
  "^0.2.3",
  "^0.0.3",
  "^0",
  ">=10.0.17763",
  "<1.2.3-a1b10 >=1.2.3-0",
  "",
  "=20240131",
  "^3.18",
];
const EXPRESSIONS = [
  "\\d+\\.\\d+",
  "v.*",
  "[a-z]+",
  ".*-(rc\\d+|alpine)",
  "1\\.2.*",
  "(?i)b",
  "latest",
  "",
  ".",
  "\\d{8}",
];

const rules: fc.Arbitrary<TagRules> = fc.record({
  semverRange: fc.array(fc.constantFrom(...RANGES), { maxLength: 2 }),
  allow: fc.array(fc.constantFrom(...EXPRESSIONS), { maxLength: 3 }),
  deny: fc.array(fc.constantFrom(...EXPRESSIONS), { maxLength: 2 }),
}, { requiredKeys: [] });

/** Tags that `regsync check` would copy, by target repository. */
async function wanted(registry: FakeRegistry, steps: readonly (readonly TagRules[])[]): Promise<Map<string, string[]>> {
  const { host } = registry;
  const config = {
    creds: [{ registry: host, tls: "disabled", reqConcurrent: 50 }],
    defaults: { parallel: 4, skipDockerConfig: true },
    sync: steps.map(([tags, ...tagSets], at) => ({
      source: `${host}/source`,
      target: `${host}/target${at}`,
      type: "repository",
      tags,
      tagSets,
    })),
  };
  const { code, stderr } = await run("regsync", ["check", "-c", "-"], { stdin: JSON.stringify(config) });
  assert.equal(code, 0, stderr);
  const found = new Map<string, string[]>(steps.map((_, at) => [`target${at}`, []]));
  for (const [, repository = "", tag = ""] of stderr.matchAll(/Image sync needed.* target=\S+\/(target\d+):(\S+)/g)) {
    found.get(repository)?.push(tag);
  }
  return found;
}

async function withTags(tags: readonly string[], test: (registry: FakeRegistry) => Promise<void>): Promise<void> {
  await using registry = new FakeRegistry();
  const repository = registry.repository("source");
  const { digest } = addImage(repository, { layers: [] });
  for (const tag of tags) repository.tags.set(tag, digest);
  for (let at = 0; at < 12; at++) registry.repository(`target${at}`);
  await test(registry);
}

Deno.test({
  name: `rules choose the tags that regsync chooses${skipped}`,
  ignore,
  fn: async () => {
    const { createTagSelector } = await loadFilter();
    await withTags(TAGS, async (registry) => {
      const steps = [
        ...RANGES.filter((range) => range !== "").map((range) => [{ semverRange: [range] }]),
        ...fc.sample(fc.array(rules, { minLength: 1, maxLength: 3 }), { numRuns: 31, seed: 7 }),
      ];
      for (let at = 0; at < steps.length; at += 12) {
        const some = steps.slice(at, at + 12);
        const theirs = await wanted(registry, some);
        for (const [index, sets] of some.entries()) {
          const says = (set: TagRules) => Object.values(set).some((list) => (list as unknown[]).length > 0);
          const [tags = {}, ...tagSets] = sets;
          const selector = await createTagSelector(says(tags) ? [tags, ...tagSets] : tagSets);
          const ours = (await selector.select(TAGS)).tags;
          assert.deepEqual(ours.toSorted(), theirs.get(`target${index}`)?.toSorted(), JSON.stringify(sets));
        }
      }
    });
  },
});

Deno.test({
  name: `what ferry chooses otherwise than regsync, on purpose${skipped}`,
  ignore,
  fn: async () => {
    const { createTagSelector } = await loadFilter();
    await withTags([...BOUNDS, "1.2.5", "b-x", "a", "1.0-a.2"], async (registry) => {
      const cases: [rules: TagRules, theirs: string[], ours: string[]][] = [
        // The end of a range is not in it, and neither are its pre-releases.
        [{ semverRange: ["^1.2.3"] }, ["1.2.5", "1.3.0-rc1", "2.0.0-rc1"], ["1.2.5", "1.3.0-rc1"]],
        [{ semverRange: ["~1.2"] }, ["1.2.5", "1.3.0-rc1"], ["1.2.5"]],
        // Expressions match as a whole.
        [{ allow: ["a|b"] }, ["a"], ["a"]],
        [{ allow: ["b|a"], deny: ["x"] }, ["a", "b-x"], ["a"]],
        // Pre-releases are compared in all their parts.
        [{ semverRange: [">1.0-a.1 <1.1"] }, [], ["1.0-a.2"]],
      ];
      const theirs = await wanted(registry, cases.map(([one]) => [one]));
      for (const [at, [one, expected, ours]] of cases.entries()) {
        assert.deepEqual(theirs.get(`target${at}`)?.toSorted(), expected, JSON.stringify(one));
        const selector = await createTagSelector([one]);
        const { tags } = await selector.select([...BOUNDS, "1.2.5", "b-x", "a", "1.0-a.2"]);
        assert.deepEqual(tags.toSorted(), ours, JSON.stringify(one));
      }
    });
  },
});
