import assert from "node:assert/strict";
import { ERROR_TABLE, type ErrorCode } from "../../src/errors.ts";
import { Home, sample, tinyPlugin } from "./harness.ts";

/** Runs a command line that must fail with a code; gives standard error. */
async function fails(home: Home, code: ErrorCode, ...args: string[]): Promise<string> {
  const result = await home.run(args);
  assert.deepEqual([result.code, result.stdout], [ERROR_TABLE[code].exit, ""], result.stderr);
  assert.doesNotMatch(result.stderr, /\n\s+at /);
  return result.stderr;
}

Deno.test("what is no plugin is refused with what is wrong, and nothing is left behind", async () => {
  await using home = await Home.make();
  const module = (fields: string) => `export default { name: "bad", summary: "Bad", api: 1, commands: {}, ${fields} };`;
  const command = (spec: string) => module(`commands: { go: { spec: ${spec}, load() {} } }`);
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ["syntax.ts", "export default { name: ;", /not valid TypeScript: .*1:/],
    ["syntax.js", "export default { name: ;", /cannot be loaded: \S/],
    ["throws.ts", 'throw new Error("at once\\nand on two lines");', /cannot be loaded: at once and on two lines\n/],
    ["import.ts", 'import "left-pad"; export default {};', /cannot be loaded/],
    ["missing.ts", 'import "./nothing.ts"; export default {};', /cannot be loaded/],
    ["none.ts", "export const plugin = {};", /no plugin as its default export\nhint: write export default/],
    ["text.ts", 'export default "plugin";', /no plugin as its default export/],
    ["list.ts", "export default [];", /no plugin as its default export/],
    [
      "apiless.ts",
      'export default { name: "a", summary: "A", commands: {} };',
      /does not say which API.*\nhint: add api: 1/,
    ],
    ["newer.ts", module("api: 99"), /needs API version 99, this program has 1\nhint: update this program/],
    ["older.ts", module("api: 0"), /needs API version 0, this program has 1\nhint: ask for a newer version/],
    ["half.ts", module("api: 1.5"), /api must be a whole number/],
    ["name.ts", module('name: "../up"'), /name must be lower case words/],
    ["nameless.ts", module("name: undefined"), /name must be/],
    ["summary.ts", module("summary: 3"), /summary must be a text/],
    ["version.ts", module("version: 3"), /version must be a text/],
    ["aliases.ts", module('aliases: ["A"]'), /aliases must be/],
    ["unknown.ts", module("hooks: {}"), /nothing is known of "hooks"/],
    ["commands.ts", module("commands: [1]"), /commands must be an object/],
    ["command.ts", module("commands: { go: () => {} }"), /commands\.go must be what defineCommand/],
    ["verb.ts", module("commands: { Go: { spec: {}, load() {} } }"), /commands\.Go must be/],
    ["spec.ts", command("{}"), /commands\.go\.spec\.summary must be a text/],
    [
      "flag.ts",
      command('{ summary: "", flags: { a: { type: "text", summary: "" } } }'),
      /flags\.a\.type must be one of/,
    ],
    [
      "short.ts",
      command('{ summary: "", flags: { a: { type: "string", summary: "", short: "ab" } } }'),
      /short must be/,
    ],
    ["args.ts", command('{ summary: "", args: {} }'), /args must be a list/],
    ["arg.ts", command('{ summary: "", args: [{ name: "a", type: "string" }] }'), /args\.0\.summary must be a text/],
    ["example.ts", command('{ summary: "", examples: ["a"] }'), /examples\.0 must be/],
    ["empty.ts", module('verbs: { image: { "": {} } }'), /without an empty verb/],
    ["scheme.ts", module("transports: { reg() {} }"), /this one is taken/],
    ["schemes.ts", module('transports: { "a-b"() {} }'), /letters a to z/],
    ["hook.ts", module("copyHook: {}"), /copyHook must be an object with before or after/],
    ["hooks.ts", module("copyHook: { during() {} }"), /copyHook\.during must be/],
    ["function.ts", module("templateFunctions: { f() {} }"), /templateFunctions\.f must be/],
    ["global.ts", module("luaGlobals: { f: {} }"), /luaGlobals\.f must be a function/],
  ];
  for (const [name, text, wanted] of cases) {
    const stderr = await fails(home, "PLUGIN_INVALID", "plugin", "add", "-y", await home.write(name, text));
    assert.match(stderr, wanted, name);
  }
  assert.equal(await home.output("plugin", "list"), "");
  assert.deepEqual([...Deno.readDirSync(home.plugins)], []);
});

