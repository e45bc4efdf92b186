import { type Context, FerryError, isFerryError, loadUserPlugin, type PluginStore, VERSION } from "../../src/mod.ts";

/** A plugin in a list. */
export interface Row {
  /** Its name. */
  readonly name: string;
  /** Its version, "" where it has none. */
  readonly version: string;
  /** `added`, `config`, `flag`, `path` or `built-in`. */
  readonly from: string;
  /** Where its files came from. */
  readonly source: string;
  /** `enabled`, `disabled` or `broken`. */
  readonly state: string;
  /** Its handlers run apart. */
  readonly confined: boolean;
  /** What it adds, one a thing. */
  readonly adds: readonly string[];
  /** What it is for. */
  readonly summary: string;
}

/** Rows of `plugin list`, one kind of plugins after the other. */
export async function* listRows(context: Context, all: boolean): AsyncGenerator<readonly Row[]> {
  const store = await context.plugins.store();
  const { addsWords } = await loadUserPlugin();
  yield (await store.records()).map((record) => ({
    name: record.name,
    version: record.version,
    from: "added",
    source: record.source,
    state: record.enabled ? "enabled" : "disabled",
    confined: record.confine !== undefined,
    adds: addsWords(record.name, record.adds),
    summary: record.summary,
  }));
  yield await Promise.all((await store.configured()).map((path) => lookedAt(store, path, "config")));
  yield await Promise.all(store.given.map((path) => lookedAt(store, path, "flag")));
  yield (await store.programs()).map(({ noun, path }) => ({
    name: noun,
    version: "",
    from: "path",
    source: path,
    state: "enabled",
    confined: false,
    adds: [`noun ${noun}`],
    summary: "",
  }));
  if (all) yield await builtInRows(store);
}

/** A plugin that cannot be loaded is listed nevertheless. */
async function lookedAt(store: PluginStore, path: string, from: string): Promise<Row> {
  const { addsWords } = await loadUserPlugin();
  const row = { from, source: path, confined: false };
  try {
    const { adds, name, summary, version } = await store.look(path);
    return { ...row, name, version, state: "enabled", adds: addsWords(name, adds), summary };
  } catch (error) {
    if (!isFerryError(error)) throw error;
    return { ...row, name: path, version: "", state: "broken", adds: [], summary: error.message };
  }
}

async function builtInRows(store: PluginStore): Promise<readonly Row[]> {
  const { addsOf, addsWords } = await loadUserPlugin();
  return await Promise.all(store.builtIn.map(async (entry) => ({
    name: entry.name,
    version: VERSION.version,
    from: "built-in",
    source: "",
    state: "enabled",
    confined: false,
    adds: addsWords(entry.name, addsOf((await entry.load()).default)),
    summary: entry.summary,
  })));
}

/** Where a question cannot be asked, the way out is a flag. */
export async function confirm(context: Context, question: string): Promise<void> {
  let answer: string;
  try {
    answer = await context.prompt(question);
  } catch (error) {
    if (!isFerryError(error, "ARGUMENT_MISSING")) throw error;
    throw new FerryError(
      "ARGUMENT_MISSING",
      "Nobody can say whether to add the plugin: standard input is no terminal",
      {
        hint: "add --yes where you trust it",
        cause: error,
      },
    );
  }
  if (!/^y(es)?$/i.test(answer.trim())) throw new FerryError("INTERRUPTED", "The plugin was not added");
}
