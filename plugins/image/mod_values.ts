import {
  FerryError,
  localPlatform,
  type Moment,
  parsePlatform,
  parseReference,
  type Platform,
  type RewriteModule,
  type TimeOptions,
} from "../../src/mod.ts";

/** A value with the platforms that stand in brackets before it. */
export interface ScopedValue {
  /** What follows the brackets. */
  readonly text: string;
  /** The platforms; none means all images. */
  readonly platforms: readonly Platform[];
  /** True where there are brackets. */
  readonly scoped: boolean;
}

/**
 * Takes `[os/arch,...]` or `[*]` off a value.
 *
 * @throws {FerryError} PLATFORM_INVALID
 */
export function scopedValue(value: string): ScopedValue {
  const match = /^\s*\[([^\]]*)\](.*)$/s.exec(value);
  if (match === null) return { text: value.trimStart(), platforms: [], scoped: false };
  const names = match[1]!.split(",").map((name) => name.trim()).filter((name) => name !== "" && name !== "*");
  return { text: match[2]!, platforms: names.map((name) => parsePlatform(name, localPlatform())), scoped: true };
}

/** Splits `name=value` at the first `=`; without one the value is empty. */
export function pair(text: string, flag: string): readonly [name: string, value: string] {
  const at = text.indexOf("=");
  const [name, value] = at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
  if (name === "") throw invalid(flag, text, "has no name", "write name=value");
  return [name, value];
}

/** Splits `name=value` where both must be there. */
export function fullPair(text: string, flag: string): readonly [name: string, value: string] {
  if (!text.includes("=")) throw invalid(flag, text, "has no value", "write name=value");
  return pair(text, flag);
}

/** A command: a JSON list of texts, or text for a shell. */
export function commandOf(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  } catch {
    // It is text.
  }
  return text === "" ? [] : ["/bin/sh", "-c", text];
}

/** A time of the command line. */
export function momentOf(text: string, flag: string, { parseMoment }: RewriteModule): Moment {
  const time = parseMoment(text);
  if (time !== undefined) return time;
  throw invalid(flag, text, "is no time", "write a time such as 2024-01-02T03:04:05Z");
}

/** Options of a time, and the file that `filename` names where that is allowed. */
export function timeOptions(
  value: string,
  flag: string,
  module: RewriteModule,
  withFile = false,
): TimeOptions & { readonly file: string } {
  const options: { -readonly [K in keyof TimeOptions]: TimeOptions[K] } = {};
  let file = "";
  for (const part of value.split(",")) {
    const [key, text] = fullPair(part, flag);
    if (key === "set" || key === "after") options[key] = momentOf(text, flag, module);
    else if (key === "from-label") options.fromLabel = text;
    else if (key === "base-ref") options.baseRef = new module.OtherImage(parseReference(text));
    else if (key === "base-layers") options.baseLayers = count(text, flag);
    else if (key === "filename" && withFile) file = text;
    else {
      const known = ["set", "from-label", "after", "base-ref", "base-layers", ...(withFile ? ["filename"] : [])];
      throw invalid(flag, key, "is no option", `use ${known.join(", ")}`);
    }
  }
  if (options.set === undefined && options.fromLabel === undefined) {
    throw invalid(flag, value, "does not say a time", "add set=time or from-label=name");
  }
  if (withFile && file === "") throw invalid(flag, value, "does not say the archive", "add filename=path");
  return { ...options, file };
}

/** `key=value` with commas between them; a value in double quotes may have commas. */
export function optionsOf(text: string, flag: string): ReadonlyMap<string, readonly string[]> {
  const options = new Map<string, string[]>();
  for (const [part] of text.matchAll(/(?:"[^"]*"|[^,])+/g)) {
    const [key, value] = fullPair(part, flag);
    const plain = value.replace(/^"(.*)"$/s, "$1");
    options.set(key, [...(options.get(key) ?? []), plain]);
  }
  return options;
}

/** An error about a flag's value. */
export function invalid(flag: string, value: string, what: string, hint: string): FerryError {
  return new FerryError("FLAG_INVALID", `Flag "--${flag}" cannot be used: "${value}" ${what}`, { hint });
}

function count(text: string, flag: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw invalid(flag, text, "is no number of layers", "write base-layers=3");
}
