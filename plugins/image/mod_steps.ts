import {
  type CompileExpression,
  type Context,
  FerryError,
  formatReference,
  type InputOf,
  loadArchive,
  loadFilter,
  loadRewrite,
  localPlatform,
  type OrderedInputOf,
  parseDigest,
  parsePlatform,
  parseReference,
  type RewriteModule,
  type Step,
  type TimeOptions,
} from "../../src/mod.ts";
import type { STEP_FLAGS } from "./mod_flags.ts";
import { layerToAdd } from "./mod_layer.ts";
import type { mod } from "./mod_spec.ts";
import { commandOf, fullPair, invalid, momentOf, pair, scopedValue, timeOptions } from "./mod_values.ts";

/** What steps are made with. */
interface Tools {
  readonly rewrite: RewriteModule;
  readonly compile: CompileExpression;
  readonly context: Context;
}

type StepFlag = keyof typeof STEP_FLAGS;
type Values = { readonly [F in StepFlag]: NonNullable<InputOf<typeof mod>["flags"][F]> };
type ValueOf<F extends StepFlag> = Values[F] extends readonly (infer V)[] ? V : Values[F];
type Made = Step | readonly Step[] | undefined | Promise<Step>;

/** How each flag becomes steps; what cannot be is refused before anything is asked for. */
const MAKERS: { readonly [F in StepFlag]: (value: ValueOf<F>, tools: Tools, flag: F) => Made } = {
  annotation: (value, { rewrite }, flag) => {
    const { text, platforms, scoped } = scopedValue(value);
    const [key, content] = pair(text, flag);
    return rewrite.annotate(key, content, platforms.length > 0 ? platforms : scoped ? "all" : "top");
  },
  "annotation-base": (value, { rewrite }, flag) => {
    const at = Math.max(value.indexOf(","), value.lastIndexOf("@"));
    if (at < 0) throw invalid(flag, value, "has no digest", "write image:tag,digest");
    const digest = value.slice(at + 1);
    parseDigest(digest);
    return rewrite.annotateBase(formatReference(parseReference(value.slice(0, at))), digest);
  },
  "annotation-promote": (on, { rewrite }) => on ? rewrite.promoteAnnotations() : undefined,
  "label-to-annotation": (on, { rewrite }) => on ? rewrite.labelsToAnnotations() : undefined,
  "data-max": (value, { rewrite }) => rewrite.setDataMax(value),
  "digest-algo": (value, { rewrite }) => rewrite.setDigestAlgorithm(value),
  "external-urls-rm": (on, { rewrite }) => on ? rewrite.removeExternalUrls() : undefined,
  "to-docker": (on, { rewrite }) => on ? rewrite.convertTo("docker") : undefined,
  "to-oci": (on, { rewrite }) => on ? rewrite.convertTo("oci") : undefined,
  "to-oci-referrers": (on, { rewrite }) => on ? rewrite.attestationsToReferrers() : undefined,
  rebase: (on, { rewrite }) => on ? rewrite.rebaseByAnnotations() : undefined,
  "rebase-ref": (value, { rewrite }, flag) => {
    const [old, young, more] = value.split(",");
    if (old === undefined || young === undefined || more !== undefined) {
      throw invalid(flag, value, "does not name two images", "write --rebase-ref old,new");
    }
    return rewrite.rebase(parseReference(old), parseReference(young));
  },
  author: (value, { rewrite }) => rewrite.setConfigText("author", value),
  user: (value, { rewrite }) => {
    const { text, platforms } = scopedValue(value);
    return rewrite.setConfigText("User", text, platforms);
  },
  workdir: (value, { rewrite }) => {
    const { text, platforms } = scopedValue(value);
    return rewrite.setConfigText("WorkingDir", text, platforms);
  },
  "config-cmd": (value, { rewrite }) => rewrite.setConfigList("Cmd", commandOf(value)),
  "config-entrypoint": (value, { rewrite }) => rewrite.setConfigList("Entrypoint", commandOf(value)),
  "config-platform": (value, { rewrite }) => rewrite.setConfigPlatform(parsePlatform(value, localPlatform())),
  env: (value, { rewrite }, flag) => {
    const { text, platforms } = scopedValue(value);
    return rewrite.setEnv(...pair(text, flag), platforms);
  },
  label: (value, { rewrite }, flag) => {
    const { text, platforms } = scopedValue(value);
    return rewrite.setLabel(...pair(text, flag), platforms);
  },
  "expose-add": (value, { rewrite }) => rewrite.setListed("ExposedPorts", value, true),
  "expose-rm": (value, { rewrite }) => rewrite.setListed("ExposedPorts", value, false),
  "volume-add": (value, { rewrite }) => rewrite.setListed("Volumes", value, true),
  "volume-rm": (value, { rewrite }) => rewrite.setListed("Volumes", value, false),
  "buildarg-rm": (value, { rewrite, compile }, flag) => {
    const [name, text] = fullPair(value, flag);
    return rewrite.removeBuildArg(name, rewrite.literal(text), compile);
  },
  "buildarg-rm-regex": (value, { rewrite, compile }, flag) => rewrite.removeBuildArg(...fullPair(value, flag), compile),
  time: (value, { rewrite }, flag) => allTimes(rewrite, timeOptions(value, flag, rewrite)),
  "config-time": (value, { rewrite }, flag) => rewrite.setConfigTime(timeOptions(value, flag, rewrite)),
  "layer-time": (value, { rewrite }, flag) => rewrite.setLayerTime(timeOptions(value, flag, rewrite)),
  "file-tar-time": (value, { rewrite }, flag) => {
    const { file, ...options } = timeOptions(value, flag, rewrite, true);
    return rewrite.setFileTarTime(file, options);
  },
  "time-max": (value, { rewrite }, flag) => allTimes(rewrite, atMost(value, flag, rewrite)),
  "config-time-max": (value, { rewrite }, flag) => rewrite.setConfigTime(atMost(value, flag, rewrite)),
  "layer-time-max": (value, { rewrite }, flag) => rewrite.setLayerTime(atMost(value, flag, rewrite)),
  "file-tar-time-max": (value, { rewrite }, flag) => {
    const at = value.lastIndexOf(",");
    if (at < 0) throw invalid(flag, value, "does not name a file and a time", "write path,time");
    return rewrite.setFileTarTime(value.slice(0, at), atMost(value.slice(at + 1), flag, rewrite));
  },
  "layer-add": async (value, { rewrite, context }, flag) =>
    rewrite.addLayer(await layerToAdd(value, flag, rewrite, context)),
  "layer-compress": async (value, { rewrite }, flag) => {
    const { compression, level } = (await loadArchive()).parseCompression(value, flag);
    return rewrite.compressLayers(compression, { level });
  },
  "layer-rm-created-by": (value, { rewrite, compile }) => rewrite.removeLayersCreatedBy(value, compile),
  "layer-rm-index": (value, { rewrite }) => rewrite.removeLayerAt(value),
  "layer-strip-file": (value, { rewrite }) => rewrite.stripFile(value),
  reproducible: (on, { rewrite }) => on ? rewrite.clearOwnerNames() : undefined,
};

