import assert from "node:assert/strict";
import { createNameFilter } from "./regexp.ts";

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
