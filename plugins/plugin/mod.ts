/**
 * The noun `plugin`.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

const NAME = { name: "name", type: "string", required: true, complete: "none", summary: "name of the plugin" } as const;

/** Data of `plugin list`. */
export const list = defineSpec({
  summary: "List plugins, where they are from and what they add",
  description:
    "Those that were added come first, then those of the configuration and of --plugin, programs ferry-NOUN on the PATH, " +
    "and with --all those that come with this program.",
  aliases: ["ls"],
  flags: {
    all: { type: "boolean", short: "a", summary: "list those that come with this program as well" },
  },
  examples: [
    { command: "plugin list", does: "show what was added" },
    { command: "plugin list --all --format json", does: "show all there is, for programs" },
  ],
});

/** Data of `plugin add`. */
export const add = defineSpec({
  summary: "Add a plugin",
  description:
    "A plugin is a file or folder of TypeScript or JavaScript, or a file at an https address with its sha256. Its files are " +
    "copied, and their digests are checked each time it is loaded. Its code can do what you can do, unless it is confined.\n\n" +
    "With --confine, commands and hooks of the plugin run apart from this program: they read from registries through it, with " +
    "your logins, and change nothing; files, network, environment and programs are closed to them but for what --allow-read, " +
    "--allow-net and --allow-env grant.",
  aliases: ["install"],
  args: [{
    name: "source",
    type: "string",
    required: true,
    complete: "file",
    summary: "file, folder or https address",
  }],
  flags: {
    "allow-env": {
      type: "string",
      repeated: true,
      commas: true,
      complete: "none",
      summary: "with --confine: environment variable that it may read",
      placeholder: "name",
    },
    "allow-net": {
      type: "string",
      repeated: true,
      commas: true,
      complete: "none",
      summary: "with --confine: host that it may call",
      placeholder: "host[:port]",
    },
    "allow-read": {
      type: "string",
      repeated: true,
      commas: true,
      complete: "file",
      summary: "with --confine: file or folder that it may read",
      placeholder: "path",
    },
    confine: { type: "boolean", summary: "run it apart, without rights but those that are granted" },
    sha256: {
      type: "string",
      complete: "none",
      summary: "sha256 that it must have, needed for an address",
      placeholder: "digits",
    },
    yes: { type: "boolean", short: "y", summary: "do not ask" },
  },
  examples: [
    { command: "plugin add ./mine", does: "add the plugin in a folder, after a question" },
    { command: "plugin add --yes --confine ./lint.ts", does: "add a file that runs without rights of its own" },
    {
      command:
        "plugin add https://example.org/p.js --sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      does: "add a file from elsewhere",
    },
  ],
});

/** Data of `plugin remove`. */
export const remove = defineSpec({
  summary: "Remove a plugin that was added",
  aliases: ["rm", "delete"],
  args: [NAME],
  examples: [{ command: "plugin remove mine", does: "take the plugin and its files away" }],
});

/** Data of `plugin enable`. */
export const enable = defineSpec({
  summary: "Use a plugin again that was disabled",
  args: [NAME],
  examples: [{ command: "plugin enable mine", does: "use it again" }],
});

/** Data of `plugin disable`. */
export const disable = defineSpec({
  summary: "Keep a plugin without using it",
  args: [NAME],
  examples: [{ command: "plugin disable mine", does: "do not load it any more" }],
});

/** Data of `plugin doctor`. */
export const doctor = defineSpec({
  summary: "Load every plugin and say what is wrong",
  examples: [{ command: "plugin doctor", does: "check files, versions and names of all plugins" }],
});

/** Data of `plugin init`. */
export const init = defineSpec({
  summary: "Write a new plugin that works",
  description:
    "The folder has a command, its test, and the types that it is checked against: deno check and deno test work in it " +
    "without a network.",
  args: [{ ...NAME, summary: "name of the plugin, and of its noun" }],
  flags: {
    folder: { type: "string", complete: "folder", summary: "folder to write to, NAME by default", placeholder: "path" },
    types: { type: "boolean", summary: "write the types alone, for a plugin that there is" },
  },
  examples: [{ command: "plugin init mine", does: "write the folder mine" }],
});

/** Data of `plugin build`. */
export const build = defineSpec({
  summary: "Make one JavaScript file of a plugin",
  description:
    "A plugin of one module has its types taken out. For several modules esbuild has to be on the PATH; without it, the folder " +
    "can be added as it is.",
  args: [{ name: "source", type: "string", complete: "folder", summary: "file or folder, this folder by default" }],
  flags: {
    output: {
      type: "string",
      short: "o",
      complete: "file",
      summary: "file to write, plugin.js by default",
      placeholder: "file",
    },
  },
  examples: [{ command: "plugin build ./mine --output mine.js", does: "write mine.js and print its sha256" }],
});

export default definePlugin({
  name: "plugin",
  summary: "Add commands and rules of your own",
  aliases: ["plugins"],
  commands: {
    list: defineCommand(list, () => import("./list.ts")),
    add: defineCommand(add, () => import("./add.ts")),
    remove: defineCommand(remove, () => import("./remove.ts")),
    enable: defineCommand(enable, () => import("./enable.ts")),
    disable: defineCommand(disable, () => import("./disable.ts")),
    doctor: defineCommand(doctor, () => import("./doctor.ts")),
    init: defineCommand(init, () => import("./init.ts")),
    build: defineCommand(build, () => import("./build.ts")),
  },
});
