/** What tests of sync files share. */
import type { Context } from "../../src/mod.ts";
import { NO_PLUGINS } from "../../src/user_plugin/user_plugins.ts";
import { parseSyncFile, type ReadSyncOptions, type SyncFile } from "../../plugins/sync/file/mod.ts";

/** Environment of {@linkcode testContext}. */
export const ENV: Readonly<Record<string, string>> = { HUB_USER: "someone", HUB_PASS: "hunter2-secret" };

/** 30 January 2026, 12:00 UTC. */
export const NOW = Date.UTC(2026, 0, 30, 12);

/** A context whose time stands still. */
export function testContext(env: Readonly<Record<string, string>> = ENV): Pick<Context, "clock" | "env" | "plugins"> {
  return {
    plugins: NO_PLUGINS,
    env: (name) => Object.hasOwn(env, name) ? env[name] : undefined,
    clock: { now: () => NOW, sleep: () => Promise.resolve() },
  };
}

/** Reads a text as a sync file. */
export function parse(text: string, options: ReadSyncOptions = {}): Promise<SyncFile> {
  return parseSyncFile(testContext(), text, "f.yml", options);
}

/** Files of the vectors: what people have written for regsync. */
export async function vectors(): Promise<{ readonly name: string; readonly path: string; readonly text: string }[]> {
  const folder = new URL("../vectors/sync/", import.meta.url);
  const files = [];
  for await (const { name } of Deno.readDir(folder)) {
    const url = new URL(name, folder);
    files.push({ name, path: url.pathname, text: await Deno.readTextFile(url) });
  }
  return files.sort((a, b) => a.name < b.name ? -1 : 1);
}