/**
 * The steps that the command line asks for, in its order.
 *
 * @throws {FerryError} FLAG_INVALID, REFERENCE_INVALID, PLATFORM_INVALID, DIGEST_INVALID
 */
export async function stepsOf(context: Context, given: OrderedInputOf<typeof mod>["given"]): Promise<Step[]> {
  const rewrite = await loadRewrite();
  const steps: Step[] = [];
  let compile: Tools["compile"] | undefined;
  for (const { flag, value } of given) {
    if (!Object.hasOwn(MAKERS, flag)) continue;
    if (/-rm-(created-by|regex)$|^buildarg/.test(flag)) compile ??= await compiler();
    const make = MAKERS[flag as StepFlag] as (value: unknown, tools: Tools, flag: string) => Made;
    const made = await make(value, { rewrite, context, compile: compile! }, flag);
    if (made !== undefined) steps.push(...(typeof made === "function" ? [made] : made));
  }
  return steps;
}

async function compiler(): Promise<Tools["compile"]> {
  const { loadExpressions } = await loadFilter();
  const compile = await loadExpressions("FLAG_INVALID");
  return (text) => {
    try {
      return compile(text);
    } catch (error) {
      if (!(error instanceof FerryError)) throw error;
      throw new FerryError(error.code, error.message, { hint: "expressions are in Go's syntax", cause: error.cause });
    }
  };
}

function allTimes(rewrite: RewriteModule, options: TimeOptions): readonly Step[] {
  return [rewrite.setConfigTime(options), rewrite.setLayerTime(options)];
}

function atMost(text: string, flag: string, rewrite: RewriteModule): TimeOptions {
  const time = momentOf(text, flag, rewrite);
  return { set: time, after: time };
}
