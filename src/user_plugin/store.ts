/**
 * The plugins that were added: to add, list, check and change them.
 *
 * @module
 */
import { join } from "node:path";
import { FerryError, isFerryError } from "../errors.ts";
import type { Plugin, PluginEntry } from "../plugin.ts";
import { addsOf } from "./adds.ts";
import { type Cleanup, configuredPaths, loadInstalled, loadPath, start } from "./available.ts";
import { checkClashes } from "./clash.ts";
import { collect, type Collected } from "./collect.ts";
import { download, isAddress } from "./download.ts";
import { changeIndex } from "./index_change.ts";
import { findPrograms } from "./path_program.ts";
import type { Grants, PluginIndex, PluginRecord } from "./record.ts";
import { prepare, sha256, writeAll } from "./stage.ts";
import type { AddedPlugin, ExaminedPlugin, FoundProgram, LookedPlugin, PluginCandidate, PluginStore } from "./types.ts";
import type { Places, UserPluginsOptions } from "./user_plugins.ts";

/** What a store works with. */
export interface PluginStoreOptions extends UserPluginsOptions {
  /** Folder of plugins. */
  readonly folder: string;
  /** The index as it is read. */
  readonly index: () => Promise<PluginIndex | undefined>;
  /** Plugins that the configuration names. */
  readonly configured: () => Promise<Places["configured"]>;
  /** Takes what is to be undone at the end of the run. */
  readonly cleanup: Cleanup;
}

/** The plugins that were added. */
export class FolderStore implements PluginStore {
  readonly #options: PluginStoreOptions;

  /** A store in the folder of `options`. */
  constructor(options: PluginStoreOptions) {
    this.#options = options;
  }

  /** Folder of plugins. */
  get folder(): string {
    return this.#options.folder;
  }

  /** Plugins that come with the program. */
  get builtIn(): readonly PluginEntry[] {
    return this.#options.builtIn;
  }

