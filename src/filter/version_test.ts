import assert from "node:assert/strict";
import fc from "fast-check";
import { compareNatural, compareVersions, parseVersion, type Version } from "./version.ts";
import { createRange } from "./version_range.ts";

function version(text: string): Version {
  const parsed = parseVersion(text);
  assert.ok(parsed !== undefined, text);
  return parsed;
}

Deno.test("versions are read from tags", () => {
  for (
    const text of [
      "1",
      "v1",
      "1.2.3",
      "10.0.17763.2114",
      "1.2-alpine",
      "v1.2.3-rc.1+build",
      "1-",
      "20240131235959123456789",
    ]
  ) {
    version(text);
  }
  for (const text of ["", "v", "latest", "1.", ".1", "1..2", "V1", "vv1", "1.x", "1_2", "1.2 ", "-1", "1.2\n"]) {
    assert.equal(parseVersion(text), undefined, text);
  }
  assert.deepEqual(version("v1.20.3-rc.1+b").numbers, [1n, 20n, 3n]);
  assert.equal(version("v1.20.3-rc.1+b").pre, "rc.1");
});

Deno.test("versions have an order", () => {
  const sorted = [
    "0.9",
    "1.0.0-alpha",
    "1.0.0-alpha.1",
    "1.0.0-alpha.2",
    "1.0.0-alpha.beta",
    "1.0.0-beta",
    "1.0.0-rc2",
    "1.0.0-rc11",
    "1.0.0",
    "1.0.0.1",
    "v1.2",
    "1.10",
    "10.0.17763.2114",
    "10.0.17763.2115",
    "20240131235959123456788",
    "20240131235959123456789",
  ];
  for (const [a, one] of sorted.entries()) {
    for (const [b, other] of sorted.entries()) {
      assert.equal(Math.sign(compareVersions(version(one), version(other))), Math.sign(a - b), `${one} ${other}`);
    }
  }
  for (const [a, b] of [["1", "1.0.0"], ["v1.2", "1.2"], ["1+a", "1+b"], ["1.02", "1.2"], ["1-rc", "1-rc+x"]]) {
    assert.equal(compareVersions(version(a!), version(b!)), 0);
  }
});

Deno.test("both orders are total", () => {
  const tag = fc.stringMatching(/^v?[0-3]{1,2}(\.[0-3]{1,2}){0,2}(-[a-b1-2.]{0,4})?$/);
  const total = (compare: (a: string, b: string) => number) =>
    fc.assert(fc.property(tag, tag, tag, (a, b, c) => {
      assert.equal(Math.sign(compare(a, b)) + Math.sign(compare(b, a)), 0);
      if (compare(a, b) <= 0 && compare(b, c) <= 0) assert.ok(compare(a, c) <= 0);
    }));
  total((a, b) => compareVersions(version(a), version(b)));
  total(compareNatural);
});

Deno.test("ranges", () => {
  const cases: [range: string, inside: string, outside: string][] = [
    ["1.2", "1.2 1.2.0 v1.2 1.2+x", "1.2.1 1.2-rc1"],
    ["=1.2.3", "1.2.3", "1.2.4"],
    [">1.2", "1.2.1 1.3-rc1 2", "1.2 1.2-rc1 1"],
    [">=1.2", "1.2 1.3", "1.2-rc1 1.1"],
    ["<2", "1.9 2-rc1", "2 2.0.1"],
    ["<=2", "2 2-rc1 1", "2.0.1"],
    [">=1.2 <3  <2.5", "1.2 2.4.9", "2.5 1"],
    ["^1.2.3", "1.2.3 1.9 1.99.99-rc1", "1.2.2 2 2.0.0-rc1 2-alpha 1.2.3-rc1"],
    ["^v0.2.3", "0.2.3 0.2.9", "0.3 0.3.0-rc1 0.2.2 1"],
    ["^0.0.3", "0.0.3 0.0.3.9", "0.0.4 0.0.2 0.0.4-rc1"],
    ["^0", "0 0.0.0.1", "0.0.1 0.1"],
    ["~1.2.3", "1.2.3 1.2.99", "1.3 1.3.0-rc1 1.2.2 2"],
    ["~1", "1 1.0.9", "1.1"],
    ["^3.18", "3.18 3.20.1 3.19-alpine", "3.18-alpine 4 3.17"],
    [">=1.0.0-rc2", "1.0.0-rc11 1.0.0", "1.0.0-rc1 1.0.0-beta"],
    ["10.0.17763.2114", "10.0.17763.2114", "10.0.17763.2115"],
  ];
  for (const [text, inside, outside] of cases) {
    const range = createRange(text);
    for (const tag of inside.split(" ")) assert.ok(range.contains(version(tag)), `${tag} in ${text}`);
    for (const tag of outside.split(" ")) assert.ok(!range.contains(version(tag)), `${tag} not in ${text}`);
  }
  for (const text of ["", " ", ">=", "latest", ">=1 latest", "> 1", "1.x", "*", "1 - 2", ">=1 || <2", "!1", "==1"]) {
    assert.throws(() => createRange(text), { code: "CONFIG_INVALID" }, text);
  }
});
