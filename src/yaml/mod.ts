/**
 * Yaml that people write: read with positions, checked against a form that is data, and what the files of several nouns share.
 *
 * @module
 */
export type { CheckOptions } from "./check.ts";
export { CRED_KEYS, CREDS, type Creds, expandCreds, type ExpandOptions, hideSecrets, SECRET_KEYS } from "./creds.ts";
export { type FormatMistake, type FormatOptions, mistakeOf } from "./formats.ts";
export { type JsonSchema, jsonSchemaOf, type JsonSchemaOptions } from "./json_schema.ts";
export { type FileProblem, ProblemList, problemText } from "./problem.ts";
export { readYaml, type YamlFile } from "./read.ts";
export { readText } from "./source.ts";
export {
  COUNT,
  DURATION,
  type DurationShape,
  eitherOf,
  type EitherShape,
  FLAG,
  type FlagShape,
  type Key,
  type Keys,
  listOf,
  type ListShape,
  mapOf,
  type MapShape,
  type NumberShape,
  type ObjectOf,
  objectOf,
  type ObjectShape,
  oneOf,
  SECRET,
  type Shape,
  type ShapeOf,
  TEXT,
  type TextFormat,
  textOf,
  type TextShape,
  type ValueOf,
} from "./shape.ts";
export { formatPath, type Position, type YamlPath } from "./tree.ts";
export { WHEN_KEYS } from "./when.ts";
export { writeYaml } from "./write.ts";
