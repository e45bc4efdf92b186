import assert from "node:assert/strict";
import { join } from "node:path";
import type { ConfigFile } from "./config_file.ts";
import { updateConfig } from "./save.ts";
import { inFolder } from "../../test/support/folder.ts";

const unix = Deno.build.os !== "windows";
const add = (name: string) => (file: ConfigFile): ConfigFile => ({
  ...file,
  hosts: { ...file.hosts, [name]: { user: "u" } },
});

async function mode(path: string): Promise<string> {
  return ((await Deno.stat(path)).mode! & 0o777).toString(8);
}

async function names(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) found.push(entry.name);
  return found.sort();
}

Deno.test(
  { name: "a new file has mode 600 in folders of mode 700; nothing else is left behind", ignore: !unix },
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "a", "b", "config.json");
      assert.deepEqual(await updateConfig(path, add("r")), { hosts: { r: { user: "u" } } });
      assert.equal(await Deno.readTextFile(path), '{\n  "hosts": {\n    "r": {\n      "user": "u"\n    }\n  }\n}\n');
      assert.deepEqual([await mode(path), await mode(join(folder, "a")), await mode(join(folder, "a", "b"))], [
        "600",
        "700",
        "700",
      ]);
      assert.deepEqual(await names(join(folder, "a", "b")), ["config.json"]);
    }),
);

Deno.test(
  { name: "an existing mode is kept, and so are keys that are not known", ignore: !unix },
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "config.json");
      await Deno.writeTextFile(path, '{"future":{"x":[1]},"hosts":{"old":{"new-key":1}}}');
      await Deno.chmod(path, 0o640);
      await updateConfig(path, add("r"));
      assert.equal(await mode(path), "640");
      assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), {
        future: { x: [1] },
        hosts: { old: { "new-key": 1 }, r: { user: "u" } },
      });
    }),
);

Deno.test(
  { name: "a symbolic link stays one, its target is written, also one that does not exist yet", ignore: !unix },
  () =>
    inFolder(async (folder) => {
      await Deno.mkdir(join(folder, "real"));
      const link = join(folder, "link.json");
      await Deno.symlink("real/config.json", join(folder, "middle.json"));
      await Deno.symlink(join(folder, "middle.json"), link);
      for (const name of ["a", "b"]) await updateConfig(link, add(name));
      assert.ok((await Deno.lstat(link)).isSymlink);
      assert.ok((await Deno.lstat(join(folder, "middle.json"))).isSymlink);
      const file = JSON.parse(await Deno.readTextFile(join(folder, "real", "config.json")));
      assert.deepEqual(Object.keys(file.hosts), ["a", "b"]);
      await Deno.symlink("loop.json", join(folder, "loop.json"));
      await assert.rejects(updateConfig(join(folder, "loop.json"), add("a")), { code: "IO" });
    }),
);

Deno.test("entries equal to the defaults are dropped, when the change made them so", () =>
  inFolder(async (folder) => {
    const path = join(folder, "config.json");
    const untouched = { hostname: "untouched", reqConcurrent: 3 };
    await Deno.writeTextFile(path, JSON.stringify({ hosts: { untouched, gone: { user: "u" }, hub: {} } }));
    const after = await updateConfig(path, (file) => ({
      ...file,
      hosts: {
        ...file.hosts,
        gone: {
          tls: "enabled",
          hostname: "gone",
          reqConcurrent: 3,
          user: "",
          mirrors: [],
          apiOpts: {},
          repoAuth: false,
        },
        "docker.io": { hostname: "registry-1.docker.io", blobMax: -1 },
        other: { hostname: "elsewhere" },
        secret: { pass: "x" },
        future: { unknown: "x" },
        plain: { tls: "disabled" },
      },
    }));
    assert.deepEqual(Object.keys(after.hosts ?? {}), ["untouched", "hub", "other", "secret", "future", "plain"]);
  }));

Deno.test("a file that is not valid, and a change that fails, leave everything as it was", () =>
  inFolder(async (folder) => {
    const path = join(folder, "config.json");
    await Deno.writeTextFile(path, '{"hosts": ');
    await assert.rejects(updateConfig(path, add("a")), { code: "CONFIG_INVALID" });
    assert.equal(await Deno.readTextFile(path), '{"hosts": ');
    await Deno.writeTextFile(path, "{}");
    const failing = () => {
      throw new RangeError("no");
    };
    await assert.rejects(updateConfig(path, failing), RangeError);
    assert.equal(await Deno.readTextFile(path), "{}");
    assert.deepEqual(await names(folder), ["config.json"]);
  }));

Deno.test("a folder that cannot be is IO, with what to do", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "file"), "");
    await assert.rejects(updateConfig(join(folder, "file", "config.json"), add("a")), {
      code: "IO",
      hint: /FERRY_CONFIG/,
    });
  }));

Deno.test("two processes and this one write at once: no change is lost, every reader sees a whole file", () =>
  inFolder(async (folder) => {
    const path = join(folder, "config.json");
    const script = `
      const { updateConfig } = await import(Deno.args[0]);
      for (let i = 0; i < 15; i++) {
        await updateConfig(Deno.args[1], (file) => ({ ...file, hosts: { ...file.hosts, [Deno.args[2] + i]: { user: "u" } } }));
      }`;
    const module = new URL("./save.ts", import.meta.url).href;
    const scriptFile = join(folder, "writer.mjs");
    await Deno.writeTextFile(scriptFile, script);
    const writers = ["a", "b"].map((name) =>
      new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-check", "--no-lock", scriptFile, module, path, name],
        stdin: "null",
        stdout: "null",
        stderr: "piped",
        env: { NO_COLOR: "1" },
      }).output()
    );
    let ended = false;
    const reader = (async () => {
      while (!ended) {
        const text = await Deno.readTextFile(path).catch(() => "{}");
        assert.equal(typeof JSON.parse(text), "object");
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    })();
    try {
      await Promise.all(Array.from({ length: 15 }, (_, i) => updateConfig(path, add(`c${i}`))));
      for (const { code, stderr } of await Promise.all(writers)) {
        assert.equal(code, 0, new TextDecoder().decode(stderr));
      }
    } finally {
      ended = true;
      await reader;
    }
    const file = JSON.parse(await Deno.readTextFile(path));
    const expected = ["a", "b", "c"].flatMap((name) => Array.from({ length: 15 }, (_, i) => `${name}${i}`));
    assert.deepEqual(Object.keys(file.hosts).sort(), expected.sort());
    assert.deepEqual(await names(folder), ["config.json", "writer.mjs"]);
  }));