  /** Those that were added, in the order in which they came. */
  async records(): Promise<readonly PluginRecord[]> {
    return (await this.#options.index())?.plugins ?? [];
  }

  /** Paths that the configuration names. */
  async configured(): Promise<readonly string[]> {
    const { file, paths } = await this.#options.configured();
    return configuredPaths(file, paths, this.#options.env);
  }

  /** Paths that `--plugin` names. */
  get given(): readonly string[] {
    return this.#options.given;
  }

  /** Programs `ferry-NOUN` on the PATH. */
  async programs(): Promise<readonly FoundProgram[]> {
    return await findPrograms(this.#options.env);
  }

  /**
   * Reads a plugin from a path or an address; none of its code runs.
   *
   * @throws {FerryError} PLUGIN_INVALID, DIGEST_MISMATCH and what fetching throws
   */
  async read(source: string, expected: string | undefined, signal: AbortSignal): Promise<PluginCandidate> {
    const collected: Collected = isAddress(source)
      ? await download(source, expected ?? "", signal)
      : await collect(source);
    if (!isAddress(source) && expected !== undefined) await checkExpected(collected, expected);
    const staged = await prepare(collected);
    const size = [...staged.files.values()].reduce((sum, bytes) => sum + bytes.byteLength, 0);
    const { entry, source: from } = collected;
    const names = [...staged.files.keys()];
    return { source: from, entry, count: names.length, names, size, digest: staged.digest, staged };
  }

  /**
   * Runs a plugin's main module to learn what it adds, apart where it is to be confined, and keeps it.
   *
   * @throws {FerryError} PLUGIN_INVALID, IO
   */
  async add(candidate: PluginCandidate, confine?: Grants): Promise<AddedPlugin> {
    const { builtIn, cleanup, folder } = this.#options;
    const fresh = `.new-${crypto.randomUUID()}`;
    const staging = join(folder, fresh);
    try {
      await writeAll(staging, candidate.staged.files, { mode: 0o700 });
      const files = { root: staging, entry: candidate.entry, names: candidate.names };
      const plugin = await start(files, candidate.source, confine, cleanup);
      const record = recordOf(candidate, plugin, confine);
      let replaced: string | undefined;
      await changeIndex(folder, async (records) => {
        const before = records.find(({ name }) => name === record.name);
        const others = records.filter(({ name }) => name !== record.name);
        await checkClashes(record, others.filter(({ enabled }) => enabled), builtIn);
        replaced = before?.version;
        await Deno.rename(staging, join(folder, record.folder));
        return before === undefined ? [...records, record] : records.map((one) => one === before ? record : one);
      });
      return { record, replaced };
    } finally {
      await Deno.remove(staging, { recursive: true }).catch(() => {});
    }
  }

  /** Takes a plugin away, with its files. */
  async remove(name: string): Promise<PluginRecord> {
    const record = await this.#find(name);
    await changeIndex(this.folder, (records) => Promise.resolve(records.filter((one) => one.name !== name)));
    return record;
  }

  /** Says whether a plugin is to be used. */
  async enable(name: string, enabled: boolean): Promise<PluginRecord> {
    const record = await this.#find(name);
    await changeIndex(this.folder, async (records) => {
      const others = records.filter((one) => one.name !== name && one.enabled);
      if (enabled) await checkClashes(record, others, this.#options.builtIn);
      return records.map((one) => one.name === name ? { ...one, enabled } : one);
    });
    return { ...record, enabled };
  }

  /** Loads every plugin that is in use, and says what is wrong. */
  async examine(): Promise<readonly ExaminedPlugin[]> {
    const { builtIn, cleanup, folder } = this.#options;
    const records = (await this.records()).filter(({ enabled }) => enabled);
    const examined: ExaminedPlugin[] = [];
    for (const [at, record] of records.entries()) {
      examined.push({
        name: record.name,
        failure: await failureOf(async () => {
          await checkClashes(record, records.slice(0, at), builtIn);
          await loadInstalled(folder, record, cleanup);
        }),
      });
    }
    for (const path of await this.configured()) {
      examined.push({
        name: path,
        failure: await failureOf(async () => await checkClashes(await loadPath(path, cleanup), records, builtIn)),
      });
    }
    return examined;
  }

  /** What the plugin at a path adds; it is loaded. */
  async look(path: string): Promise<LookedPlugin> {
    const { adds, load, name, summary } = await loadPath(path, this.#options.cleanup);
    return { name, summary, adds, version: (await load()).version ?? "" };
  }

  async #find(name: string): Promise<PluginRecord> {
    const records = await this.records();
    const record = records.find((one) => one.name === name);
    if (record !== undefined) return record;
    const { suggestion } = await import("../cli/nearest.ts");
    throw new FerryError("NOT_FOUND", `Plugin "${name}" was not added`, {
      hint: suggestion(name, records.map((one) => one.name), "see what there is with plugin list"),
    });
  }
}

/** For a path a digest may be given as well: of the one file, or of the whole as it is shown when it is added. */
async function checkExpected(collected: Collected, expected: string): Promise<void> {
  const { digest } = await prepare(collected);
  const found = collected.files.size === 1 ? [...collected.files.values()].map(sha256) : [];
  if (expected === digest || found.includes(expected)) return;
  throw new FerryError(
    "DIGEST_MISMATCH",
    `Plugin "${collected.source}" has sha256 ${found[0] ?? digest}, expected ${expected}`,
  );
}

function recordOf(candidate: PluginCandidate, plugin: Plugin, confine: Grants | undefined): PluginRecord {
  const { name, summary, version, api } = plugin;
  return {
    name,
    version: version ?? "",
    summary,
    api: api ?? 0,
    enabled: true,
    source: candidate.source,
    // Never one that there is: what is used stays as it is until the index names the new one.
    folder: `${name}-${candidate.digest.slice(0, 16)}-${crypto.randomUUID().slice(0, 8)}`,
    entry: candidate.entry,
    files: candidate.staged.digests,
    adds: addsOf(plugin),
    ...(confine === undefined ? {} : { confine }),
  };
}

async function failureOf(work: () => Promise<void>): Promise<FerryError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isFerryError(error)) return error;
    throw error;
  }
}
