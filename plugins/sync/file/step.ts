/**
 * What the texts of a step mean once a tag or a time is known.
 *
 * @module
 */
import {
  FerryError,
  formatReference,
  isRepository,
  isTag,
  loadFilter,
  loadSchedule,
  type Reference,
  referenceData,
  type Schedule,
  structData,
  withTag,
} from "../../../src/mod.ts";
import { stepData } from "./data.ts";
import type { StepDocument } from "./form.ts";
import { referenceOf } from "./reference.ts";
import { compile, type TemplateContext } from "./template.ts";
import type { NameRewrite, SyncStep } from "./types.ts";

/** What a name at the source is made of. */
export interface SourceName {
  /** Registry name of the source; "" for a layout. */
  readonly registry: string;
  /** Repository at the source. */
  readonly repository: string;
  /** Tag at the source, where there is one. */
  readonly tag?: string;
}

/** Gives the names at the target. */
export interface Renamer {
  /**
   * Tag at the target.
   *
   * @throws {FerryError} CONFIG_INVALID where the new name is no tag
   */
  tag(name: SourceName): string;
  /**
   * Repository below the target of a step of type `registry`.
   *
   * @throws {FerryError} CONFIG_INVALID where the new name is no repository
   */
  repository(name: SourceName): string;
}

/** The image that is about to be replaced. */
export interface BackupTarget {
  /** Target reference. */
  readonly target: Reference;
  /** Target of the step, as the file has it. */
  readonly stepTarget: string;
}

/** When the server runs a step; undefined where the file does not say. */
export async function stepSchedule({ interval, schedule }: SyncStep): Promise<Schedule | undefined> {
  if (schedule === undefined && interval === undefined) return undefined;
  const { everySchedule, parseSchedule } = await loadSchedule();
  return schedule === undefined ? everySchedule(interval!) : parseSchedule(schedule);
}

/**
 * The rules of a step for names at the target.
 *
 * @throws {FerryError} CONFIG_INVALID, TEMPLATE_INVALID
 */
export async function createRenamer(step: SyncStep, context: TemplateContext): Promise<Renamer> {
  const { rename } = step;
  const tag = await rewriter(rename.tag, step, context);
  const repository = await rewriter(rename.repository, step, context);
  return {
    tag(name) {
      const old = name.tag ?? "";
      const made = tag?.(old, name) ?? old;
      if (!isTag(made)) throw noName("tag", made, old, step);
      return made;
    },
    repository(name) {
      const made = repository?.(name.repository, name) ?? name.repository;
      if (!isRepository(made)) throw noName("repository", made, name.repository, step);
      return made;
    },
  };
}

function noName(what: string, made: string, old: string, step: SyncStep): FerryError {
  return new FerryError("CONFIG_INVALID", `Step "${step.name}" makes "${made}" of "${old}", which is no ${what}`, {
    hint: `check "rename" of the step`,
  });
}

/** Gives the new name, or undefined where the old one stays. */
type Rewriter = (name: string, source: SourceName) => string | undefined;

async function rewriter(
  rewrite: NameRewrite | undefined,
  step: SyncStep,
  context: TemplateContext,
): Promise<Rewriter | undefined> {
  if (rewrite === undefined) return undefined;
  if (typeof rewrite !== "string") {
    const { loadExpressions } = await loadFilter();
    const compile = await loadExpressions("CONFIG_INVALID");
    const rules = rewrite.map(({ match, replace }) => compile(match).rewriter(replace));
    return (name) => {
      for (const rule of rules) {
        const made = rule(name);
        if (made !== undefined) return made;
      }
      return undefined;
    };
  }
  const template = await compile(rewrite, context);
  const sync = await stepData(documentOf(step), step.targets[0]?.target ?? "");
  return (_name, { registry, repository, tag }) =>
    template.render({ Registry: registry, Repository: repository, Tag: tag ?? "", Sync: sync, Step: sync }).trim();
}

/**
 * Where an image goes before it is replaced; undefined where the step has no backup. What the template gives is a reference
 * where it holds `:` or `/`, else a tag of the target's repository.
 *
 * @throws {FerryError} TEMPLATE_INVALID, REFERENCE_INVALID
 */
export async function backupReference(
  step: SyncStep,
  { stepTarget, target }: BackupTarget,
  context: TemplateContext,
): Promise<Reference | undefined> {
  if (step.backup === undefined) return undefined;
  const template = await compile(step.backup, context);
  const sync = await stepData(
    documentOf(step),
    stepTarget,
    step.targets.find((one) => one.target === stepTarget)
      ?.referrerTarget,
  );
  const ref = await referenceData(target, formatReference(target));
  const data = await structData({ type: "struct", fields: { Ref: ref, Step: sync, Sync: sync } });
  const text = template.render(data).trim();
  if (/[:/]/.test(text)) return referenceOf(text);
  if (!isTag(text)) {
    throw new FerryError("REFERENCE_INVALID", `Backup "${text}" of "${formatReference(target)}" is no tag`, {
      hint: 'check "backup" of the step; its template must give a tag or a reference',
    });
  }
  return withTag(target, text);
}

/** The step as templates know it. */
function documentOf(step: SyncStep): StepDocument {
  const { index: _index, line: _line, rename: _rename, repos, retries: _retries, tagSets, targets: _targets, ...rest } =
    step;
  return { ...rest, tagSets, repos };
}