Deno.test("paths that hold no plugin are refused", async () => {
  await using home = await Home.make();
  await Deno.mkdir(home.at("empty"));
  assert.match(await fails(home, "PLUGIN_INVALID", "plugin", "add", "-y", home.at("nothing")), /does not exist/);
  assert.match(await fails(home, "PLUGIN_INVALID", "plugin", "add", "-y", home.at("empty")), /has no main module/);
  await home.write("empty/deno.json", '{ "exports": "./gone.ts" }');
  assert.match(await fails(home, "PLUGIN_INVALID", "plugin", "add", "-y", home.at("empty")), /"\.\/gone\.ts"/);
  await home.write("empty/deno.json", '{ "exports": "../outside.ts" }');
  assert.match(await fails(home, "PLUGIN_INVALID", "plugin", "add", "-y", home.at("empty")), /"\.\.\/outside\.ts"/);
  const text = await home.write("plugin.txt", "x");
  assert.match(await fails(home, "PLUGIN_INVALID", "plugin", "add", "-y", text), /no file with \.ts/);
  await home.write("outside.ts", "export const x = 1;");
  const inside = await home.write("empty/mine.ts", 'import "../outside.ts"; export default {};');
  assert.match(await fails(home, "PLUGIN_INVALID", "plugin", "add", "-y", inside), /not below its folder/);
});

Deno.test("a file that was changed is not loaded; the rest of the program works, and doctor tells", async () => {
  await using home = await Home.make();
  await home.add("greet");
  await home.add("shout.ts");
  const [folder] = [...Deno.readDirSync(home.plugins)].filter(({ name }) => name.startsWith("greet-"));
  await Deno.writeTextFile(`${home.plugins}/${folder!.name}/say.ts`, "// and more\n", { append: true });
  const stderr = await fails(home, "PLUGIN_CHANGED", "greet", "say", "alpine");
  assert.match(stderr, /its file "say\.ts" was changed since it was added\nhint: look at it, then add it again/);
  assert.match(await home.output("version"), /VCSTag/);
  const { path } = await home.layout();
  assert.match(await home.output("tag", "ls", `ocidir://${path}`), /^v1$/m);
  const doctor = await home.run(["plugin", "doctor"]);
  assert.equal(doctor.code, ERROR_TABLE.PLUGIN_INVALID.exit);
  assert.match(doctor.stdout, /^greet: .*was changed.*\nshout: ok\n$/);
  assert.match(doctor.stderr, /1 of 2 plugins cannot be used/);
  const { plugins } = JSON.parse((await home.run(["plugin", "doctor", "--format", "json"])).stdout);
  assert.deepEqual([plugins[0].code, plugins[1].ok], ["PLUGIN_CHANGED", true]);
  await home.add("greet");
  assert.equal(await home.output("plugin", "doctor"), "greet: ok\nshout: ok\n");
  await home.add("verbs.ts");
  const [verbs] = [...Deno.readDirSync(home.plugins)].filter(({ name }) => name.startsWith("verbs-"));
  await Deno.remove(`${home.plugins}/${verbs!.name}/verbs.ts`);
  const help = await home.run(["image", "--help"]);
  assert.deepEqual([help.code, /copy +Copy/.test(help.stdout), /lint/.test(help.stdout)], [0, true, false]);
  assert.match(help.stderr, /level=WARN msg="Plugin \\"verbs\\" is not loaded: .*; it is left out"\n/);
  assert.match(await fails(home, "PLUGIN_CHANGED", "image", "lint", "alpine"), /is missing/);
});

