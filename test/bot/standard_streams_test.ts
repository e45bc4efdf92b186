/** What scripts read and write, and how they end themselves. */
import assert from "node:assert/strict";
import { run } from "../cli/harness.ts";

async function withScript(text: string, test: (path: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-bot-" });
  try {
    await Deno.writeTextFile(`${dir}/script.lua`, text);
    await test(`${dir}/script.lua`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("scripts read standard input outside the sandbox", async () => {
  const text = `
    print(io.read(), io.read("*n"), io.read(3), io.read("*l"))
    for line in io.lines() do io.write("<", line, ">") if line == "stop" then break end end
    print(io.read("*a"), io.read("*a"), io.read("*l"), io.read(0))`;
  await withScript(text, async (path) => {
    const stdin = "one\n 42 \nabcdef\nx\n\nstop\nrest\nof it";
    const { code, stderr, stdout } = await run(["bot", "run", path, "--unsafe-lua"], { stdin });
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(stdout, "one\t42\tabc\tdef\n<x><><stop>rest\nof it\t\tnil\tnil\n");
    const refused = await run(["bot", "run", path], { stdin });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /script\.lua:2: .*field 'read'/);
  });
  const used = await run(["bot", "run", "-", "--unsafe-lua"], { stdin: "print(io.read())\nprint('end')" });
  assert.deepEqual([used.code, used.stdout], [0, "nil\nend\n"]);
});

Deno.test("what is typed behind a line of the repl is what that line reads", async () => {
  const stdin = "x = io.read()\nhello\nx .. '!'\nio.read('*n') + 1\n41\nfor l in io.lines() do print(#l) end\nab\nc\n";
  const { code, stderr, stdout } = await run(["bot", "repl", "--unsafe-lua"], { stdin });
  assert.deepEqual([code, stdout], [0, "hello!\n42\n2\n1\n"], stderr);
});

Deno.test("io.write is always there", async () => {
  const { code, stdout } = await run(["bot", "run", "-"], {
    stdin: "io.write('a', 1, '\\n') print(io.open, io.write())",
  });
  assert.deepEqual([code, stdout], [0, "a1\nnil\ttrue\n"]);
});

Deno.test("os.exit ends the script alone, as a success or a failure", async () => {
  const done = await run(["bot", "run", "-"], { stdin: "print(1) pcall(os.exit) print(2)" });
  assert.deepEqual([done.code, done.stdout, done.stderr], [0, "1\n", ""]);
  const failed = await run(["bot", "run", "-"], { stdin: "print(1) pcall(os.exit, 3) print(2)" });
  assert.deepEqual(
    [failed.code, failed.stdout, failed.stderr],
    [1, "1\n", 'error: Script "stdin" ended with os.exit(3)\n'],
  );
  const file = `scripts:
  - {name: a, script: "os.exit(false)"}
  - {name: b, script: "os.exit(true) print('never')"}
  - {name: c, script: "print('c')"}
`;
  const all = await run(["bot", "once", "-c", "-"], { stdin: file });
  assert.deepEqual([all.code, all.stdout], [3, "c\n"]);
  assert.match(all.stderr, /1 of 3 jobs failed, the first with: Script "a" ended with os\.exit\(1\)/);
  const repl = await run(["bot", "repl"], { stdin: "print(1)\nos.exit()\nprint(2)\n" });
  assert.deepEqual([repl.code, repl.stdout], [0, "1\n"]);
});
