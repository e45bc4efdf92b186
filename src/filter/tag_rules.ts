/**
 * Rules that choose tags of a repository, and what they chose.
 *
 * @module
 */

/** Order of tags, for `latest`: by version, by the time the image was created, or by name as numbers and words. */
export type TagSort = "semver" | "created" | "name";

/** Rules that a tag must all meet to be chosen; worked through in this order. */
export interface TagRules {
  /** Ranges of versions; one must hold. Tags that are no versions fall away where there are any. */
  readonly semverRange?: readonly string[];
  /** Expressions; one must match the whole tag where there are any. */
  readonly allow?: readonly string[];
  /** Expressions; none may match the whole tag. */
  readonly deny?: readonly string[];
  /** Milliseconds; the image must not have been created longer ago. */
  readonly since?: number;
  /** Only this many, the newest by `sort`. */
  readonly latest?: number;
  /** Order for `latest`: `semver` unless given. */
  readonly sort?: TagSort;
}

/** Looks up when a tag's image was created, milliseconds since 1970; undefined where it does not say. */
export type CreatedLookup = (tag: string) => Promise<number | undefined>;

/** Why a tag was chosen, or not. */
export interface TagVerdict {
  /** The tag. */
  readonly tag: string;
  /** True when it is wanted. */
  readonly chosen: boolean;
  /** The rule that decided, in words: `matches deny ".*-rc.*"`. */
  readonly why: string;
}

/** What was chosen from a list of tags. */
export interface TagSelection {
  /** Chosen tags, in the order of the list, none twice. */
  readonly tags: readonly string[];
  /** Why a tag of the list was chosen or not; a tag that is not in the list is not chosen. */
  explain(tag: string): TagVerdict;
}

/** Chooses tags. */
export interface TagSelector {
  /** True when `select` needs to know when images were created. */
  readonly needsCreated: boolean;
  /**
   * Chooses from a list of tags. `created` is asked only for tags that pass the rules before; several at a time.
   *
   * @throws what `created` throws
   */
  select(
    tags: readonly string[],
    options?: { readonly created?: CreatedLookup; readonly now?: number },
  ): Promise<TagSelection>;
}
