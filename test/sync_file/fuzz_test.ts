import assert from "node:assert/strict";
import fc from "fast-check";
import { FerryError } from "../../src/errors.ts";
import { formatSyncFile } from "../../plugins/sync/file/mod.ts";
import { parse, vectors } from "./support.ts";

/** A text is a sync file, or CONFIG_INVALID in bounded words. */
async function holds(text: string): Promise<void> {
  try {
    const file = await parse(text);
    await formatSyncFile(file);
  } catch (error) {
    if (!(error instanceof FerryError)) throw error;
    assert.equal(error.code, "CONFIG_INVALID");
    assert.match(error.message, /^(File "f.yml" has \d+ mistakes:\n {2})?f\.yml:\d+:\d+: /);
    assert.ok(error.message.length < 50_000);
  }
}

const PIECES = [
  "sync:",
  "- ",
  "  ",
  "\n",
  ": ",
  "source",
  "target",
  "type",
  "image",
  "repository",
  "tags",
  "allow",
  "{{",
  "}}",
  "[",
  "]",
  "{",
  "}",
  ",",
  "&a ",
  "*a",
  "<<",
  "|",
  ">",
  "'",
  '"',
  "#",
  "!x ",
  "? ",
  "---\n",
  "%",
  "\t",
  "\r\n",
  "~",
  "1h",
  "-1",
  "é",
  "💥",
  "\u0000",
  "\uFEFF",
  "creds",
  "registry",
  "pass",
  "defaults",
  "schedule",
  "@every",
  "* * * * *",
  "x-y",
  "__proto__",
];

Deno.test("any text is a sync file or is refused with a place", async () => {
  await fc.assert(fc.asyncProperty(fc.string({ unit: "binary", maxLength: 60 }), holds), { numRuns: 200 });
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((parts) => parts.join(""));
  await fc.assert(fc.asyncProperty(pieces, holds), { numRuns: 400 });
});

Deno.test("people's files with something changed are files or are refused with a place", async () => {
  const texts = (await vectors()).map(({ text }) => text);
  const changed = fc.tuple(
    fc.constantFrom(...texts),
    fc.nat(),
    fc.nat({ max: 30 }),
    fc.oneof(fc.constantFrom(...PIECES), fc.string({ maxLength: 5 })),
  ).map(([text, at, length, piece]) => {
    const from = at % (text.length + 1);
    return text.slice(0, from) + piece + text.slice(from + length);
  });
  await fc.assert(fc.asyncProperty(changed, holds), { numRuns: 400 });
});
