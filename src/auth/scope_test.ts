import assert from "node:assert/strict";
import fc from "fast-check";
import { coversScopes, formatScopes, namesRepository, parseScopes, repositoryScope, unionScopes } from "./scope.ts";

const texts = (...scopes: string[]) => formatScopes(parseScopes(scopes));

Deno.test("scopes are read from one text or several, actions put in the usual order", () => {
  assert.deepEqual(texts("repository:a/b:push,pull registry:catalog:*"), [
    "repository:a/b:pull,push",
    "registry:catalog:*",
  ]);
  assert.deepEqual(texts("repository:a:push", "repository:a:pull,delete"), ["repository:a:pull,push,delete"]);
  assert.deepEqual(texts("repository:a:metadata_read,push"), ["repository:a:push,metadata_read"]);
});

Deno.test("names with a port, types with a class, and scopes of no form at all are kept", () => {
  assert.deepEqual(texts("repository:host:5000/a:pull", "repository(plugin):x/y:pull", "aws"), [
    "repository:host:5000/a:pull",
    "repository(plugin):x/y:pull",
    "aws",
  ]);
  assert.deepEqual(texts("", "  "), []);
});

Deno.test("covering is a matter of every action of every scope", () => {
  const granted = parseScopes(["repository:a:pull,push repository:b:*"]);
  assert.ok(coversScopes(granted, parseScopes([])));
  assert.ok(coversScopes(granted, parseScopes(["repository:a:pull"])));
  assert.ok(coversScopes(granted, parseScopes(["repository:b:pull,delete"])));
  assert.ok(!coversScopes(granted, parseScopes(["repository:a:delete"])));
  assert.ok(!coversScopes(granted, parseScopes(["repository:a:pull", "repository:c:pull"])));
  assert.ok(!coversScopes(parseScopes([]), parseScopes(["aws"])));
});

Deno.test("only repository scopes name a repository", () => {
  assert.ok(namesRepository(parseScopes(["aws", "repository:a:pull"])));
  assert.ok(namesRepository(parseScopes(["repository(plugin):a:pull"])));
  assert.ok(!namesRepository(parseScopes(["aws", "registry:catalog:*"])));
});

Deno.test("property: a union covers its parts, and reading what was written changes nothing", () => {
  const scope = fc.record({
    repository: fc.constantFrom("a", "b/c", "h:5000/d"),
    actions: fc.subarray(["pull", "push", "delete", "*"], { minLength: 1 }),
  });
  fc.assert(fc.property(fc.array(scope), fc.array(scope), (one, two) => {
    const [a, b] = [one, two].map((list) =>
      unionScopes(...list.map(({ repository, actions }) => repositoryScope(repository, actions)))
    );
    assert.ok(a !== undefined && b !== undefined);
    const both = unionScopes(a, b);
    assert.ok(coversScopes(both, a) && coversScopes(both, b));
    assert.deepEqual(formatScopes(parseScopes(formatScopes(both))), formatScopes(both));
    assert.equal(coversScopes(a, both), coversScopes(a, b));
  }));
});
