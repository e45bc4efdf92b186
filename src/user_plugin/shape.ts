/**
 * Checks that what a module gives is a plugin: types do not hold what comes from outside.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Plugin } from "../plugin.ts";
import { PLUGIN_API } from "../plugin_parts.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Names of nouns and verbs. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const TYPES = ["string", "boolean", "integer", "number", "reference", "registry", "digest", "platform"];
const KNOWN = new Set([
  "name",
  "summary",
  "aliases",
  "commands",
  "api",
  "version",
  "verbs",
  "transports",
  "copyHook",
  "writeHook",
  "templateFunctions",
  "luaGlobals",
]);

/**
 * The plugin that a module exports. `from` is where it is from, for messages.
 *
 * @throws {FerryError} PLUGIN_INVALID
 */
export function checkPlugin(value: unknown, from: string): Plugin {
  const refuse = (what: string, hint?: string) =>
    new FerryError("PLUGIN_INVALID", `Plugin "${from}" cannot be used: ${what}`, hint === undefined ? {} : { hint });
  if (!isObject(value)) {
    throw refuse("its module has no plugin as its default export", "write export default definePlugin({ ... })");
  }
  checkApi(value.api, refuse);
  const fail = (path: string, wanted: string): never => {
    throw refuse(`${path} must be ${wanted}`);
  };
  if (typeof value.name !== "string" || !NAME.test(value.name)) fail("name", "lower case words joined by hyphens");
  if (typeof value.summary !== "string" || value.summary === "") fail("summary", "a text");
  if (value.version !== undefined && typeof value.version !== "string") fail("version", "a text");
  if (value.aliases !== undefined && !isNames(value.aliases)) fail("aliases", "a list of lower case words");
  for (const key of Object.keys(value)) {
    if (!KNOWN.has(key)) throw refuse(`nothing is known of "${key}"`, `known are ${[...KNOWN].join(", ")}`);
  }
  checkCommands(value.commands ?? {}, "commands", fail);
  for (const [noun, commands] of entries(value.verbs, "verbs", fail)) {
    if (!NAME.test(noun)) fail(`verbs.${noun}`, "under the name of a noun");
    if (isObject(commands) && Object.hasOwn(commands, "")) fail(`verbs.${noun}`, "without an empty verb");
    checkCommands(commands, `verbs.${noun}`, fail);
  }
  for (const [scheme, make] of entries(value.transports, "transports", fail)) {
    if (!/^[a-z]+$/.test(scheme)) fail(`transports.${scheme}`, "under a scheme: letters a to z");
    if (["reg", "ocidir", "ocifile", "http", "https", "docker"].includes(scheme)) {
      fail(`transports.${scheme}`, "under another scheme, this one is taken");
    }
    if (typeof make !== "function") fail(`transports.${scheme}`, "a function");
  }
  checkHook(value.copyHook, "copyHook", fail);
  checkHook(value.writeHook, "writeHook", fail);
  for (const [name, one] of entries(value.templateFunctions, "templateFunctions", fail)) {
    const isRight = isObject(one) && Array.isArray(one.parameters) && typeof one.call === "function";
    if (!/^[a-zA-Z_]\w*$/.test(name) || !isRight) {
      fail(`templateFunctions.${name}`, "a name of letters and digits with parameters and call");
    }
  }
  for (const [name, make] of entries(value.luaGlobals, "luaGlobals", fail)) {
    if (!/^[a-zA-Z_]\w*$/.test(name) || typeof make !== "function") fail(`luaGlobals.${name}`, "a function");
  }
  const plugin = { commands: {}, ...value } as unknown as Plugin;
  return plugin;
}

