import assert from "node:assert/strict";
import fc from "fast-check";
import { formatReference, parseReference } from "../../src/mod.ts";
import { bundleName, nameRules, targetOf } from "./names.ts";
import { volumeSize } from "./size.ts";

const part = fc.stringMatching(/^[a-z0-9]{1,6}$/);
const repository = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join("/"));

Deno.test("without rules only the registry changes", () => {
  fc.assert(fc.property(repository, part, repository, (name, tag, prefix) => {
    const source = parseReference(`ghcr.io/${name}:${tag}`);
    assert.equal(
      formatReference(targetOf(source, `registry.lan/${prefix}/`, [])),
      `registry.lan/${prefix}/${name}:${tag}`,
    );
  }));
});

Deno.test("the longest rule that ends where a part of the name ends counts", () => {
  const rules = nameRules([
    "ghcr.io=g",
    "ghcr.io/org=o",
    "ghcr.io/org/app:v1=one",
    "ghcr.io/org/tool=",
    "docker.io/library=",
  ]);
  const target = (name: string) => formatReference(targetOf(parseReference(name), "registry.lan/m", rules)).slice(13);
  assert.equal(target("ghcr.io/org/app:v1"), "m/one:v1");
  assert.equal(target("ghcr.io/org/app:v12"), "m/o/app:v12");
  assert.equal(target("ghcr.io/organ/app:v1"), "m/g/organ/app:v1");
  assert.equal(target("ghcr.io/org/tool:v1"), "m:v1");
  assert.equal(target("alpine:3"), "m/alpine:3");
  assert.equal(target("quay.io/a/b:1"), "m/a/b:1");
  const digest = `sha256:${"0".repeat(64)}`;
  assert.equal(target(`ghcr.io/org/app@${digest}`), `m/o/app@${digest}`);
  assert.throws(() => nameRules(["x"]), /"--map" does not take "x"/);
  assert.throws(() => nameRules(["=x"]), /does not take/);
});

Deno.test("layouts get names of their folders", () => {
  const named = (text: string) => formatReference(bundleName(parseReference(text)));
  assert.equal(named("ocidir:///srv/My App/:v1"), "localhost/my-app:v1");
  assert.equal(named("ocidir://a/b.c:v1"), "localhost/b.c:v1");
  assert.equal(named("ocidir://..:v1"), "localhost/image:v1");
  assert.equal(named("alpine"), "docker.io/library/alpine:latest");
});

Deno.test("sizes of volumes", () => {
  assert.equal(volumeSize("4GiB"), 4 * 1024 ** 3);
  assert.equal(volumeSize("1.5m"), 1.5 * 1024 ** 2);
  assert.equal(volumeSize("700MB"), 700_000_000);
  for (const bad of ["", "0", "-1", "12", "4 parsecs", "1e9", "9999999TiB", "63KiB"]) {
    assert.throws(() => volumeSize(bad), /"--split" does not take/, bad);
  }
});
