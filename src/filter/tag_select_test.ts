import assert from "node:assert/strict";
import type { TagRules } from "./tag_rules.ts";
import { createTagSelector } from "./tag_select.ts";

const TAGS = ["latest", "edge", "v1.0", "1.2", "1.10", "2.0-rc1", "2.0", "2.0-alpine", "sha256-00"];
const DAY = 86_400_000;
const NOW = Date.UTC(2026, 5, 1);
/** Each tag a day older than the one before it; the last two say nothing. */
const created = (tag: string) => {
  const at = TAGS.indexOf(tag);
  return Promise.resolve(at < 0 || at > 6 ? undefined : NOW - at * DAY);
};

async function chosen(...sets: TagRules[]): Promise<string> {
  const selector = await createTagSelector(sets);
  const selection = await selector.select(TAGS, { created, now: NOW });
  for (const tag of TAGS) assert.equal(selection.explain(tag).chosen, selection.tags.includes(tag), tag);
  return selection.tags.join(" ");
}

Deno.test("rules choose tags, in the order of the list", async () => {
  assert.equal(await chosen(), TAGS.join(" "));
  assert.equal(await chosen({}), TAGS.join(" "));
  assert.equal(await chosen({ allow: ["latest|edge", "1\\..*"] }), "latest edge 1.2 1.10");
  assert.equal(await chosen({ allow: ["2.*"], deny: [".*-rc\\d+"] }), "2.0 2.0-alpine");
  assert.equal(await chosen({ deny: [".*"] }), "");
  assert.equal(await chosen({ semverRange: ["^1", "=2"] }), "v1.0 1.2 1.10 2.0");
  assert.equal(await chosen({ semverRange: [""] }), TAGS.join(" "));
  assert.equal(await chosen({ semverRange: ["^1"], deny: ["v.*"] }), "1.2 1.10");
  assert.equal(await chosen({ allow: ["edge"] }, { semverRange: [">=2"] }), "edge 2.0");
  assert.equal(await chosen({ allow: ["edge"] }, {}), TAGS.join(" "));
});

Deno.test("the newest by version, name or time, and those that are not too old", async () => {
  assert.equal(await chosen({ latest: 2 }), "2.0 2.0-rc1".split(" ").toReversed().join(" "));
  assert.equal(await chosen({ latest: 1, deny: [".*-.*"] }), "2.0");
  assert.equal(await chosen({ latest: 2, allow: ["[\\d.]+"] }), "1.10 2.0");
  assert.equal(await chosen({ latest: 99 }), "v1.0 1.2 1.10 2.0-rc1 2.0 2.0-alpine");
  assert.equal(await chosen({ latest: 2, sort: "name", allow: ["1.*"] }), "1.2 1.10");
  assert.equal(await chosen({ latest: 2, sort: "created" }), "latest edge");
  assert.equal(await chosen({ latest: 8, sort: "created" }), TAGS.filter((tag) => tag !== "2.0-alpine").join(" "));
  assert.equal(await chosen({ since: 2 * DAY }), "latest edge v1.0");
  assert.equal(await chosen({ since: 2 * DAY, deny: ["latest"], latest: 1, sort: "created" }), "edge");
});

Deno.test("a tag is told why it was chosen or not", async () => {
  const explain = async (tag: string, ...sets: TagRules[]) => {
    const selector = await createTagSelector(sets);
    return (await selector.select(TAGS, { created, now: NOW })).explain(tag).why;
  };
  assert.equal(await explain("edge"), "every tag is wanted");
  assert.equal(await explain("gone"), "is not in the list");
  assert.equal(await explain("edge", { allow: ["x", "e.*"] }), 'matches allow "e.*"');
  assert.equal(await explain("edge", { allow: ["x"] }), "matches no allow");
  assert.equal(await explain("edge", { allow: ["e.*"], deny: ["..ge"] }), 'matches deny "..ge"');
  assert.equal(await explain("edge", { semverRange: ["^1"] }), "is no version");
  assert.equal(await explain("2.0", { semverRange: ["^1"] }), "is in no semverRange");
  assert.equal(await explain("edge", { latest: 3 }), "is no version");
  assert.equal(await explain("1.2", { latest: 1 }), "is not among the newest 1 by semver");
  assert.equal(
    await explain("1.10", { semverRange: ["^1"], allow: ["1.*"], latest: 1 }),
    'is in semverRange "^1", matches allow "1.*", is among the newest 1 by semver',
  );
  assert.equal(await explain("v1.0", { since: DAY }), "was created on 2026-05-30, too long ago");
  assert.equal(await explain("sha256-00", { since: DAY }), "does not say when it was created");
  assert.equal(
    await explain("edge", { allow: ["x"] }, { deny: ["edge"] }),
    'set 1: matches no allow; set 2: matches deny "edge"',
  );
  assert.equal(await explain("edge", { allow: ["x"] }, {}), "every tag is wanted");
});

Deno.test("creation times are asked for once a tag, only where they count, a few at a time", async () => {
  const tags = Array.from({ length: 200 }, (_, at) => `b${at}`);
  const asked: string[] = [];
  let open = 0;
  let most = 0;
  const rules: TagRules = { allow: ["b1.*"], since: DAY, latest: 5, sort: "created" };
  const selector = await createTagSelector([rules, { ...rules, deny: ["b11"] }]);
  assert.equal(selector.needsCreated, true);
  const { tags: found } = await selector.select(tags, {
    now: NOW,
    created: async (tag) => {
      asked.push(tag);
      most = Math.max(most, ++open);
      await Promise.resolve();
      open--;
      return NOW - Number(tag.slice(1));
    },
  });
  assert.deepEqual(found, ["b1", "b10", "b11", "b12", "b13", "b14"]);
  assert.equal(asked.length, 111);
  assert.equal(new Set(asked).size, 111);
  assert.ok(most <= 16, String(most));
  assert.equal((await createTagSelector([{ latest: 3 }, { sort: "created" }])).needsCreated, false);
});

Deno.test("a failed lookup and rules that are not valid are told", async () => {
  const selector = await createTagSelector([{ since: DAY }]);
  await assert.rejects(selector.select(["a"], { created: () => Promise.reject(new Error("offline")) }), /offline/);
  await assert.rejects(createTagSelector([{ allow: ["("] }]), { code: "CONFIG_INVALID" });
  await assert.rejects(createTagSelector([{ semverRange: ["x"] }]), { code: "CONFIG_INVALID" });
});

Deno.test("ten thousand tags take one pass", async () => {
  const tags = Array.from({ length: 10_000 }, (_, at) => `1.${at % 100}.${Math.floor(at / 100)}`);
  const selector = await createTagSelector([{ semverRange: [">=1.5"], deny: [".*\\.13"], latest: 3 }]);
  assert.deepEqual((await selector.select(tags)).tags, ["1.99.97", "1.99.98", "1.99.99"]);
});
