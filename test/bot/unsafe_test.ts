/** Scripts outside the sandbox: files, programs, archives; and what a dry run makes of them. */
import assert from "node:assert/strict";
import { run } from "../cli/harness.ts";
import { Place } from "../serve/harness.ts";
import { once, pushImage, snapshot } from "./harness.ts";

async function withFolder(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-bot-" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("files, modules, the environment and programs", async () => {
  await withFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/m.lua`, "local m = {} function m.f() return 'from m' end return m");
    const stdin = `
      local name = "${dir}/a.txt"
      local f = assert(io.open(name, "w")) f:write("one\\n", 2, "\\nthree") f:close()
      for line in io.lines(name) do print(line) end
      local r = io.open(name) print(r:read("*l"), r:read("*n"), r:read("*a"), r:read("*l"), r:seek("set", 1), r:read(2), io.type(r)) r:close()
      print(io.type(r), pcall(r.read, r))
      local a = io.open(name, "a") a:write("!") a:close() print(io.open(name):read("*a"):sub(-1))
      print(os.rename(name, name .. "2"), os.remove(name .. "2"), io.open(name))
      print(os.execute("exit 3"), io.popen("echo hi"):read("*l"), os.getenv("SEEN"))
      package.path = "${dir}/?.lua"
      print(require("m").f(), require("m") == require("m"), dofile("${dir}/m.lua").f(), pcall(require, "missing") == false)`;
    const { code, stderr, stdout } = await run(["bot", "run", "-", "--unsafe-lua"], { stdin, env: { SEEN: "yes" } });
    assert.equal(code, 0, stderr);
    const lines = stdout.trimEnd().split("\n");
    assert.deepEqual(lines.slice(0, 5), ["one", "2", "three", "one\t2\tthree\tnil\t1\tne\tfile", lines[4]]);
    assert.match(lines[4]!, /^closed file\tfalse\t.*closed file/);
    assert.equal(lines[5], "!");
    assert.match(lines[6]!, /^true\ttrue\tnil\t/);
    assert.equal(lines[7], "3\thi\tyes");
    assert.equal(lines[8], "from m\ttrue\tfrom m\ttrue");
  });
});

Deno.test("images go to tar files and back; in the sandbox they do not, in a dry run nothing is written", async () => {
  await using place = await Place.open();
  const digest = await pushImage(place, "app", "v1", { index: true });
  await withFolder(async (dir) => {
    const script =
      `image.exportTar("${place.host}/app:v1", "${dir}/app.tar") image.importTar("${place.host}/back:v1", "${dir}/app.tar")`;
    const more = "defaults:\n  sandbox: false\n";
    const refused = await once(place, script);
    assert.match(refused.stderr, /test:1: image.exportTar works with files/);
    const dry = await once(
      place,
      `${script} io.open("${dir}/x", "w"):write("x") os.remove("${dir}/y") os.execute("touch ${dir}/z")`,
      {
        more,
        args: ["--dry-run"],
      },
    );
    assert.equal(dry.code, 0, dry.stderr);
    assert.deepEqual([...Deno.readDirSync(dir)], []);
    const real = await once(place, script, { more });
    assert.equal(real.code, 0, real.stderr);
    assert.deepEqual(await snapshot(place), { "app:v1": digest, "back:v1": digest });
  });
});
