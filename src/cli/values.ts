/**
 * Raw values of flags and arguments become typed ones, checked against their data.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { ArgSpec, FlagSpec, ValueType } from "../plugin.ts";
import type { ParsedWords } from "./parse_words.ts";
import type { Flags } from "./global_flags.ts";
import { suggestion } from "./nearest.ts";

/** Reads values that need the kernel's own grammars. */
export interface ValueReaders {
  /** Reads a reference; throws REFERENCE_INVALID. */
  reference(text: string): unknown;
  /** Reads a registry name; throws REFERENCE_INVALID. */
  registry(text: string): unknown;
  /** Reads a digest; throws DIGEST_INVALID. */
  digest(text: string): unknown;
}

/** Values by name, in their types. */
export type Values = Readonly<Record<string, unknown>>;

const TRUE = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const FALSE = new Set(["0", "f", "F", "FALSE", "false", "False"]);

/**
 * Checks and converts the values of flags; a flag that was not given has its default or undefined, a repeated one an empty list.
 *
 * @throws {FerryError} FLAG_INVALID and what the readers throw
 */
export function readFlags(given: ParsedWords["values"], flags: Flags, readers: ValueReaders): Values {
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(flags)) {
    const texts = given.get(name) ?? [];
    if (flag.repeated === true) {
      const items = flag.commas === true ? texts.flatMap((text) => text.split(",")) : texts;
      values[name] = items.map((text) => readFlag(name, flag, text, readers));
    } else {
      const last = texts.at(-1);
      values[name] = last === undefined ? flag.default : readFlag(name, flag, last, readers);
    }
  }
  return values;
}

/** Checks and converts flags one by one, as they stand on the command line; those that are not among `flags` are left out. */
export function readGiven(
  given: ParsedWords["given"],
  flags: Flags,
  readers: ValueReaders,
): { readonly flag: string; readonly value: unknown }[] {
  return given.flatMap(([name, text]) => {
    const flag = flags[name];
    if (flag === undefined) return [];
    const texts = flag.repeated === true && flag.commas === true ? text.split(",") : [text];
    return texts.map((one) => ({ flag: name, value: readFlag(name, flag, one, readers) }));
  });
}

/**
 * Checks and converts arguments.
 *
 * @throws {FerryError} ARGUMENT_MISSING, ARGUMENT_INVALID and what the readers throw
 */
export function readArgs(
  words: readonly string[],
  specs: readonly ArgSpec[],
  command: string,
  readers: ValueReaders,
): Values {
  const values: Record<string, unknown> = {};
  let at = 0;
  for (const spec of specs) {
    const taken = spec.repeated === true ? words.slice(at) : words.slice(at, at + 1);
    at += taken.length;
    if (spec.required === true && taken.length === 0) throw missing(spec, specs, command);
    const read = taken.map((word) =>
      readValue(
        spec.type,
        word,
        (what) => new FerryError("ARGUMENT_INVALID", `Argument "${spec.name}" must be ${what}, not "${word}"`),
        readers,
      )
    );
    values[spec.name] = spec.repeated === true ? read : read[0];
  }
  if (at < words.length) {
    throw new FerryError("ARGUMENT_INVALID", `Too many arguments: "${words[at]}"`, {
      hint: `usage: ${command}${usage(specs)}`,
    });
  }
  return values;
}

/** Arguments as usage shows them: ` <required> [optional] [more...]`. */
export function usage(specs: readonly ArgSpec[]): string {
  return specs.map((spec) => {
    const name = spec.repeated === true ? `${spec.name}...` : spec.name;
    return spec.required === true ? ` <${name}>` : ` [${name}]`;
  }).join("");
}

function missing(spec: ArgSpec, specs: readonly ArgSpec[], command: string): FerryError {
  return new FerryError("ARGUMENT_MISSING", `Argument "${spec.name}" is missing: ${spec.summary}`, {
    hint: `usage: ${command}${usage(specs)}`,
  });
}

function readFlag(name: string, flag: FlagSpec, text: string, readers: ValueReaders): unknown {
  if (flag.choices !== undefined && !flag.choices.includes(text)) {
    throw new FerryError("FLAG_INVALID", `Flag "--${name}" cannot be "${text}"`, {
      hint: suggestion(text, flag.choices, `use one of ${flag.choices.join(", ")}`),
    });
  }
  return readValue(
    flag.type,
    text,
    (what) => new FerryError("FLAG_INVALID", `Flag "--${name}" must be ${what}, not "${text}"`),
    readers,
  );
}

function readValue(
  type: ValueType,
  text: string,
  invalid: (what: string) => FerryError,
  readers: ValueReaders,
): unknown {
  switch (type) {
    case "string":
    case "platform":
      return text;
    case "boolean":
      if (TRUE.has(text)) return true;
      if (FALSE.has(text)) return false;
      throw invalid("true or false");
    case "integer": {
      const value = Number(text);
      if (!/^[+-]?\d+$/.test(text) || !Number.isSafeInteger(value)) throw invalid("a whole number");
      return value;
    }
    case "number": {
      const value = Number(text);
      if (text.trim() === "" || !Number.isFinite(value)) throw invalid("a number");
      return value;
    }
    case "reference":
      return readers.reference(text);
    case "registry":
      return readers.registry(text);
    case "digest":
      try {
        return readers.digest(text);
      } catch {
        throw invalid("a digest (sha256: and 64 hexadecimal characters)");
      }
  }
}
