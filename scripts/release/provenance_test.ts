import assert from "node:assert/strict";
import { provenance, publicSource } from "./provenance.ts";

Deno.test("addresses of repositories are shown without secrets, folders of this machine not at all", () => {
  assert.equal(publicSource("https://me:secret@git.example.org/a/b.git?x=1"), "https://git.example.org/a/b.git");
  assert.equal(publicSource("git@git.example.org:a/b.git"), "https://git.example.org/a/b.git");
  assert.equal(publicSource("ssh://git@git.example.org/a/b.git"), "ssh://git.example.org/a/b.git");
  for (const folder of ["/srv/a", "../a", "file:///srv/a", "C:\\a", ""]) assert.equal(publicSource(folder), undefined);
});

Deno.test("a statement names what was built, of which commit, with what and by whom", () => {
  const statement = JSON.parse(provenance({
    subjects: [{ name: "ferry-linux-amd64", sha256: "aa" }],
    commit: "c0ffee",
    state: "clean",
    source: "https://git.example.org/a",
    parameters: { targets: ["linux-amd64"] },
    materials: [{ uri: "pkg:npm/x@1", digest: { sha512: "bb" } }],
    builder: "https://ci.example.org/1",
  }));
  assert.deepEqual(statement.subject, [{ name: "ferry-linux-amd64", digest: { sha256: "aa" } }]);
  const { buildDefinition, runDetails } = statement.predicate;
  assert.deepEqual(buildDefinition.resolvedDependencies, [
    { uri: "git+https://git.example.org/a", digest: { gitCommit: "c0ffee" } },
    { uri: "pkg:npm/x@1", digest: { sha512: "bb" } },
  ]);
  assert.equal(buildDefinition.internalParameters.sources, "clean");
  assert.equal(runDetails.builder.id, "https://ci.example.org/1");
});
