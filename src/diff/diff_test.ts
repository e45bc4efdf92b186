import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { findEdits } from "./edits.ts";
import { diffHunks, hunksText } from "./hunks.ts";

const text = (old: string, young: string, context = 3) => hunksText(diffHunks([...old], [...young], context));

function applied(old: readonly string[], young: readonly string[]): string[] {
  const out: string[] = [];
  let at = 0;
  for (const edit of findEdits(old, young)) {
    out.push(...old.slice(at, edit.from), ...young.slice(edit.start, edit.end));
    at = edit.to;
  }
  return [...out, ...old.slice(at)];
}

/** Length of the longest common subsequence, by the table. */
function common(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    for (const [at, other] of b.entries()) {
      next.push(line === other ? row[at]! + 1 : Math.max(next[at]!, row[at + 1]!));
    }
    row = next;
  }
  return row.at(-1)!;
}

const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 25 });

Deno.test("edits make the new list of the old one, and are the fewest", () => {
  fc.assert(fc.property(lines, lines, (old, young) => {
    assert.deepEqual(applied(old, young), young);
    const changed = findEdits(old, young).reduce((sum, edit) => sum + edit.to - edit.from + edit.end - edit.start, 0);
    assert.equal(changed, old.length + young.length - 2 * common(old, young));
  }));
});

Deno.test("lists with more differences than the exact way takes are compared all the same", () => {
  const old = Array.from({ length: 9000 }, (_, at) => `${at % 2 === 0 ? "same" : "old"} ${at}`);
  const young = Array.from({ length: 9000 }, (_, at) => `${at % 2 === 0 ? "same" : "new"} ${at}`);
  assert.deepEqual(applied(old, young), young);
  assert.equal(findEdits(old, young).length, 4500);
  const none = Array.from({ length: 9000 }, (_, at) => `none ${at}`);
  assert.deepEqual(applied(old, none), none);
});

Deno.test("hunks show what is around the differences and join where they touch", () => {
  assert.equal(text("abc", "abc"), "");
  assert.equal(text("abcdefg", "abcXefg", 1), "@@ -3,3 +3,3 @@\n  c\n- d\n+ X\n  e\n");
  assert.equal(text("", "ab"), "@@ -0,0 +1,2 @@\n+ a\n+ b\n");
  assert.equal(text("ab", ""), "@@ -1,2 +0,0 @@\n- a\n- b\n");
  assert.equal(
    text("abcdefgh", "XbcdefgY", 1),
    "@@ -1,2 +1,2 @@\n- a\n+ X\n  b\n@@ -7,2 +7,2 @@\n  g\n- h\n+ Y\n",
  );
  assert.equal(text("abcd", "XbcY", 1), "@@ -1,4 +1,4 @@\n- a\n+ X\n  b\n  c\n- d\n+ Y\n");
  assert.equal(text("abcd", "abcX", Infinity), "@@ -1,4 +1,4 @@\n  a\n  b\n  c\n- d\n+ X\n");
});

const patch = spawnSync("patch", ["--version"]).status === 0;

Deno.test({
  name: `patch(1) makes the new file of the old one${patch ? "" : " (skipped: patch is not installed)"}`,
  ignore: !patch,
  fn: async () => {
    const folder = await Deno.makeTempDir();
    try {
      for (const [old, young] of fc.sample(fc.tuple(lines, lines), 20)) {
        const hunks = hunksText(diffHunks(old, young, 3));
        if (hunks === "") continue;
        const unified = hunks.replaceAll(/^([ +-]) /gm, "$1");
        await Deno.writeTextFile(`${folder}/f`, old.map((line) => `${line}\n`).join(""));
        await Deno.writeTextFile(`${folder}/p`, `--- f\n+++ f\n${unified}`);
        const { status, stdout, stderr } = spawnSync("patch", ["-s", "f", "p"], { cwd: folder, encoding: "utf8" });
        assert.equal(status, 0, `${unified}\n${stdout}${stderr}`);
        const file = await Deno.readTextFile(`${folder}/f`).catch(() => "");
        assert.equal(file, young.map((line) => `${line}\n`).join(""));
      }
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
