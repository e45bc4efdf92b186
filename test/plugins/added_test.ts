import assert from "node:assert/strict";
import { ERROR_TABLE } from "../../src/errors.ts";
import { failure } from "../cli/harness.ts";
import { Home, sample, tinyPlugin } from "./harness.ts";

Deno.test("a folder becomes a noun with verbs, lazy handlers, JSON, enums, and files of its own", async () => {
  await using home = await Home.make();
  assert.equal(await home.add("greet"), "Added greet 1.0.0: noun greet (say, data)\n");
  assert.equal(await home.output("greet", "say", "alpine"), "Hello docker.io/library/alpine:latest!\n");
  assert.equal(await home.output("hi", "say", "alpine:3", "--mood=sad"), "Hello docker.io/library/alpine:3...\n");
  assert.equal(await home.output("greet", "say", "a:1", "--format", "{{.text}}"), "Hello docker.io/library/a:1!");
  assert.deepEqual(JSON.parse(await home.output("greet", "data")), { hello: "Hello" });
  const { code, stderr } = await home.run(["greet", "say", "alpine", "--mood", "angry"]);
  assert.equal(code, ERROR_TABLE.FLAG_INVALID.exit);
  assert.match(stderr, /"angry"/);
});

Deno.test("help and completion list what was added, and typos of it are found", async () => {
  await using home = await Home.make();
  await home.add("greet");
  await home.add("verbs.ts");
  assert.match(await home.output("--help"), /Plugins:\n {2}greet +Greet images\n/);
  assert.match(await home.output("greet", "--help"), /say +Greet an image/);
  assert.match(await home.output("image", "--help"), /lint +Refuse images without labels/);
  assert.match(await home.output("help", "image", "lint"), /--strict/);
  assert.match(await home.output("__complete", "gr"), /^greet\tGreet images$/m);
  assert.match(await home.output("__complete", "greet", ""), /^say\tGreet an image$/m);
  assert.match(await home.output("__complete", "image", "li"), /^lint\t/m);
  assert.match(await home.output("__complete", "greet", "say", "--mood", "s"), /^sad$/m);
  const { code, stderr } = await home.run(["gret"]);
  assert.deepEqual([code, /greet/.test(stderr)], [ERROR_TABLE.COMMAND_UNKNOWN.exit, true]);
});

Deno.test("verbs are added to nouns of others and replace theirs where they say so", async () => {
  await using home = await Home.make();
  const { path } = await home.layout();
  assert.match(await home.output("tag", "ls", `ocidir://${path}`), /^v1$/m);
  assert.match(await home.add("verbs.ts"), /verb image lint, verb tag ls \(replaces\)/);
  assert.equal(await home.output("image", "lint", `ocidir://${path}:v1`), "index\n");
  assert.equal(await home.output("image", "check", `ocidir://${path}:amd`), "image\n");
  assert.equal(await home.output("tag", "ls"), "my own tags\n");
  assert.match(await home.output("image", "inspect", `ocidir://${path}:amd`), /amd64/);
  const { code, stderr } = await home.run(["image", "lint", "--strict", `ocidir://${path}:v1`]);
  assert.equal(code, ERROR_TABLE.POLICY.exit);
  assert.equal(stderr, "error: Image has no labels\nhint: add some\n");
  await home.output("plugin", "disable", "verbs");
  assert.match(await home.output("tag", "ls", `ocidir://${path}`), /^v1$/m);
  await home.output("plugin", "enable", "verbs");
  assert.equal(await home.output("tag", "ls"), "my own tags\n");
});

Deno.test("list shows what there is as text, JSON and rows", async () => {
  await using home = await Home.make();
  assert.equal(await home.output("plugin", "list"), "");
  await home.add("greet");
  await home.add("shout.ts");
  await home.output("plugin", "disable", "shout");
  assert.equal(
    await home.output("plugin", "list"),
    "NAME   VERSION  FROM             ADDS\n" +
      "greet  1.0.0    added            noun greet (say, data)\n" +
      "shout  -        added, disabled  template function shout, Lua global shout\n",
  );
  const { plugins } = JSON.parse(await home.output("plugin", "list", "--all", "--format", "json"));
  assert.deepEqual(
    [plugins[0].name, plugins[0].source, plugins[1].state],
    ["greet", sample("greet"), "disabled"],
  );
  const tag = plugins.find(({ name }: { readonly name: string }) => name === "tag");
  assert.deepEqual([tag.from, tag.adds], ["built-in", ["noun tag (ls, delete)"]]);
  const rows = (await home.output("plugin", "ls", "--format", "ndjson")).trim().split("\n").map((row) =>
    JSON.parse(row)
  );
  assert.deepEqual(rows.map(({ name }) => name), ["greet", "shout"]);
});

