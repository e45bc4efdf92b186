import assert from "node:assert/strict";
import fc from "fast-check";
import { FerryError } from "../../errors.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import { entryTag } from "./entry_tag.ts";
import {
  addUntagged,
  checkMarker,
  emptyIndex,
  findTag,
  formatIndex,
  parseIndex,
  removeBare,
  removeTag,
  setTag,
  tagsOf,
} from "./index_file.ts";

const REF_NAME = "org.opencontainers.image.ref.name";

function entry(seed: number, annotations?: Record<string, string>): Descriptor {
  const digest = `sha256:${seed.toString(16).padStart(64, "0")}`;
  return { mediaType: MEDIA_TYPE.ociManifest, digest, size: seed, ...(annotations ? { annotations } : {}) };
}

function indexOf(...manifests: unknown[]) {
  return parseIndex(JSON.stringify({ schemaVersion: 2, manifests }), "layout");
}

Deno.test("the tag of an entry, as other tools write it", () => {
  const cases: [Record<string, string>, string | undefined][] = [
    [{ [REF_NAME]: "v1" }, "v1"],
    [{ [REF_NAME]: "docker.io/library/alpine:3.20" }, "3.20"],
    [{ [REF_NAME]: "localhost:5000/a/b:t" }, "t"],
    [{ [REF_NAME]: "full/name:tag" }, "tag"],
    [{ [REF_NAME]: `docker.io/a:t@sha256:${"a".repeat(64)}` }, "t"],
    [{ [REF_NAME]: `docker.io/a@sha256:${"a".repeat(64)}` }, undefined],
    [{ [REF_NAME]: "localhost:5000/a" }, undefined],
    [{ [REF_NAME]: "docker.io/library/a" }, undefined],
    [{ [REF_NAME]: "../../x:.." }, undefined],
    [{ [REF_NAME]: "x".repeat(129) }, undefined],
    [{ "io.containerd.image.name": "docker.io/library/a:ctr" }, "ctr"],
    [{ "io.containerd.image.name": "docker.io/library/a:ctr", [REF_NAME]: "own" }, "own"],
    [{ "io.containerd.image.name": "bare" }, undefined],
    [{}, undefined],
  ];
  for (const [annotations, tag] of cases) {
    assert.equal(entryTag(entry(1, annotations)), tag, JSON.stringify(annotations));
  }
  assert.equal(entryTag(entry(1)), undefined);
});

Deno.test("annotations that are no texts, or none at all, name no tag", () => {
  const odd = [null, { [REF_NAME]: 5 }, { [REF_NAME]: null, "io.containerd.image.name": ["a:v"] }, {
    [REF_NAME]: { v: 1 },
  }];
  const index = indexOf(
    ...odd.map((annotations, at) => ({ ...entry(at), annotations })),
    entry(9, { [REF_NAME]: "v" }),
  );
  assert.equal(findTag(index, "v")?.size, 9);
  assert.equal(findTag(index, "5"), undefined);
  assert.deepEqual(tagsOf(index), ["v"]);
  assert.equal(removeTag(index, "v").entries.length, odd.length);
});

Deno.test("an exact name goes before a full name that ends in the tag", () => {
  const index = indexOf(entry(1, { [REF_NAME]: "docker.io/a:v" }), entry(2, { [REF_NAME]: "v" }));
  assert.equal(findTag(index, "v")?.size, 2);
  assert.equal(findTag(removeTag(index, "v"), "v"), undefined);
  assert.deepEqual(tagsOf(index), ["v"]);
});

Deno.test("putting a tag replaces entries of that name only, in their place", () => {
  const index = indexOf(
    entry(1, { [REF_NAME]: "docker.io/a:v" }),
    entry(2, { [REF_NAME]: "v" }),
    entry(3, { [REF_NAME]: "w" }),
    entry(4, { [REF_NAME]: "v" }),
    entry(5),
  );
  const after = JSON.parse(formatIndex(setTag(index, "v", entry(5), "2024-01-01T00:00:00Z")));
  assert.deepEqual(after.manifests, [
    entry(1, { [REF_NAME]: "docker.io/a:v" }),
    entry(5, { "org.opencontainers.image.created": "2024-01-01T00:00:00Z", [REF_NAME]: "v" }),
    entry(3, { [REF_NAME]: "w" }),
  ]);
});

