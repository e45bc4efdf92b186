import assert from "node:assert/strict";
import { FerryError } from "../errors.ts";
import { formatReference, formatRepository } from "./format.ts";
import { isReference, parseReference, parseRegistry, parseRepository, tryParseReference } from "./parse.ts";

interface Row {
  readonly input: string;
  readonly ok: boolean;
  readonly commonName?: string;
  readonly [part: string]: string | boolean | undefined;
}

const PARTS = ["scheme", "registry", "repository", "tag", "digest", "path"] as const;

for (const file of ["ref.json", "ref_more.json"]) {
  Deno.test(`references agree with every row of ${file}`, () => {
    const url = new URL(`../../test/vectors/${file}`, import.meta.url);
    const rows: Row[] = JSON.parse(Deno.readTextFileSync(url));
    assert.ok(rows.length > 60);
    for (const row of rows) {
      const reference = tryParseReference(row.input);
      assert.equal(reference !== undefined, row.ok, JSON.stringify(row.input));
      if (reference === undefined) {
        assert.throws(() => parseReference(row.input), { name: "FerryError", code: "REFERENCE_INVALID" });
        continue;
      }
      for (const part of PARTS) assert.equal(reference[part], row[part] ?? "", `${part} of ${row.input}`);
      assert.equal(formatReference(reference), row.commonName ?? "");
    }
  });
}

Deno.test("a path with a Windows drive is written after a slash", () => {
  const reference = parseReference("ocidir:///C:/images/a:tag");
  assert.equal(reference.path, "C:/images/a");
  assert.equal(reference.tag, "tag");
  assert.equal(formatReference(reference), "ocidir:///C:/images/a:tag");
  assert.equal(parseReference("ocidir:///C:/").path, "C:/");
  assert.equal(isReference("ocidir://C:/x"), false);
  assert.equal(isReference("ocidir://C:\\x"), false);
});

Deno.test("registry names alone", () => {
  for (const name of ["localhost", "Example", "a.b", "a:5000", "[::1]:5000", "127.0.0.1"]) {
    assert.equal(parseRegistry(name), name);
  }
  for (const alias of ["docker.io", "index.docker.io", "registry-1.docker.io"]) {
    assert.equal(parseRegistry(alias), "docker.io");
  }
  for (const name of ["example", "", "a.b/c", "https://a.b", "a_b", "a.b:", "ocidir://a"]) {
    assert.throws(() => parseRegistry(name), { code: "REFERENCE_INVALID" }, name);
  }
});

Deno.test("a repository alone has neither tag nor digest", () => {
  assert.equal(formatRepository(parseRepository("localhost:5000/a/b")), "localhost:5000/a/b");
  assert.equal(parseRepository("alpine").tag, "");
  assert.throws(() => parseRepository("alpine:3"), { code: "REFERENCE_INVALID" });
  assert.throws(() => parseRepository(`alpine@sha256:${"0".repeat(64)}`), { code: "REFERENCE_INVALID" });
});

const HINTS: readonly (readonly [string, string, string])[] = [
  ["Alpine:3", "the repository must be lower case", 'write "alpine:3"'],
  ["ghcr.io/Org/App:v1", "the repository must be lower case", 'write "ghcr.io/org/app:v1"'],
  ["docker://alpine", 'unknown scheme "docker"', 'a registry needs no scheme: write "alpine"'],
  ["oci://a", 'unknown scheme "oci"', 'an OCI layout folder is "ocidir://a"'],
  ["s3://a", 'unknown scheme "s3"', "the one scheme is ocidir://, for an OCI layout folder; a registry needs none"],
  ["OCIDIR://a", "the scheme must be lower case", 'write "ocidir://a"'],
  ["localhost:5000", "the repository is missing", 'write "localhost:5000/repository"'],
  ["[::1]", "the repository is missing", 'write "[::1]/repository"'],
  [" alpine", "it has a blank or line end", 'write "alpine"'],
  ["a/", "it has a slash at its end", 'write "a"'],
  ["a//b", "it has an empty segment", 'write "a/b"'],
  ["./images", "it is a path", 'an OCI layout folder is "ocidir://./images"'],
  ["oci:images:tag", "it names another tool's transport", 'an OCI layout folder is "ocidir://images:tag"'],
  [
    "ocidir://C:\\images",
    'invalid path for scheme "ocidir"',
    'write a path with a Windows drive as "ocidir:///C:/images"',
  ],
  ["ocidir://a#b", 'invalid path for scheme "ocidir"', 'a path has letters, digits and / _ - . ~ + or blanks, not "#"'],
  [
    "alpine@sha256:abc",
    "the digest is malformed",
    "a digest is sha256: with 64 lower case hexadecimal characters, this one has 3",
  ],
];

Deno.test("an invalid reference says what is wrong and what to write", () => {
  for (const [input, what, hint] of HINTS) {
    assert.throws(() => parseReference(input), (error) => {
      assert.ok(error instanceof FerryError);
      assert.equal(error.message, `Reference ${JSON.stringify(input)} is not valid: ${what}`);
      assert.equal(error.hint, hint);
      return true;
    });
  }
});

Deno.test("a reference of a megabyte is refused at once and not printed whole", () => {
  assert.throws(() => parseReference("a-".repeat(500_000)), (error) => {
    assert.ok(error instanceof FerryError);
    assert.ok(error.message.length < 400);
    return true;
  });
});
