/**
 * The form of a file as JSON Schema (draft 2020-12), for editors.
 *
 * @module
 */
import type { Key, Shape } from "./shape.ts";

/** A schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a schema says of itself. */
export interface JsonSchemaOptions {
  /** Name of the file's form. */
  readonly title: string;
  /** What such a file is for. */
  readonly description: string;
}

const GO_DURATION = "(\\d+(\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)";

/**
 * The schema of a shape. It is a little stricter than the check: numbers and booleans in quotes are taken by the check only, and
 * unknown keys, warnings there, are mistakes here.
 */
export function jsonSchemaOf(shape: Shape, options: JsonSchemaOptions): JsonSchema {
  const definitions = new Map<string, JsonSchema>();
  const root = schemaOf(shape, definitions, true);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    ...options,
    ...root,
    ...(definitions.size === 0 ? {} : { $defs: Object.fromEntries(definitions) }),
  };
}

function schemaOf(shape: Shape, definitions: Map<string, JsonSchema>, isRoot = false): JsonSchema {
  switch (shape.kind) {
    case "text":
      if (shape.choices !== undefined) return { enum: shape.choices };
      return { type: ["string", "number", "boolean"], ...(shape.filled === true ? { pattern: "\\S" } : {}) };
    case "number":
      return {
        type: shape.whole === true ? "integer" : "number",
        ...(shape.min === undefined ? {} : { minimum: shape.min }),
      };
    case "flag":
      return { type: "boolean" };
    case "duration": {
      const parts = `(${GO_DURATION})`;
      const pattern = shape.days === true
        ? `^(?=.)(\\d{1,4}w)?(\\d{1,5}d)?(0|\\+?${parts}+)?$`
        : `^(0|${shape.min === undefined ? "[+-]" : "\\+"}?${parts}+)$`;
      return {
        type: ["string", "integer"],
        pattern,
        minimum: 0,
        ...(shape.nanoseconds === true ? {} : { maximum: 0 }),
      };
    }
    case "list": {
      const items = schemaOf(shape.of, definitions);
      const takesNothing = shape.of.kind === "text" && shape.of.choices === undefined && shape.of.filled !== true;
      return {
        type: "array",
        items: takesNothing ? orNothing(items) : items,
        ...(shape.min === undefined ? {} : { minItems: shape.min }),
      };
    }
    case "map": {
      const values = schemaOf(shape.of, definitions);
      return { type: "object", additionalProperties: shape.of.kind === "text" ? orNothing(values) : values };
    }
    case "either":
      return { anyOf: shape.of.map((one) => schemaOf(one, definitions)) };
    case "object": {
      if (isRoot) return objectSchema(shape, definitions);
      if (!definitions.has(shape.title)) {
        definitions.set(shape.title, {});
        definitions.set(shape.title, objectSchema(shape, definitions));
      }
      return { $ref: `#/$defs/${shape.title}` };
    }
  }
}

function objectSchema(
  { keys, needs = [] }: Extract<Shape, { readonly kind: "object" }>,
  definitions: Map<string, JsonSchema>,
): JsonSchema {
  const properties: Record<string, JsonSchema> = {};
  const needed = new Set(needs.flat());
  for (const [name, key] of Object.entries(keys)) {
    for (const spelling of [name, ...key.aliases ?? []]) {
      const value = schemaOf(key.shape, definitions);
      properties[spelling] = {
        description: spelling === name ? key.summary : `same as ${name}: ${key.summary}`,
        ...(key.deprecated === undefined ? {} : { deprecated: true }),
        ...(key.required === true || needed.has(name) ? value : orNothing(value)),
      };
    }
  }
  const required = Object.entries(keys).filter(([, key]) => key.required === true);
  const groups = [...required.map(([name, { aliases = [] }]: [string, Key]) => [name, ...aliases]), ...needs];
  const single = groups.filter((group) => group.length === 1).flat();
  const several = groups.filter((group) => group.length > 1);
  return {
    type: "object",
    properties,
    patternProperties: { "^x-": true },
    additionalProperties: false,
    ...(single.length === 0 ? {} : { required: single }),
    ...(several.length === 0
      ? {}
      : { allOf: several.map((group) => ({ anyOf: group.map((name) => ({ required: [name] })) })) }),
  };
}

/** A key without a value counts as not given. */
function orNothing(schema: JsonSchema): JsonSchema {
  const { type, enum: choices } = schema;
  if (typeof type === "string") return { ...schema, type: [type, "null"] };
  if (Array.isArray(type)) return { ...schema, type: [...type, "null"] };
  if (Array.isArray(choices)) return { ...schema, enum: [...choices, null] };
  return { anyOf: [schema, { type: "null" }] };
}