Deno.test("an entry that says so already is not changed", () => {
  const index = indexOf({
    ...entry(1, { [REF_NAME]: "v", more: "x" }),
    platform: { os: "linux", architecture: "arm" },
  });
  assert.equal(setTag(index, "v", entry(1), "2024-01-01T00:00:00Z"), index);
  assert.equal(addUntagged(index, entry(1)), index);
  assert.equal(removeTag(index, "other"), index);
});

Deno.test("unknown fields and entries that cannot be read survive a change", () => {
  const odd = [{ digest: "sha384:00", size: 1 }, 7, null, { ...entry(1), "x-field": { deep: [1, null] } }];
  const text = JSON.stringify({ "x-top": true, schemaVersion: 2, manifests: odd, annotations: { a: "b" } });
  const after = JSON.parse(formatIndex(setTag(parseIndex(text, "layout"), "t", entry(2))));
  assert.deepEqual(after.manifests, [...odd, entry(2, { [REF_NAME]: "t" })]);
  assert.deepEqual([after["x-top"], after.annotations], [true, { a: "b" }]);
});

Deno.test("an index without mediaType or without manifests is read", () => {
  assert.deepEqual(tagsOf(parseIndex('{"schemaVersion":2}', "layout")), []);
  assert.deepEqual(tagsOf(parseIndex('{"schemaVersion":2,"manifests":null}', "layout")), []);
  assert.deepEqual(tagsOf(indexOf(entry(1, { [REF_NAME]: "a" }))), ["a"]);
});

Deno.test("untagged entries that came too early go, others with the same digest stay", () => {
  const tagged = entry(1, { [REF_NAME]: "t" });
  const index = indexOf(entry(1), tagged, entry(2));
  const after = JSON.parse(formatIndex(removeBare(index, (digest) => digest === entry(1).digest)));
  assert.deepEqual(after.manifests, [tagged, entry(2)]);
});

Deno.test("what is no index and no marker is refused", () => {
  for (const text of ["", "[]", "{", '{"manifests":{}}', "null"]) {
    assert.throws(
      () => parseIndex(text, "x"),
      (error) => error instanceof FerryError && error.code === "LAYOUT_INVALID",
    );
  }
  checkMarker('{"imageLayoutVersion": "1.0.0"}', "x");
  checkMarker('{"imageLayoutVersion":"1.1.0","more":1}', "x");
  for (const text of ["", "{}", '{"imageLayoutVersion":"2.0.0"}', '{"imageLayoutVersion":1}']) {
    assert.throws(
      () => checkMarker(text, "x"),
      (error) => error instanceof FerryError && error.code === "LAYOUT_INVALID",
    );
  }
});

Deno.test("property: after any changes the last put of every tag is found, and nothing of another tag is lost", () => {
  const change = fc.record({
    tag: fc.constantFrom("a", "b", "c.1", "latest"),
    seed: fc.integer({ min: 1, max: 6 }),
    remove: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
    let index = emptyIndex();
    const model = new Map<string, string>();
    for (const { tag, seed, remove } of changes) {
      if (remove) {
        index = removeTag(index, tag);
        model.delete(tag);
      } else {
        index = setTag(index, tag, entry(seed));
        model.set(tag, entry(seed).digest);
      }
      index = parseIndex(formatIndex(index), "layout");
    }
    assert.deepEqual(tagsOf(index), [...model.keys()].sort());
    for (const [tag, digest] of model) assert.equal(findTag(index, tag)?.digest, digest);
    assert.equal(index.entries.length, model.size);
  }));
});
