/**
 * Values of templates. Inside, a Go value is one of:
 *
 * | here | in Go |
 * |---|---|
 * | `undefined` | no value: a missing key |
 * | `null` | a nil interface |
 * | `boolean`, `string` | bool, string |
 * | `bigint`, `number` | int, float64 |
 * | {@linkcode GoInt}, {@linkcode GoComplex} | other integer types, complex128 |
 * | `Uint8Array` | []byte |
 * | {@linkcode GoStrings} | []string |
 * | array, plain object | []any, map[string]any |
 * | {@linkcode GoValue} | anything with fields and methods |
 *
 * What callers give is plain data, where a whole number is an int; {@linkcode fromHost} makes the former of the latter.
 *
 * @module
 */
import { compareBytes, isAscii } from "./bytes.ts";
import { mapType } from "./go_map.ts";

/** What a parameter of a function takes; "value" also takes no value at all. */
export type Parameter = "any" | "value" | "string" | "int" | "strings" | "float64" | "time.Time" | "time.Duration";

/** A function or method that templates can call. */
export interface GoFunction {
  /** Parameters; the last one repeats where the function is variadic. */
  readonly parameters: readonly Parameter[];
  /** The last parameter may be given any number of times. */
  readonly variadic?: boolean;
  /** Why templates cannot call it. */
  readonly unusable?: string;
  /** Gives the result; an Error that it throws ends the template with its message. */
  call(...args: unknown[]): unknown;
}

/** A value with fields and methods, as Go's structs. Templates reach what these functions give and nothing else. */
export abstract class GoValue {
  /** Name of the type in Go, for messages and `%T`. */
  abstract readonly type: string;

  /** Fields in order. A getter makes one that is computed only when it is used. */
  fields(): Readonly<Record<string, unknown>> {
    return {};
  }

  /** Names of fields and methods, for hints. */
  names(): readonly string[] {
    return Object.keys(this.fields());
  }

  /** The method of that name. */
  method(_name: string): GoFunction | undefined {
    return undefined;
  }

  /** Text where the value is printed (Go's String method); undefined: its fields are printed. */
  text(): string | undefined {
    return undefined;
  }

  /** Text for `%#v` (Go's GoString method); undefined: its type and fields. */
  source(): string | undefined {
    return undefined;
  }

  /** Data for `json`: plain data keeps the order of its keys, {@linkcode JsonText} is written as it is. */
  json(): unknown {
    return this.fields();
  }

  /** Text for `printPretty`; undefined: its JSON. */
  pretty(): string | undefined {
    return undefined;
  }

  /** What to do instead where a field or method is asked for that is not there; undefined where nothing is known. */
  hint(_name: string): string | undefined {
    return undefined;
  }

  /** Go's `==`. */
  equals(other: GoValue): boolean {
    return this === other;
  }
}

/** JSON text that `json` writes as it is, without its blanks. */
export class JsonText {
  /** The text; it must be valid JSON. */
  readonly text: string;

  /** Takes valid JSON text. */
  constructor(text: string) {
    this.text = text;
  }
}

/** What a {@linkcode goStruct} is made of. */
export interface GoStructSpec {
  /** Name of the type in Go. */
  readonly type: string;
  /** Fields in order. A getter makes one that is computed only when it is used. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Methods: a function without parameters, or one with them described. */
  readonly methods?: Readonly<Record<string, GoFunction | (() => unknown)>>;
  /** Text where the value is printed. */
  readonly text?: () => string;
  /** Data for `json`; without it, the fields. */
  readonly json?: () => unknown;
  /** Text for `printPretty`. */
  readonly pretty?: () => string;
  /** By name: what to do instead, for fields that people look for and that are not there. */
  readonly hints?: Readonly<Record<string, string>>;
}

/**
 * Makes a value with Go's behaviour: a field or method that it does not have is an error.
 *
 * @example
 * ```ts
 * import { goStruct } from "./value.ts";
 * import { renderTemplate } from "./template.ts";
 * const image = goStruct({ type: "image", fields: { Size: 3 }, methods: { GetName: () => "alpine" } });
 * if (renderTemplate("{{.GetName}} {{.Size}}", image) !== "alpine 3") throw new Error("not rendered");
 * ```
 */
export function goStruct(spec: GoStructSpec): GoValue {
  return new GoStruct(spec);
}

/** A nil pointer to a type: printed it is `<nil>`, in JSON null, and no condition takes it for true. */
export class GoNil extends GoValue {
  readonly type: string;

  /** Name of the pointer's type in Go. */
  constructor(type: string) {
    super();
    this.type = type;
  }

  override text(): string {
    return "<nil>";
  }

  override json(): unknown {
    return null;
  }

  override equals(other: GoValue): boolean {
    return other instanceof GoNil;
  }
}

class GoStruct extends GoValue {
  readonly #spec: GoStructSpec;

  constructor(spec: GoStructSpec) {
    super();
    this.#spec = spec;
  }

  get type(): string {
    return this.#spec.type;
  }

  override fields(): Readonly<Record<string, unknown>> {
    return this.#spec.fields ?? {};
  }

  override method(name: string): GoFunction | undefined {
    const methods = this.#spec.methods;
    if (methods === undefined || !Object.hasOwn(methods, name)) return undefined;
    const method = methods[name]!;
    return typeof method === "function" ? { parameters: [], call: method } : method;
  }

