/**
 * Reads the parts of a step that are texts, before the first request.
 *
 * @module
 */
import {
  type Context,
  createNameFilter,
  type Descriptor,
  FerryError,
  loadFilter,
  localPlatform,
  parsePlatform,
} from "../../../src/mod.ts";
import { createRenamer } from "../file/mod.ts";
import type { ReferrerFilter, SyncFile, SyncStep } from "../file/types.ts";
import type { PreparedStep } from "./work.ts";

/**
 * Prepares a step.
 *
 * @throws {FerryError} CONFIG_INVALID, PLATFORM_INVALID
 */
export async function prepareStep(context: Context, step: SyncStep): Promise<PreparedStep> {
  const texts = step.platform === undefined ? step.platforms : [step.platform];
  const local = texts.length === 0 ? undefined : localPlatform();
  const platforms = texts.map((text) => parsePlatform(text, local!));
  const sparse = step.platform === undefined && step.sparse;
  const { createTagSelector } = await loadFilter();
  const walks = !step.fastCheck && (step.forceRecursive || step.referrers || step.digestTags);
  return {
    step,
    platforms,
    sparse,
    selector: await createTagSelector(step.tagSets),
    repositories: await createNameFilter({ include: step.repos.allow, exclude: step.repos.deny }),
    renamer: await createRenamer(step, context),
    referrersFilter: step.referrerFilters.length === 0 ? undefined : referrersFilter(step.referrerFilters),
    how: platforms.length === 0 ? "" : `${texts.join(" ")}${sparse ? " sparse" : ""}`,
    walks,
  };
}

/** Prepares all steps of a file, so that a mistake in the last is found before the first is run. */
export async function prepareSteps(context: Context, file: SyncFile): Promise<readonly PreparedStep[]> {
  return await Promise.all(file.steps.map(async (step) => {
    try {
      return await prepareStep(context, step);
    } catch (error) {
      if (!(error instanceof FerryError)) throw error;
      throw new FerryError("CONFIG_INVALID", `${file.path}:${step.line}: step "${step.name}": ${error.message}`, {
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        cause: error,
      });
    }
  }));
}

/** A referrer is chosen when it fits one of the filters; a value "" of an annotation stands for any. */
function referrersFilter(filters: readonly ReferrerFilter[]): (descriptor: Descriptor) => boolean {
  return ({ artifactType, annotations = {} }) =>
    filters.some((filter) =>
      (filter.artifactType === undefined || filter.artifactType === artifactType) &&
      Object.entries(filter.annotations).every(([name, value]) =>
        name in annotations && (value === "" || annotations[name] === value)
      )
    );
}
