/**
 * The form of a file as data, written once: the check, the types of what it gives, and the JSON Schema come from it.
 * (A definition of our own and not a schema library's: it knows where keys stand, names the nearest one, tells all mistakes at
 * once, takes what Go's yaml takes, and costs nothing to load.)
 *
 * @module
 */

/** What a text must be besides a text; see {@linkcode FORMATS} in formats.ts. */
export type TextFormat = "regexp" | "range" | "schedule" | "template" | "name" | "platform";

/** A text; numbers and booleans are taken as they are written. */
export interface TextShape<C extends string = string> {
  /** Tells the kinds apart. */
  readonly kind: "text";
  /** Allowed values. */
  readonly choices?: readonly C[];
  /** Choices count in any case. */
  readonly anyCase?: boolean;
  /** What it must be. */
  readonly format?: TextFormat;
  /** Must not be quoted in messages. */
  readonly secret?: boolean;
  /** Must not be empty. */
  readonly filled?: boolean;
}

/** A number, or a whole one; texts that are one count. */
export interface NumberShape {
  /** Tells the kinds apart. */
  readonly kind: "number";
  /** Whole numbers only. */
  readonly whole?: boolean;
  /** Least value. */
  readonly min?: number;
}

/** True or false. */
export interface FlagShape {
  /** Tells the kinds apart. */
  readonly kind: "flag";
}

/** A time span as Go writes it, in milliseconds afterwards. */
export interface DurationShape {
  /** Tells the kinds apart. */
  readonly kind: "duration";
  /** Days and weeks (`90d`, `2w`) are taken as well. */
  readonly days?: boolean;
  /** Plain numbers are nanoseconds. */
  readonly nanoseconds?: boolean;
  /** Least value, in milliseconds. */
  readonly min?: number;
}

/** A list. */
export interface ListShape<S extends Shape = Shape> {
  /** Tells the kinds apart. */
  readonly kind: "list";
  /** Of what. */
  readonly of: S;
  /** Least length. */
  readonly min?: number;
}

/** A mapping with any keys. */
export interface MapShape<S extends Shape = Shape> {
  /** Tells the kinds apart. */
  readonly kind: "map";
  /** To what. */
  readonly of: S;
}

/** A mapping with known keys; others are told, but for those that begin with `x-`. */
export interface ObjectShape<K extends Keys = Keys> {
  /** Tells the kinds apart. */
  readonly kind: "object";
  /** Its name among the definitions of a schema. */
  readonly title: string;
  /** Known keys. */
  readonly keys: K;
  /** Of each of these groups one key must be there. */
  readonly needs?: readonly (readonly string[])[];
}

/** One of two or more shapes of different kinds; the first that takes this kind of value counts. */
export interface EitherShape<S extends readonly Shape[] = readonly Shape[]> {
  /** Tells the kinds apart. */
  readonly kind: "either";
  /** The shapes. */
  readonly of: S;
}

/** The form of a value. */
export type Shape =
  | TextShape
  | NumberShape
  | FlagShape
  | DurationShape
  | { readonly kind: "list"; readonly of: Shape; readonly min?: number }
  | { readonly kind: "map"; readonly of: Shape }
  | { readonly kind: "object"; readonly title: string; readonly keys: Keys; readonly needs?: ObjectShape["needs"] }
  | { readonly kind: "either"; readonly of: readonly Shape[] };

/** A key of an object. */
export interface Key<S extends Shape = Shape> {
  /** What its value must be. */
  readonly shape: S;
  /** What it is for: lower case, no full stop; shown by editors. */
  readonly summary: string;
  /** Must be there. */
  readonly required?: boolean;
  /** Other spellings; what they give stands under the key. */
  readonly aliases?: readonly string[];
  /** Why it should no longer be used. */
  readonly deprecated?: string;
}

/** Keys by name. */
export type Keys = Readonly<Record<string, Key>>;

/** Type of a value that a shape let through. A key without a value counts as not given. */
export type ValueOf<S> = S extends TextShape<infer C> ? C
  : S extends NumberShape | DurationShape ? number
  : S extends FlagShape ? boolean
  : S extends { readonly kind: "list"; readonly of: infer I } ? readonly ValueOf<I>[]
  : S extends { readonly kind: "map"; readonly of: infer I } ? Readonly<Record<string, ValueOf<I>>>
  : S extends { readonly kind: "object"; readonly keys: infer K } ? ObjectOf<K>
  : S extends { readonly kind: "either"; readonly of: readonly (infer I)[] } ? ValueOf<I>
  : never;

/** Type of an object's value. */
export type ObjectOf<K> =
  & { readonly [N in keyof K as K[N] extends { readonly required: true } ? N : never]: ValueOf<ShapeOf<K[N]>> }
  & { readonly [N in keyof K as K[N] extends { readonly required: true } ? never : N]?: ValueOf<ShapeOf<K[N]>> };

/** Shape of a key. */
export type ShapeOf<K> = K extends { readonly shape: infer S } ? S : never;

/** A text. */
export const TEXT: TextShape = { kind: "text" };
/** True or false. */
export const FLAG: FlagShape = { kind: "flag" };
/** A whole number from 0. */
export const COUNT: NumberShape = { kind: "number", whole: true, min: 0 };
/** A time span as Go writes it. */
export const DURATION: DurationShape = { kind: "duration", min: 0 };
/** A text that no message quotes. */
export const SECRET: TextShape = { kind: "text", secret: true };

/** A text of a format. */
export function textOf(format: TextFormat): TextShape {
  return { kind: "text", format };
}

/** One of some words. */
export function oneOf<const C extends string>(choices: readonly C[]): TextShape<C> {
  return { kind: "text", choices };
}

/** A list of something. */
export function listOf<S extends Shape>(of: S, min?: number): ListShape<S> {
  return { kind: "list", of, ...(min === undefined ? {} : { min }) };
}

/** A mapping from any keys to something. */
export function mapOf<S extends Shape>(of: S): MapShape<S> {
  return { kind: "map", of };
}

/** A mapping with known keys. */
export function objectOf<const K extends Keys>(
  title: string,
  keys: K,
  needs: readonly (readonly string[])[] = [],
): ObjectShape<K> {
  return { kind: "object", title, keys, needs };
}

/** One of several shapes, told apart by the kind of the value. */
export function eitherOf<const S extends readonly Shape[]>(...of: S): EitherShape<S> {
  return { kind: "either", of };
}