  override names(): readonly string[] {
    return [...super.names(), ...Object.keys(this.#spec.methods ?? {})];
  }

  override hint(name: string): string | undefined {
    const { hints } = this.#spec;
    return hints !== undefined && Object.hasOwn(hints, name) ? hints[name] : undefined;
  }

  override text(): string | undefined {
    return this.#spec.text?.();
  }

  override json(): unknown {
    return this.#spec.json === undefined ? this.fields() : this.#spec.json();
  }

  override pretty(): string | undefined {
    return this.#spec.pretty?.();
  }
}

/** An integer of a type other than int. */
export class GoInt {
  /** Its value, within the type's range. */
  readonly value: bigint;
  /** Name of the type in Go. */
  readonly type: string;
  /** Signed type. */
  readonly signed: boolean;
  /** Text where it is printed, for types with a String method. */
  readonly text: string | undefined;
  readonly #methods: ((name: string) => GoFunction | undefined) | undefined;

  /** `text` and `methods` for types that have any. */
  constructor(value: bigint, type: string, text?: string, methods?: (name: string) => GoFunction | undefined) {
    this.value = value;
    this.type = type;
    this.signed = !type.startsWith("uint");
    this.text = text;
    this.#methods = methods;
  }

  /** The method of that name. */
  method(name: string): GoFunction | undefined {
    return name === "String" && this.text !== undefined
      ? { parameters: [], call: () => this.text }
      : this.#methods?.(name);
  }
}

/** A complex128. */
export class GoComplex {
  /** Real part. */
  readonly real: number;
  /** Imaginary part. */
  readonly imaginary: number;

  /** Takes both parts. */
  constructor(real: number, imaginary: number) {
    this.real = real;
    this.imaginary = imaginary;
  }
}

/** A float64 given by a method, where a whole number must not become an int. */
export class GoFloat {
  /** The number. */
  readonly value: number;

  /** Takes the number. */
  constructor(value: number) {
    this.value = value;
  }
}

/** A []string. */
export class GoStrings {
  /** Its elements. */
  readonly items: readonly string[];
  /** It was never made: its JSON is null. */
  readonly nil: boolean;

  /** Takes the elements; undefined is a nil slice. */
  constructor(items: readonly string[] | undefined) {
    this.items = items ?? [];
    this.nil = items === undefined;
  }
}

/** A plain object: a map. */
export type GoMap = Readonly<Record<string, unknown>>;

/** The inside form of a value that a caller gave. */
export function fromHost(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return isAscii(value) || value.isWellFormed() ? value : fromHostText(value);
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value;
    case "function":
    case "symbol":
    case "undefined":
      return null;
    case "object":
      return value instanceof GoFloat ? value.value : value;
  }
  return value;
}

/** Escaped bytes stay; other lone surrogates are what Go reads them as. */
function fromHostText(value: string): string {
  return value.replaceAll(
    /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udc7f\udd00-\udfff]/g,
    "\ufffd",
  );
}

/** True for a map. */
export function isMap(value: unknown): value is GoMap {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof GoValue) &&
    !(value instanceof GoInt) && !(value instanceof GoComplex) && !(value instanceof GoStrings) &&
    !(value instanceof Uint8Array);
}

/** True for an integer of any type. */
export function isInteger(value: unknown): value is bigint | GoInt {
  return typeof value === "bigint" || value instanceof GoInt;
}

/** Value of an integer of any type. */
export function integerOf(value: bigint | GoInt): bigint {
  return typeof value === "bigint" ? value : value.value;
}

/** Elements of a list, in the form that callers gave; undefined where the value is no list. */
export function itemsOf(value: unknown): ArrayLike<unknown> | undefined {
  if (Array.isArray(value) || value instanceof Uint8Array) return value;
  return value instanceof GoStrings ? value.items : undefined;
}

/** Element of a list. */
export function itemAt(list: unknown, at: number): unknown {
  if (list instanceof Uint8Array) return new GoInt(BigInt(list[at]!), "uint8");
  return fromHost(itemsOf(list)![at]);
}

/** Keys of a map in Go's order. */
export function sortedKeys(map: GoMap): string[] {
  return Object.keys(map).sort(compareBytes);
}

/** Name of the value's type in Go. */
export function typeName(value: unknown): string {
  switch (typeof value) {
    case "bigint":
      return "int";
    case "number":
      return "float64";
    case "boolean":
      return "bool";
    case "string":
      return "string";
  }
  if (value === null || value === undefined) return "interface {}";
  if (value instanceof GoValue || value instanceof GoInt) return value.type;
  if (value instanceof GoComplex) return "complex128";
  if (value instanceof GoStrings) return "[]string";
  if (value instanceof Uint8Array) return "[]uint8";
  if (Array.isArray(value)) return "[]interface {}";
  return mapType(value)?.name ?? "map[string]interface {}";
}

/** What `if`, `and` and `or` take a value for. */
export function truth(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  switch (typeof value) {
    case "bigint":
      return value !== 0n;
    case "number":
      return value !== 0;
    case "boolean":
      return value;
    case "string":
      return value !== "";
  }
  if (value instanceof GoInt) return value.value !== 0n;
  if (value instanceof GoComplex) return value.real !== 0 || value.imaginary !== 0;
  if (value instanceof GoValue) return !(value instanceof GoNil);
  return (itemsOf(value)?.length ?? Object.keys(value).length) > 0;
}