Deno.test("remove takes files away, and the noun is unknown again", async () => {
  await using home = await Home.make();
  await home.add("greet");
  assert.equal(await home.output("plugin", "remove", "greet"), "Removed greet\n");
  assert.deepEqual([...Deno.readDirSync(home.plugins)].map(({ name }) => name).sort(), [".lock", "plugins.json"]);
  assert.equal((await home.run(["greet", "say", "a"])).code, ERROR_TABLE.COMMAND_UNKNOWN.exit);
  const { code, stderr } = await home.run(["plugin", "remove", "gret"]);
  assert.deepEqual([code, /was not added/.test(stderr)], [ERROR_TABLE.NOT_FOUND.exit, true]);
});

Deno.test("adding again takes the place of what was there, files and all", async () => {
  await using home = await Home.make();
  const path = await home.write("tiny.ts", tinyPlugin("tiny", "one", 'version: "1",'));
  await home.output("plugin", "add", "-y", path);
  assert.equal(await home.output("tiny"), "one\n");
  await home.write("tiny.ts", tinyPlugin("tiny", "two", 'version: "2",'));
  assert.equal(await home.output("tiny"), "one\n");
  assert.equal(await home.output("plugin", "add", "-y", path), "Added tiny 2 in place of 1: noun tiny\n");
  assert.equal(await home.output("tiny"), "two\n");
  assert.equal([...Deno.readDirSync(home.plugins)].filter(({ isDirectory }) => isDirectory).length, 1);
});

Deno.test("a file comes with what it imports, also in a circle", async () => {
  await using home = await Home.make();
  await Deno.mkdir(home.at("lib"));
  await home.write(
    "lib/a.ts",
    'import { b } from "./b.ts"; export const a = (n: number): string => n > 0 ? b(n) : "end";',
  );
  await home.write(
    "lib/b.ts",
    'import { a } from "./a.ts"; export const b = (n: number): string => `${n} ${a(n - 1)}`;',
  );
  await home.write("unrelated.ts", "this is no module");
  const path = await home.write(
    "mine.ts",
    `import { a } from "./lib/a.ts";\n${tinyPlugin("mine", "${a(2)}").replace(/"(\$\{a\(2\)\}\\n)"/, "`$1`")}`,
  );
  await home.output("plugin", "add", "-y", path);
  assert.equal(await home.output("mine"), "2 1 end\n");
  const [folder] = [...Deno.readDirSync(home.plugins)].filter(({ isDirectory }) => isDirectory);
  assert.deepEqual([...Deno.readDirSync(`${home.plugins}/${folder!.name}`)].map(({ name }) => name).sort(), [
    "lib",
    "mine.ts",
  ]);
});

Deno.test("who is not asked, or says no, adds nothing; the question says what the code may do", async () => {
  await using home = await Home.make();
  const [code, stderr] = await failure(["plugin", "add", sample("greet")], { env: home.env() });
  assert.deepEqual([code, /add --yes where you trust it/.test(stderr)], [ERROR_TABLE.ARGUMENT_MISSING.exit, true]);
  const answering = (answer: string, shown: string[]) => {
    const bytes = [...new TextEncoder().encode(answer)];
    return {
      isInteractive: () => true,
      stdin: () => ReadableStream.from([]),
      read: (buffer: Uint8Array) => {
        const byte = bytes.shift();
        if (byte === undefined) return Promise.resolve(null);
        buffer[0] = byte;
        return Promise.resolve(1);
      },
      setRaw: () => {},
      show: (text: string) => void shown.push(text),
    };
  };
  const shown: string[] = [];
  const no = await home.run(["plugin", "add", sample("greet")], { options: { terminal: answering("n\n", shown) } });
  assert.notEqual(no.code, 0);
  assert.match(shown.join(""), /can do all that you can do: .*use your logins/);
  assert.equal(await home.output("plugin", "list"), "");
  const yes = await home.run(["plugin", "add", sample("greet")], { options: { terminal: answering("y\n", shown) } });
  assert.equal(yes.code, 0);
  assert.match(await home.output("plugin", "list"), /greet/);
});

Deno.test("without plugins nothing is written", async () => {
  await using home = await Home.make();
  assert.match(await home.output("version"), /VCSTag/);
  assert.equal((await home.run(["nothing"])).code, ERROR_TABLE.COMMAND_UNKNOWN.exit);
  assert.deepEqual([...Deno.readDirSync(home.path)], []);
});

Deno.test("no plugin is read for the nouns of others", async () => {
  await using home = await Home.make();
  await home.add("greet");
  for (const { isDirectory, name } of Deno.readDirSync(home.plugins)) {
    if (isDirectory) await Deno.remove(`${home.plugins}/${name}`, { recursive: true });
  }
  assert.match(await home.output("version"), /VCSTag/);
  assert.match(await home.output("--help"), /greet +Greet images/);
  assert.match(await home.output("__complete", "gre"), /greet/);
  const { code, stderr } = await home.run(["greet", "say", "a"]);
  assert.deepEqual([code, /is missing/.test(stderr)], [ERROR_TABLE.PLUGIN_CHANGED.exit, true]);
});
