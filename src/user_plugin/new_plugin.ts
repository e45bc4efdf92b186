/**
 * The files of a new plugin: a module, a handler, a test, and what they are checked against.
 *
 * @module
 */
import { gunzipSync } from "node:zlib";
import { PLUGIN_API } from "../plugin_parts.ts";

/** Folder in a plugin's folder that holds the sources of `ferry/plugin`. */
const KIT_FOLDER = ".ferry";

/** Files of a new plugin by path; with `typesOnly` those alone that its types come from. */
export async function pluginFiles(name: string, typesOnly: boolean): Promise<ReadonlyMap<string, Uint8Array>> {
  const { KIT } = await import("./kit_files.ts");
  const files = typesOnly ? kitFiles(KIT) : { ...ownFiles(name, KIT !== ""), ...kitFiles(KIT) };
  const encoder = new TextEncoder();
  return new Map(Object.entries(files).map(([path, text]) => [path, encoder.encode(text)]));
}

function kitFiles(kit: string): Readonly<Record<string, string>> {
  if (kit === "") return {};
  const files: Readonly<Record<string, string>> = JSON.parse(gunzipSync(bytesOf(kit)).toString("utf8"));
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${KIT_FOLDER}/${path}`, text]));
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function ownFiles(name: string, hasKit: boolean): Readonly<Record<string, string>> {
  const kernel = hasKit ? `./${KIT_FOLDER}/src/mod.ts` : new URL("../mod.ts", import.meta.url).href;
  return {
    "deno.json": `${JSON.stringify(denoJson(kernel), undefined, 2)}\n`,
    "mod.ts": moduleText(name),
    "count.ts": HANDLER,
    "mod_test.ts": testText(name),
    "README.md": readme(name),
  };
}

function denoJson(kernel: string): unknown {
  return {
    exports: "./mod.ts",
    imports: { "ferry/plugin": kernel },
    unstable: ["raw-imports", "worker-options"],
    compilerOptions: { strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
    fmt: { lineWidth: 120, exclude: [KIT_FOLDER] },
    lint: { exclude: [KIT_FOLDER] },
  };
}

function moduleText(name: string): string {
  return `import { defineCommand, definePlugin, defineSpec } from "ferry/plugin";

/** Data of \`${name} count\`: help, completion and the types of its handler come from it. */
export const count = defineSpec({
  summary: "Count the tags of a repository",
  args: [{ name: "repository", type: "reference", required: true, complete: "repository", summary: "what to count" }],
  flags: {
    prefix: { type: "string", summary: "count only tags that start with this", placeholder: "text" },
  },
  examples: [{ command: "${name} count alpine", does: "print how many tags there are" }],
});

export default definePlugin({
  name: "${name}",
  summary: "What ${name} is for",
  version: "0.1.0",
  api: ${PLUGIN_API},
  commands: {
    // A handler loads when its command runs.
    count: defineCommand(count, () => import("./count.ts")),
  },
});
`;
}

const HANDLER = `import type { CommandResult, Context, InputOf } from "ferry/plugin";
import type { count } from "./mod.ts";

/** Gives data and text; it never prints. */
export default async function run(
  context: Context,
  { args, flags }: InputOf<typeof count>,
): Promise<CommandResult> {
  const transport = await context.transport(args.repository);
  const { tags } = await transport.listTags(args.repository, { signal: context.signal });
  const counted = tags.filter((tag) => tag.startsWith(flags.prefix ?? "")).length;
  return { data: () => ({ count: counted }), text: () => \`\${counted}\\n\` };
}
`;

function testText(name: string): string {
  return `import { type Context, parseReference } from "ferry/plugin";
import assert from "node:assert/strict";
import run from "./count.ts";
import plugin from "./mod.ts";

Deno.test("count counts tags with the prefix", async () => {
  const transport = { listTags: () => Promise.resolve({ tags: ["v1", "v2", "latest"] }) };
  const context = {
    transport: () => Promise.resolve(transport),
    signal: new AbortController().signal,
  } as unknown as Context;
  const repository = parseReference("registry.example.org/app");
  const result = await run(context, { args: { repository }, flags: { prefix: "v" } });
  assert.equal(result.text?.(), "2\\n");
  assert.deepEqual(result.data?.(), { count: 2 });
});

Deno.test("the plugin has the noun ${name}", () => {
  assert.equal(plugin.name, "${name}");
  assert.deepEqual(Object.keys(plugin.commands), ["count"]);
});
`;
}

function readme(name: string): string {
  return `# ${name}

    deno check mod.ts && deno test      # types and tests; nothing is fetched
    ferry --plugin . ${name} count alpine    # try it out
    ferry plugin add .                  # keep it
    ferry plugin init ${name} --types      # types of a newer ferry

\`${KIT_FOLDER}\` holds the sources that types come from. It is not part of the plugin.
`;
}
