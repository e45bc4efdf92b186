/** Tries to get at what it was not given. Each attempt gives what it got; what is refused throws. */
import { defineCommand, definePlugin, loadUserPlugin } from "ferry/plugin";
import * as util from "node:util";

// deno-lint-ignore no-explicit-any
const globals = globalThis as any;
const deno = globals.Deno;
const own = new URL(import.meta.url).pathname;
const folder = own.slice(0, own.lastIndexOf("/"));

/** Who makes functions of a kind. */
const makerOf = (one: object): new (code: string) => () => unknown =>
  Reflect.get(Object.getPrototypeOf(one), "constructor");

/** Code of a text, by each way that the language has. */
const makers: readonly ((code: string) => unknown)[] = [
  (code) => globals.eval(code),
  (code) => (0, eval)(code),
  (code) => globals.Function(code)(),
  (code) => new (makerOf(() => {}))(code)(),
  (code) => new (makerOf(async () => {}))(code)(),
  (code) => new (makerOf(function* () {}))(code)(),
  (code) => new (makerOf(async function* () {}))(code)(),
  (code) => new (makerOf(class {}))(code)(),
  (code) => new (makerOf(fetch))(code)(),
  (code) => new (makerOf(makerOf(fetch)))(code)(),
  (code) =>
    new Promise((resolve) => {
      globals.ran = () => resolve("ran");
      globals.setTimeout(`globalThis.ran(); ${code}`);
    }),
  (code) =>
    new Promise((resolve) => {
      globals.ran = () => resolve("ran");
      globals.setInterval(`globalThis.ran(); ${code}`, 1);
    }),
];

const attempts: Readonly<Record<string, () => unknown>> = {
  ...Object.fromEntries(makers.map((make, at) => [`text${at}`, () => make("return 1")])),
  commandLine: () => deno.args.join() || undefined,
  argv: () => globals.process.argv.join() || undefined,
  parseArgs: () => util.parseArgs({ strict: false, allowPositionals: true }).positionals.join() || undefined,
  variables: () => Object.keys(globals.process.env).join() || undefined,
  variable: () => deno.env.get("HOME"),
  stdin: () => deno.stdin.readSync(new Uint8Array(8)),
  stdout: () => deno.stdout.writeSync(new TextEncoder().encode("forged\n")),
  raw: () => deno.stdin.setRaw(true),
  folder: () => deno.cwd(),
  move: () => deno.chdir(folder),
  moveProcess: () => globals.process.chdir(folder),
  abort: () => globals.process.abort(),
  builtIn: () => globals.process.getBuiltinModule("fs"),
  internals: () => deno[deno.internal].core,
  ask: () => deno.permissions.request({ name: "read" }),
  worker: () => new globals.Worker("data:text/javascript,", { type: "module" }),
  channel: () => new globals.BroadcastChannel("x"),
  storage: () => globals.caches.open("x"),
  local: () => globals.localStorage.setItem("a", "b"),
  database: () => deno.openKv(),
  library: () => deno.dlopen("/lib/libc.so.6", {}),
  pointer: () => deno.UnsafePointer.create(1n),
  program: () => new deno.Command("/bin/sh").outputSync(),
  end: () => deno.exit(0),
  endProcess: () => globals.process.exit(0),
  close: () => globals.close(),
  closeAgain: () => {
    Reflect.deleteProperty(globals, "close");
    return globals.close();
  },
  prompt: () => globals.prompt("Password:"),
  file: () => deno.readTextFileSync("/etc/passwd"),
  filesBeside: () => [...deno.readDirSync(folder)].length,
  filesAbove: () => [...deno.readDirSync(`${folder}/..`)].length,
  index: () => deno.readTextFileSync(`${folder}/../plugins.json`),
  request: () => fetch("http://127.0.0.1:9/"),
  fileRequest: () => fetch("file:///etc/passwd"),
  socket: () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket("ws://127.0.0.1:9/");
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("closed"));
    }),
  connect: () => deno.connect({ port: 9 }),
  build: async () => (await loadUserPlugin()).buildPlugin(own, `${folder}/out.js`, () => ""),
  write: async () => (await loadUserPlugin()).writeAll(folder, new Map([["more.js", new Uint8Array(1)]])),
};

async function tried(work: () => unknown): Promise<string> {
  try {
    return await work() === undefined ? "nothing" : "REACHED";
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message.replaceAll("\n", " ") : error}`;
  }
}

export default definePlugin({
  name: "hostile",
  summary: "Tries what it may not",
  api: 1,
  commands: {
    "": defineCommand({ summary: "Try it all" }, () =>
      Promise.resolve({
        default: async () => {
          const lines: string[] = [];
          for (const [name, work] of Object.entries(attempts)) lines.push(`${name}: ${await tried(work)}\n`);
          return { text: () => lines.join("") };
        },
      })),
  },
});