function checkApi(api: unknown, refuse: (what: string, hint?: string) => FerryError): void {
  if (api === PLUGIN_API) return;
  if (api === undefined) {
    throw refuse("it does not say which API version it was written for", `add api: ${PLUGIN_API} to the plugin`);
  }
  const wanted = JSON.stringify(api);
  if (!Number.isInteger(api)) throw refuse(`api must be a whole number, it is ${wanted}`, `write api: ${PLUGIN_API}`);
  throw refuse(
    `it needs API version ${wanted}, this program has ${PLUGIN_API}`,
    Number(api) > PLUGIN_API ? "update this program" : "ask for a newer version of the plugin",
  );
}

type Fail = (path: string, wanted: string) => never;

function checkHook(hook: unknown, name: string, fail: Fail): void {
  if (hook === undefined) return;
  if (!isObject(hook)) return fail(name, "an object with before or after");
  for (const [key, call] of Object.entries(hook)) {
    if (key !== "before" && key !== "after") fail(`${name}.${key}`, "before or after");
    if (call !== undefined && typeof call !== "function") fail(`${name}.${key}`, "a function");
  }
  if (hook.before === undefined && hook.after === undefined) fail(name, "an object with before or after");
}

function checkCommands(commands: unknown, path: string, fail: Fail): void {
  for (const [verb, command] of entries(commands, path, fail)) {
    const at = `${path}.${verb === "" ? '""' : verb}`;
    if (verb !== "" && !NAME.test(verb)) fail(at, "under a verb: lower case words joined by hyphens");
    if (!isObject(command) || !isObject(command.spec) || typeof command.load !== "function") {
      return fail(at, "what defineCommand(spec, load) gives");
    }
    checkSpec(command.spec, `${at}.spec`, fail);
  }
}

/** A command's data is read by help, completion and the command line, long before the handler: what they rely on is checked. */
function checkSpec(spec: Fields, at: string, fail: Fail): void {
  if (typeof spec.summary !== "string") fail(`${at}.summary`, "a text");
  if (spec.description !== undefined && typeof spec.description !== "string") fail(`${at}.description`, "a text");
  if (spec.aliases !== undefined && !isNames(spec.aliases)) fail(`${at}.aliases`, "a list of lower case words");
  if (spec.args !== undefined && !Array.isArray(spec.args)) fail(`${at}.args`, "a list");
  for (const [place, arg] of Object.entries((spec.args ?? []) as readonly unknown[])) {
    if (!isObject(arg) || typeof arg.name !== "string") return fail(`${at}.args.${place}.name`, "a text");
    checkValue(arg, `${at}.args.${place}`, fail);
  }
  for (const [name, flag] of entries(spec.flags, `${at}.flags`, fail)) {
    if (!NAME.test(name)) fail(`${at}.flags.${name}`, "under lower case words joined by hyphens");
    if (!isObject(flag)) return fail(`${at}.flags.${name}`, "an object");
    if (flag.short !== undefined && !/^[a-zA-Z]$/.test(String(flag.short))) {
      fail(`${at}.flags.${name}.short`, "a letter");
    }
    if (flag.choices !== undefined && !isTexts(flag.choices)) fail(`${at}.flags.${name}.choices`, "a list of texts");
    checkValue(flag, `${at}.flags.${name}`, fail);
  }
  if (spec.examples !== undefined && !Array.isArray(spec.examples)) fail(`${at}.examples`, "a list");
  for (const [place, one] of Object.entries((spec.examples ?? []) as readonly unknown[])) {
    if (!isObject(one) || typeof one.command !== "string" || typeof one.does !== "string") {
      fail(`${at}.examples.${place}`, "an object with command and does");
    }
  }
}

function checkValue(value: Fields, at: string, fail: Fail): void {
  if (!TYPES.includes(String(value.type))) fail(`${at}.type`, `one of ${TYPES.join(", ")}`);
  if (typeof value.summary !== "string") fail(`${at}.summary`, "a text");
}

function entries(value: unknown, path: string, fail: Fail): [string, unknown][] {
  if (value === undefined) return [];
  if (!isObject(value)) return fail(path, "an object");
  return Object.entries(value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string" && NAME.test(one));
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
