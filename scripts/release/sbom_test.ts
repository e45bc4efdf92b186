import assert from "node:assert/strict";
import type { Component, Subject } from "./component.ts";
import { cycloneDx } from "./cyclonedx.ts";
import { spdx } from "./spdx.ts";

const SUBJECT: Subject = { name: "ferry", version: "1.2.3", commit: "abc", date: "2024-01-02T03:04:05Z", mark: "" };
const LEAF: Component = { name: "@scope/leaf", version: "2.0.0", purl: "pkg:npm/%40scope/leaf@2.0.0", uses: [] };
const COMPONENTS: readonly Component[] = [
  { name: "top", version: "1.0.0", purl: "pkg:npm/top@1.0.0", license: "MIT", sha512: "ab", uses: [LEAF.purl] },
  LEAF,
];

Deno.test("SPDX: every relation is between elements of the document, every identifier is valid and there once", () => {
  const document = JSON.parse(spdx(SUBJECT, COMPONENTS));
  assert.equal(document.spdxVersion, "SPDX-2.3");
  assert.equal(document.creationInfo.created, SUBJECT.date);
  const ids: string[] = [document.SPDXID, ...document.packages.map((one: { SPDXID: string }) => one.SPDXID)];
  assert.equal(new Set(ids).size, 4);
  for (const id of ids) assert.match(id, /^SPDXRef-[A-Za-z0-9.-]+$/);
  const pairs = document.relationships.map(
    (one: Record<string, string>) => [
      ids.indexOf(one.spdxElementId!),
      one.relationshipType,
      ids.indexOf(one.relatedSpdxElement!),
    ],
  );
  assert.deepEqual(pairs, [[0, "DESCRIBES", 1], [1, "DEPENDS_ON", 2], [2, "DEPENDS_ON", 3], [1, "CONTAINS", 3]]);
  assert.equal(document.packages[1].licenseDeclared, "MIT");
  assert.equal(document.packages[2].licenseDeclared, "NOASSERTION");
});

Deno.test("CycloneDX: components are named by package URLs, and what uses what is told", () => {
  const document = JSON.parse(cycloneDx(SUBJECT, COMPONENTS));
  assert.match(document.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.deepEqual(
    document.components.map((one: Record<string, unknown>) => [one.group, one.name, one.purl]),
    [[undefined, "top", COMPONENTS[0]!.purl], ["@scope", "leaf", LEAF.purl]],
  );
  assert.deepEqual(document.dependencies, [
    { ref: "pkg:generic/ferry@1.2.3", dependsOn: [COMPONENTS[0]!.purl] },
    { ref: COMPONENTS[0]!.purl, dependsOn: [LEAF.purl] },
    { ref: LEAF.purl, dependsOn: [] },
  ]);
});

Deno.test("the same things give the same document, others another", () => {
  for (const make of [spdx, cycloneDx]) {
    assert.equal(make(SUBJECT, COMPONENTS), make({ ...SUBJECT }, [...COMPONENTS]));
    const id = (text: string) => {
      const { serialNumber, documentNamespace } = JSON.parse(text);
      return serialNumber ?? documentNamespace;
    };
    assert.notEqual(id(make(SUBJECT, COMPONENTS)), id(make(SUBJECT, [LEAF])));
  }
});