Deno.test("two that want the same name are refused, by each other and by the program", async () => {
  await using home = await Home.make();
  const add = async (name: string, text: string) => ["plugin", "add", "-y", await home.write(name, text)];
  const clash = async (name: string, text: string, wanted: RegExp) =>
    assert.match(await fails(home, "PLUGIN_INVALID", ...await add(name, text)), wanted);
  await home.output(...await add("one.ts", tinyPlugin("one", "one", 'aliases: ["uno"],')));
  await clash("uno.ts", tinyPlugin("uno"), /clashes with plugin "one": both have the noun "uno"\nhint: disable/);
  await clash("image.ts", tinyPlugin("image"), /clashes with this program: both have the noun "image"/);
  await clash("layer.ts", tinyPlugin("mine", "", 'aliases: ["layer"],'), /the noun "layer"/);
  await clash("help.ts", tinyPlugin("help"), /the noun "help"/);
  const verb = (name: string, noun: string, verb: string) =>
    `const c = { spec: { summary: "" }, load() {} }; export default { name: "${name}", summary: "S", api: 1, commands: {}, ` +
    `verbs: { ${noun}: { ${verb} } } };`;
  await clash("v1.ts", verb("v1", "image", "copy: c"), /the verb "image copy"\nhint: .*replaces: true/);
  await clash("v2.ts", verb("v2", "tag", "rm: c"), /the verb "tag rm"/);
  await clash("v3.ts", verb("v3", "nothing", "ls: c"), /adds a verb to "nothing", which is no noun/);
  await home.output(...await add("v4.ts", verb("v4", "image", "lint: c")));
  await clash("v5.ts", verb("v5", "image", "lint: c"), /clashes with plugin "v4"/);
  await home.add("shout.ts");
  const second = (await Deno.readTextFile(sample("shout.ts"))).replace('name: "shout"', 'name: "second"');
  await clash("second.ts", second, /the template function "shout"/);
  await home.output("plugin", "disable", "shout");
  await home.output(...await add("second.ts", second));
  assert.match(await fails(home, "PLUGIN_INVALID", "plugin", "enable", "shout"), /clashes with plugin "second"/);
});

Deno.test("a broken index names itself, and copies are not made past it", async () => {
  await using home = await Home.make();
  await Deno.mkdir(home.plugins, { recursive: true });
  await Deno.writeTextFile(`${home.plugins}/plugins.json`, "{ half");
  const { path } = await home.layout();
  const stderr = await fails(home, "PLUGIN_INVALID", "image", "copy", `ocidir://${path}:v1`, `ocidir://${path}:v2`);
  assert.match(stderr, /^error: Index of plugins ".*plugins\.json" is not valid\nhint: /m);
  assert.match(await home.output("tag", "ls", `ocidir://${path}`), /^v1$/m);
  assert.match(await home.output("--help"), /image +Copy/);
  assert.match(await fails(home, "PLUGIN_INVALID", "plugin", "list"), /remove it and add the plugins again/);
  assert.match(await home.output("version"), /VCSTag/);
});

Deno.test("what a handler throws is shown in one line", async () => {
  await using home = await Home.make();
  const text = tinyPlugin("sad").replace("{ return", '{ throw new TypeError("nothing works"); return');
  await home.output("plugin", "add", "-y", await home.write("sad.ts", text));
  const { code, stderr } = await home.run(["sad"]);
  assert.deepEqual([code, /nothing works/.test(stderr)], [ERROR_TABLE.INTERNAL.exit, true]);
});
