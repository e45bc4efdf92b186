import assert from "node:assert/strict";
import fc from "fast-check";
import { FerryError } from "../../src/errors.ts";
import { formatReference } from "../../src/reference/format.ts";
import { parseReference, parseRegistry, tryParseReference } from "../../src/reference/parse.ts";
import type { Reference } from "../../src/reference/reference.ts";

const segment = fc.stringMatching(/^[a-z0-9]{1,8}((\.|_|__|-{1,3})[a-z0-9]{1,5}){0,3}$/);
const repository = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const registry = fc.oneof(
  fc.stringMatching(/^[a-z0-9]{1,8}(\.[a-z0-9]{1,8}){1,3}(:[0-9]{1,5})?$/),
  fc.stringMatching(/^[a-z0-9]{1,8}:[0-9]{1,5}$/),
  fc.constantFrom("docker.io", "localhost", "localhost:5000", "[::1]:5000", "[2001:db8::1]", "Upper"),
);
const tag = fc.stringMatching(/^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,20}$/);
const digest = fc.stringMatching(/^sha256:[a-f0-9]{64}$/);
const end = fc.oneof(
  fc.record({ tag, digest: fc.constant("") }),
  fc.record({ tag: fc.constant(""), digest }),
  fc.record({ tag, digest }),
);
const registryReference = fc.tuple(registry, repository, end).map(([registry, repository, end]): Reference => ({
  scheme: "reg",
  registry,
  repository: registry === "docker.io" && !repository.includes("/") ? `library/${repository}` : repository,
  path: "",
  ...end,
}));
const layoutReference = fc.tuple(
  fc.stringMatching(/^([A-Z]:\/)?[/a-zA-Z0-9_\-. ~+]{1,20}$/),
  fc.oneof(end, fc.constant({ tag: "", digest: "" })),
).map(([path, end]): Reference => ({ scheme: "ocidir", registry: "", repository: "", path, ...end }));

Deno.test("formatting and parsing are inverse", () => {
  fc.assert(fc.property(fc.oneof(registryReference, layoutReference), (reference) => {
    assert.deepEqual(parseReference(formatReference(reference)), reference);
  }));
});

const piece = fc.constantFrom(
  "a",
  "B",
  "0",
  "-",
  "--",
  ".",
  "_",
  ":",
  "/",
  "@",
  "//",
  "://",
  "[",
  "]",
  "::1",
  "localhost",
  "ocidir://",
  "sha256:",
  "0123456789abcdef0123456789abcdef",
  " ",
  "\n",
  "\\",
  "C:/",
  "é",
);
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join("")),
);

Deno.test("any text parses to what formats back to it, or throws a FerryError with a hint", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const reference = tryParseReference(text);
      if (reference !== undefined) {
        if (reference.scheme !== "ocifile") assert.deepEqual(parseReference(formatReference(reference)), reference);
        return;
      }
      for (const parse of [parseReference, parseRegistry]) {
        try {
          parse(text);
        } catch (error) {
          assert.ok(error instanceof FerryError);
          assert.equal(error.code, "REFERENCE_INVALID");
          assert.notEqual(error.hint, undefined);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("no text takes long", () => {
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), (pieces) => {
      const text = pieces.join("").repeat(60_000 / pieces.join("").length);
      const started = performance.now();
      tryParseReference(text);
      assert.ok(performance.now() - started < 1000);
    }),
    { numRuns: 50 },
  );
});
