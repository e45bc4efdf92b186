import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { Stage } from "./demo/stage.ts";

const DEMO = fileURLToPath(new URL("demo.ts", import.meta.url));

/** A demo in a process of its own whose temporary folders are in a folder of the test. */
function spawnDemo(temporary: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--no-lock", DEMO],
    env: { TMPDIR: temporary, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

/** Runs a test with a folder, and checks that the folder is empty at the end and that no registry of the text answers. */
async function leavingNothing(test: (temporary: string) => Promise<string>): Promise<void> {
  const temporary = await Deno.makeTempDir({ prefix: "ferry-test-" });
  try {
    const text = await test(temporary);
    assert.deepEqual([...Deno.readDirSync(temporary)].map(({ name }) => name), []);
    const addresses = text.match(/^http:\/\/\S+$/gm) ?? [];
    assert(addresses.length > 0);
    for (const address of addresses) await assert.rejects(fetch(address), TypeError, address);
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

Deno.test("the demo shows every step with its command line, and leaves nothing", () =>
  leavingNothing(async (temporary) => {
    const { code, stdout } = await spawnDemo(temporary).output();
    const text = new TextDecoder().decode(stdout);
    assert.equal(code, 0, text);
    const lines = text.replace(/127\.0\.0\.1:\d+/g, "HOST").replace(/sha256:[0-9a-f]{64}/g, "DIGEST").split("\n");
    const commands = lines.filter((line) => line.startsWith("$ ferry "));
    for (
      const line of [
        "$ ferry serve --dir registry --port 0 --delete --print-url &",
        "$ ferry image copy ocidir://made:1.0 HOST/team/app:1.0",
        "$ ferry tag ls HOST/team/app",
        "$ ferry image copy HOST/team/app:1.0 HOST/team/app:stable",
        "$ ferry serve --dir mirror --port 0 --print-url &",
        "$ ferry repo copy HOST/team/app HOST/team/app",
        "$ ferry image copy HOST/team/app:stable ocidir://exported:stable",
        "$ ferry serve gc registry --grace 0s",
      ]
    ) {
      assert(commands.includes(line), `${line}\n${text}`);
    }
    const after = (line: string) => lines[lines.lastIndexOf(line) + 1];
    assert.equal(after("$ ferry repo ls HOST"), "team/app");
    assert.equal(after("$ ferry tag ls HOST/team/app"), "1.0");
    assert.match(after("$ ferry serve gc registry --grace 0s") ?? "", /^team\/app: .* 15 blobs .* went/);
    // The tag and what was exported from the mirror are the same image.
    const shown = [...text.matchAll(/^\$ ferry image digest \S+:stable\n(sha256:\S+)$/gm)].map(([, digest]) => digest);
    assert.equal(shown.length, 2);
    assert.equal(shown[0], shown[1]);
    assert.match(text, /\nDone in [\d.]+ s: .*checked 16 blobs and manifests/);
    return text;
  }));

Deno.test("a demo that is interrupted leaves nothing", () =>
  leavingNothing(async (temporary) => {
    const child = spawnDemo(temporary);
    let text = "";
    for await (const piece of child.stdout.pipeThrough(new TextDecoderStream())) {
      // A registry runs, and a command with it.
      if (!text.includes("$ ferry image copy") && (text + piece).includes("$ ferry image copy")) child.kill("SIGINT");
      text += piece;
    }
    assert.equal((await child.status).code, 130);
    assert(!text.includes("Done in"));
    return text;
  }));

Deno.test("a command that fails ends the demo, and what runs", async () => {
  let text = "";
  const stage = await Stage.open((piece) => text += piece, "null");
  const host = await stage.serve("serve --dir registry --port 0 --print-url");
  await assert.rejects(stage.ferry("image copy ocidir://none:1 ocidir://to:1"), /ended with exit code [1-9]/);
  await stage[Symbol.asyncDispose]();
  assert.match(text, /^\$ ferry serve --dir registry --port 0 --print-url &\nhttp:\/\/127\.0\.0\.1:\d+\n/);
  await assert.rejects(fetch(`http://${host}`), TypeError);
  await assert.rejects(Deno.stat(stage.folder), Deno.errors.NotFound);
});
