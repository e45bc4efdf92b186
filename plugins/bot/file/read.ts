/**
 * Reads a bot file.
 *
 * @module
 */
import { dirname, isAbsolute, join } from "node:path";
import { type Context, loadTemplate, loadYaml, type YamlFile } from "../../../src/mod.ts";
import { type BotDocument, botForm, type RetentionDocument, type ScriptDocument } from "./form.ts";
import { readSource } from "../run/read_source.ts";
import { parseMemory } from "./memory.ts";
import type { BotFile, BotScript, RetentionRule, When } from "./types.ts";

type Defaults = NonNullable<BotDocument["defaults"]>;
type Tell = (key: string, message: string, hint: string) => void;

/** How to read. */
export interface ReadBotOptions {
  /** Unknown keys are errors. */
  readonly strict?: boolean;
}

/**
 * Reads a bot file, `-` for standard input: checked, defaults merged, templates of `creds` expanded. Scripts are no templates.
 *
 * @throws {FerryError} CONFIG_INVALID that lists every mistake as file:line:column; NOT_FOUND, IO
 */
export async function readBotFile(context: Context, path: string, options: ReadBotOptions = {}): Promise<BotFile> {
  const [yaml, { compileTemplate }] = await Promise.all([loadYaml(), loadTemplate()]);
  const text = await yaml.readText(path, () => context.stdin);
  const functions = text.includes("{{") ? await context.plugins.templateFunctions(text) : {};
  const name = path === "-" ? "stdin" : path;
  const file: YamlFile<BotDocument> = await yaml.readYaml(text, name, botForm(yaml), { ...options, functions });
  const { defaults = {}, retention = [], scripts = [], version } = file.value;
  if (version !== undefined && version > 1) {
    file.tell(["version"], { message: `Version ${version} of bot files is not known`, hint: "use version: 1" });
  }
  if (scripts.length + retention.length === 0) {
    file.tell([], {
      message: "File has nothing to run",
      hint: 'list scripts under "scripts", or rules under "retention"',
      severity: "warning",
    });
  }
  const creds = yaml.expandCreds(file.value.creds, file, {
    compile: (text, options) => compileTemplate(text, { ...options, functions }),
    env: (name) => context.env(name),
    now: () => context.clock.now(),
  });
  const folder = path === "-" ? "." : dirname(path);
  const read: BotScript[] = [];
  for (const [at, script] of scripts.entries()) {
    const tell: Tell = (key, message, hint) => file.tell(["scripts", at, key], { message, hint });
    let source = script.script ?? "";
    const own = script.file === undefined
      ? undefined
      : isAbsolute(script.file)
      ? script.file
      : join(folder, script.file);
    if (own !== undefined) source = await readSource(context, own);
    const line = own === undefined ? lineOf(text, file.at(["scripts", at, "script"]).line) : { line: 1 };
    read.push(scriptOf(script, defaults, { at, source, tell, ...(own === undefined ? {} : { own }), ...line }));
  }
  const rules = retention.map((rule, at) => ruleOf(rule, defaults, at));
  file.problems.throwErrors();
  const { blobLimit, parallel, skipDockerConfig, userAgent } = defaults;
  return {
    path,
    creds,
    run: {
      parallel: parallel ?? 0,
      skipDockerConfig: skipDockerConfig ?? false,
      ...(userAgent ? { userAgent } : {}),
      ...(blobLimit ? { blobLimit } : {}),
    },
    scripts: read,
    retention: rules,
    warnings: file.problems.warnings,
  };
}

interface ScriptPlace {
  readonly at: number;
  readonly source: string;
  readonly tell: Tell;
  readonly own?: string;
  readonly line?: number;
}

function scriptOf(script: ScriptDocument, defaults: Defaults, { at, line, own, source, tell }: ScriptPlace): BotScript {
  const timeout = script.timeout || defaults.timeout;
  const memoryText = script.memory ?? defaults.memory;
  const memory = memoryText === undefined ? undefined : parseMemory(memoryText);
  if (memoryText !== undefined && memory === undefined) {
    tell("memory", `Memory "${memoryText}" is not a size`, "write 64MiB or 1GiB, 17MiB at least");
  }
  return {
    name: script.name || `scripts[${at}]`,
    source,
    ...(line === undefined ? {} : { line }),
    ...(own === undefined ? {} : { file: own }),
    ...whenOf(script, defaults),
    limits: {
      ...(timeout ? { timeout } : {}),
      ...(memory === undefined ? {} : { memory }),
      sandbox: script.sandbox ?? defaults.sandbox ?? true,
      env: [...defaults.env ?? [], ...script.env ?? []],
      readAhead: script.readAhead ?? defaults.readAhead ?? true,
    },
  };
}

function ruleOf(rule: RetentionDocument, defaults: Defaults, at: number): RetentionRule {
  const { allow, deny, semverRange } = rule.tags ?? {};
  const { by, latest, match, perMinor, since } = rule.keep;
  const timeout = rule.timeout || defaults.timeout;
  return {
    name: rule.name || `retention[${at}]`,
    repositories: rule.repositories,
    tags: {
      ...(allow === undefined ? {} : { allow }),
      ...(deny === undefined ? {} : { deny }),
      ...(semverRange === undefined ? {} : { semverRange }),
    },
    keep: {
      by: by ?? "created",
      match: match ?? [],
      ...(latest === undefined ? {} : { latest }),
      ...(perMinor === undefined ? {} : { perMinor }),
      ...(since === undefined ? {} : { since }),
    },
    ...(rule.max === undefined ? {} : { max: rule.max }),
    ...(timeout ? { timeout } : {}),
    ...whenOf(rule, defaults),
  };
}

/** Defaults count where a job says neither; a schedule counts more than an interval. */
function whenOf(own: When | ScriptDocument | RetentionDocument, defaults: Defaults): When {
  const { interval, schedule } = own.schedule || own.interval ? own : defaults;
  if (schedule) return { schedule };
  return interval ? { interval } : {};
}

/** Line of the first line of a block scalar (`script: |`), which begins below its key. */
function lineOf(text: string, line: number): { readonly line?: number } {
  return /[|>][-+0-9]*\s*(#.*)?$/.test(text.split("\n")[line - 1] ?? "") ? { line: line + 1 } : {};
}
