/**
 * Reads a sync file.
 *
 * @module
 */
import { type Context, loadFilter, loadTemplate, loadYaml, type YamlFile } from "../../../src/mod.ts";
import { expandStep } from "./expand.ts";
import { type DefaultsDocument, type StepDocument, type SyncDocument, syncForm } from "./form.ts";
import { mergeStep } from "./merge.ts";
import { oddities, toStep } from "./to_step.ts";
import { type TemplateContext, templateOptions } from "./template.ts";
import type { RunSettings, SyncFile, SyncStep } from "./types.ts";

/** How to read. */
export interface ReadSyncOptions {
  /** Unknown keys are errors. */
  readonly strict?: boolean;
}

/** What is read with. */
export type ReadContext = TemplateContext & Pick<Context, "stdin">;

/**
 * Reads a sync file, `-` for standard input: checked, defaults merged, templates expanded.
 *
 * @throws {FerryError} CONFIG_INVALID that lists every mistake as file:line:column; NOT_FOUND, IO
 */
export async function readSyncFile(
  context: ReadContext,
  path: string,
  options: ReadSyncOptions = {},
): Promise<SyncFile> {
  const { readText } = await loadYaml();
  return await parseSyncFile(context, await readText(path, () => context.stdin), path, options);
}

/**
 * As {@linkcode readSyncFile}, of a text.
 *
 * @throws {FerryError} CONFIG_INVALID that lists every mistake as file:line:column
 */
export async function parseSyncFile(
  context: TemplateContext,
  text: string,
  path: string,
  options: ReadSyncOptions = {},
): Promise<SyncFile> {
  const [yaml, { compileTemplate }, templates, schemes] = await Promise.all([
    loadYaml(),
    loadTemplate(),
    templateOptions(text, context),
    context.plugins.schemes(),
  ]);
  const { functions = {} } = templates;
  const name = path === "-" ? "stdin" : path;
  const file: YamlFile<SyncDocument> = await yaml.readYaml(text, name, syncForm(yaml), { ...options, functions });
  const { problems, value } = file;
  const { defaults = {}, sync = [], version } = value;
  if (version !== undefined && version > 1) {
    file.tell(["version"], { message: `Version ${version} of sync files is not known`, hint: "use version: 1" });
  }
  if (sync.length === 0) {
    file.tell([], { message: "File has no steps", hint: 'list them under "sync"', severity: "warning" });
  }
  const creds = yaml.expandCreds(value.creds, file, {
    compile: (text, options) => compileTemplate(text, { ...options, functions }),
    env: (name) => context.env(name),
    now: () => context.clock.now(),
  });
  const steps: SyncStep[] = [];
  const documents: StepDocument[] = [];
  for (const [index, step] of sync.entries()) {
    const merged = mergeStep(step, defaults);
    for (const [key, mistake] of oddities(step, merged)) file.tell(["sync", index, key], mistake);
    const expanded = await expandStep(merged, { templates, schemes }, (key, mistake) => {
      file.tell(["sync", index, ...(typeof key === "string" ? [key] : key)], mistake);
    });
    documents.push(expanded.document);
    steps.push(toStep(expanded.document, expanded.targets, { index, line: file.at(["sync", index]).line }));
  }
  tellSameNames(sync, file);
  await tellRenames(sync, file);
  problems.throwErrors();
  return {
    path,
    version: 1,
    creds,
    run: runSettings(defaults),
    steps,
    warnings: problems.warnings,
    document: { ...value, version: 1, sync: documents },
  };
}

function runSettings(defaults: DefaultsDocument): RunSettings {
  const { blobLimit, cacheCount, cacheTime, lookups, parallel, report, skipDockerConfig, state, userAgent } = defaults;
  return {
    ...(parallel ? { parallel } : {}),
    ...(lookups ? { lookups } : {}),
    ...(blobLimit ? { blobLimit } : {}),
    ...(cacheCount ? { cacheCount } : {}),
    ...(cacheTime ? { cacheTime } : {}),
    skipDockerConfig: skipDockerConfig ?? false,
    ...(userAgent ? { userAgent } : {}),
    ...(report ? { report } : {}),
    ...(state ? { state } : {}),
  };
}

function tellSameNames(steps: readonly StepDocument[], file: YamlFile<SyncDocument>): void {
  const names = new Map<string, number>();
  for (const [index, { name }] of steps.entries()) {
    if (name === undefined) continue;
    const first = names.get(name);
    if (first === undefined) names.set(name, index);
    else file.tell(["sync", index, "name"], { message: `Name "${name}" is that of sync[${first}] already` });
  }
}

/** Replacements that name groups which their expression does not have. */
async function tellRenames(steps: readonly StepDocument[], file: YamlFile<SyncDocument>): Promise<void> {
  const [{ loadExpressions }, { mistakeOf }] = await Promise.all([loadFilter(), loadYaml()]);
  for (const [index, { rename = {} }] of steps.entries()) {
    for (const [key, rules] of Object.entries(rename)) {
      if (typeof rules === "string") continue;
      const compile = await loadExpressions("CONFIG_INVALID");
      for (const [at, { match, replace }] of rules.entries()) {
        const mistake = mistakeOf(() => compile(match).rewriter(replace));
        if (mistake !== undefined) file.tell(["sync", index, "rename", key, at, "replace"], mistake);
      }
    }
  }
}
