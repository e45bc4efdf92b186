/**
 * Expands the templates of a step's references, in regsync's order, and looks whether what comes out is a reference.
 *
 * @module
 */
import {
  type FormatMistake,
  loadTemplate,
  loadYaml,
  parseReference,
  parseRegistry,
  parseRepository,
  structData,
  type TemplateOptions,
} from "../../../src/mod.ts";
import { stepData } from "./data.ts";
import type { StepDocument } from "./form.ts";
import type { SyncTarget, SyncType } from "./types.ts";

/** A step whose templates are expanded. */
export interface ExpandedStep {
  /** The step as it would be written without templates; its referrerTarget is that of the first target. */
  readonly document: StepDocument;
  /** Its targets. */
  readonly targets: readonly SyncTarget[];
}

/** A key of a step, or the path of a value below it. */
export type StepKey = string | readonly (string | number)[];

/** Takes a mistake with the value of a key. */
export type TellStep = (key: StepKey, mistake: FormatMistake) => void;

/** What texts are read with. */
export interface ExpandOptions {
  /** How templates are compiled. */
  readonly templates: TemplateOptions;
  /** Schemes that plugins serve. */
  readonly schemes: ReadonlySet<string>;
}

type Parse = (text: string, schemes: ReadonlySet<string>) => unknown;

/** Expands a step. Mistakes are told; what they are in keeps its text. */
export async function expandStep(
  step: StepDocument,
  { schemes, templates }: ExpandOptions,
  tell: TellStep,
): Promise<ExpandedStep> {
  const [{ compileTemplate }, { mistakeOf }] = await Promise.all([loadTemplate(), loadYaml()]);
  let document = step;
  const render = async (key: StepKey, text: string, target: string): Promise<string | undefined> => {
    if (!text.includes("{{")) return text;
    const data = await structData({ type: "struct", fields: { Sync: await stepData(document, target) } });
    let rendered: string = text;
    const mistake = mistakeOf(() => rendered = compileTemplate(text, templates).render(data).trim());
    if (mistake !== undefined) tell(key, mistake);
    // What did not expand is no reference either; once is enough.
    return mistake === undefined ? rendered : undefined;
  };
  const expand = async (key: StepKey, text: string, target: string, parse: Parse): Promise<string> => {
    const rendered = await render(key, text, target);
    const mistake = rendered === undefined ? undefined : mistakeOf(() => parse(rendered, schemes));
    if (mistake !== undefined) tell(key, mistake);
    return rendered ?? text;
  };

  const source = await expand("source", step.source, step.target ?? "", SOURCES[step.type]);
  document = { ...document, source };
  if (step.referrerSource) {
    const referrerSource = await expand("referrerSource", step.referrerSource, step.target ?? "", parseReference);
    document = { ...document, referrerSource };
  }
  const targets: SyncTarget[] = [];
  const several: string[] = [];
  const texts = [
    ...(step.target === undefined ? [] : [["target", step.target] as const]),
    ...(step.targets ?? []).map((text, at) => [["targets", at], text] as const),
  ];
  for (const [key, text] of texts) {
    const target = await expand(key, text, text, TARGETS[step.type]);
    if (targets.some((one) => one.target === target)) tell(key, { message: `Target "${target}" is there twice` });
    if (key === "target") document = { ...document, target };
    else several.push(target);
    targets.push(
      step.referrerTarget
        ? { target, referrerTarget: await expand("referrerTarget", step.referrerTarget, target, parseReference) }
        : { target },
    );
  }
  const referrerTarget = targets[0]?.referrerTarget;
  return {
    document: {
      ...document,
      ...(several.length === 0 ? {} : { targets: several }),
      ...(referrerTarget === undefined ? {} : { referrerTarget }),
    },
    targets,
  };
}

const SOURCES: Readonly<Record<SyncType, Parse>> = {
  registry: (text) => parseRegistry(text),
  repository: parseRepository,
  image: parseReference,
};

const TARGETS: Readonly<Record<SyncType, Parse>> = {
  registry: (text, schemes) => parseRepository(`${text}/repository`, schemes),
  repository: parseRepository,
  image: parseReference,
};
