import {
  annotationsOf,
  type Context,
  CREATED_ANNOTATION,
  type DescriptorChoice,
  FerryError,
  platformFlag,
  type Reference,
  type ReferrerQuery,
} from "../../src/mod.ts";

/** Flags that choose referrers, as far as a command has them. */
export interface ChoiceFlags {
  /** Annotations. */
  readonly "filter-annotation": readonly string[];
  /** Artifact type. */
  readonly "filter-artifact-type": string | undefined;
  /** Newest first. */
  readonly latest?: boolean | undefined;
  /** Annotation to sort by. */
  readonly "sort-annotation"?: string | undefined;
  /** Downwards. */
  readonly "sort-desc"?: boolean | undefined;
}

/** What the flags choose. */
export function choiceOf(flags: ChoiceFlags): DescriptorChoice {
  const latest = flags.latest === true;
  if (latest && flags["sort-annotation"] !== undefined) {
    throw new FerryError("FLAG_INVALID", 'Flag "--latest" cannot be used with "--sort-annotation"');
  }
  return {
    artifactType: flags["filter-artifact-type"],
    annotations: annotationsOf(flags["filter-annotation"]),
    sortBy: latest ? CREATED_ANNOTATION : flags["sort-annotation"],
    descending: latest || flags["sort-desc"] === true,
  };
}

/** Flags that say where referrers are looked for. */
export interface PlaceFlags {
  /** Repository of the referrers. */
  readonly external: Reference | undefined;
  /** Platform of the subject. */
  readonly platform?: string | undefined;
  /** Get every referrer. */
  readonly "slow-referrers": boolean | undefined;
}

/** A query by the flags. */
export async function queryOf(context: Context, flags: ChoiceFlags & PlaceFlags): Promise<ReferrerQuery> {
  const { external } = flags;
  return {
    ...choiceOf(flags),
    signal: context.signal,
    platform: platformFlag(flags.platform),
    slow: flags["slow-referrers"] === true,
    external: external === undefined
      ? undefined
      : { transport: await context.transport(external), reference: external },
  };
}
