import assert from "node:assert/strict";
import { createNameFilter, hasOpenAlternative, loadExpressions } from "./regexp.ts";

const TAGS = ["a", "a-docker", "a1", "b", "b1", "v1.2.3", "v1.10.0", "V1", "sha256-00"];

async function chosen(include: string[], exclude: string[] = []): Promise<string[]> {
  return TAGS.filter(await createNameFilter({ include, exclude }));
}

Deno.test("expressions match whole names, as a group", async () => {
  assert.deepEqual(await chosen(["a|b1"]), ["a", "b1"]);
  assert.deepEqual(await chosen(["v1\\..*"]), ["v1.2.3", "v1.10.0"]);
  assert.deepEqual(await chosen(["(?i)v1"]), ["V1"]);
  assert.deepEqual(await chosen(["a", "b"]), ["a", "b"]);
  assert.deepEqual(await chosen([], ["sha256-.*", "[ab].*"]), ["v1.2.3", "v1.10.0", "V1"]);
  assert.deepEqual(await chosen(["a.*"], ["a1"]), ["a", "a-docker"]);
  assert.deepEqual(await chosen([]), TAGS);
});

Deno.test("an expression that Go does not take is refused", async () => {
  for (const expression of ["(", "a)|(b", "(?=x)", "*"]) {
    await assert.rejects(createNameFilter({ include: [expression] }), { code: "FLAG_INVALID" }, expression);
  }
});

Deno.test("an expression that makes other engines hang takes no time", async () => {
  const filter = await createNameFilter({ include: ["(a+)+$"] });
  assert.equal(filter(`${"a".repeat(5000)}!`), false);
});

Deno.test("expressions give new names from what their groups matched", async () => {
  const compile = await loadExpressions("CONFIG_INVALID");
  const rewrite = (expression: string, replacement: string, name: string) =>
    compile(expression).rewriter(replacement)(name);
  assert.equal(rewrite("v(\\d+)\\.(?P<minor>\\d+)(-x)?", "$1_${minor}${3}$$", "v1.20"), "1_20$");
  assert.equal(rewrite("v.*", "same", "x1"), undefined);
  assert.equal(rewrite("(.*)", "${1}0 costs $ 5", "a"), "a0 costs $ 5");
  assert.equal(rewrite(".*", "$0", "whole"), "whole");
  for (const replacement of ["$2", "${2}", "${name}", "${constructor}"]) {
    assert.throws(() => compile("(a)").rewriter(replacement), { code: "CONFIG_INVALID" }, replacement);
  }
});

Deno.test("alternatives outside of groups are seen", () => {
  for (const expression of ["a|b", "(a)|b", "[(]|b", "a\\(|b"]) assert.ok(hasOpenAlternative(expression), expression);
  for (const expression of ["(a|b)", "a\\|b", "[|]", "(?:a|(b|c))", "a"]) {
    assert.ok(!hasOpenAlternative(expression), expression);
  }
});
