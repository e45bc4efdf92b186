/**
 * Rules over tags and versions.
 *
 * @module
 */
export type { CreatedLookup, TagRules, TagSelection, TagSelector, TagSort, TagVerdict } from "./tag_rules.ts";
export {
  type CompileExpression,
  createNameFilter,
  type Expression,
  type FilterExpressions,
  loadExpressions,
  type NameFilter,
} from "./regexp.ts";
export { createTagSelector } from "./tag_select.ts";
export { compareNatural, compareVersions, parseVersion, type Version } from "./version.ts";
export { createRange, type VersionRange } from "./version_range.ts";
