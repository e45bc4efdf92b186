/**
 * The grammar of flags, as cobra (pflag) has it: `--flag=value`, `--flag value`, `-fvalue`, `-f value`, `-f=value`,
 * `--switch`, `--switch=false`, clusters of letters, and `--` that ends them. A switch never takes the next word.
 *
 * @module
 */
import type { FlagSpec } from "../plugin.ts";
import type { Flags } from "./global_flags.ts";

/** Finds flags by what stands on the command line. */
export interface FlagLookup {
  /** Flag by its long name or an alias; the name given back is the flag's own. */
  long(name: string): readonly [string, FlagSpec] | undefined;
  /** Flag by its letter. */
  short(letter: string): readonly [string, FlagSpec] | undefined;
}

/** Finds flags among `flags`. */
export function flagLookup(flags: Flags): FlagLookup {
  const longs = new Map<string, readonly [string, FlagSpec]>();
  const shorts = new Map<string, readonly [string, FlagSpec]>();
  for (const [name, flag] of Object.entries(flags)) {
    const entry = [name, flag] as const;
    for (const long of [name, ...(flag.aliases ?? [])]) longs.set(long, entry);
    if (flag.short !== undefined) shorts.set(flag.short, entry);
  }
  return { long: (name) => longs.get(name), short: (letter) => shorts.get(letter) };
}

/** What a flag's word or two words say. */
export interface ReadFlag {
  /** Words that belong to it: 1, or 2 when its value is the next word. */
  readonly taken: number;
  /** The same with every flag by its own long name and every value behind a `=`; an unknown flag as it was written. */
  readonly words: readonly string[];
}

/** True for a word that is a flag: `-` alone is not, it stands for standard input. */
export function isFlag(word: string): boolean {
  return word.length > 1 && word.startsWith("-") && !/^-\d/.test(word);
}

/** Reads the flag at `words[at]`. Where its value is missing the flag is given back without one. */
export function readFlag(words: readonly string[], at: number, flags: FlagLookup): ReadFlag {
  const word = words[at]!;
  return word.startsWith("--") ? readLong(word, words[at + 1], flags) : readShort(word, words[at + 1], flags);
}

function readLong(word: string, next: string | undefined, flags: FlagLookup): ReadFlag {
  const equals = word.indexOf("=");
  const found = flags.long(equals < 0 ? word.slice(2) : word.slice(2, equals));
  if (found === undefined) return { taken: 1, words: [word] };
  const [name, flag] = found;
  if (equals >= 0) return { taken: 1, words: [`--${name}=${word.slice(equals + 1)}`] };
  return valueOrNext(name, flag, next, []);
}

function readShort(word: string, next: string | undefined, flags: FlagLookup): ReadFlag {
  const read: string[] = [];
  for (let at = 1; at < word.length; at++) {
    const found = flags.short(word[at]!);
    if (found === undefined) return { taken: 1, words: [...read, `-${word.slice(at)}`] };
    const [name, flag] = found;
    const rest = word.slice(at + 1);
    if (rest.startsWith("=")) return { taken: 1, words: [...read, `--${name}=${rest.slice(1)}`] };
    const bare = bareValue(flag);
    if (bare !== undefined) read.push(`--${name}=${bare}`);
    else if (rest !== "") return { taken: 1, words: [...read, `--${name}=${rest}`] };
    else return valueOrNext(name, flag, next, read);
  }
  return { taken: 1, words: read };
}

function valueOrNext(name: string, flag: FlagSpec, next: string | undefined, read: readonly string[]): ReadFlag {
  const bare = bareValue(flag);
  if (bare !== undefined) return { taken: 1, words: [...read, `--${name}=${bare}`] };
  if (next === undefined) return { taken: 1, words: [...read, `--${name}`] };
  return { taken: 2, words: [...read, `--${name}=${next}`] };
}

/** Value of a flag that stands alone, or undefined when it needs one. */
function bareValue(flag: FlagSpec): string | undefined {
  return flag.bare ?? (flag.type === "boolean" ? "true" : undefined);
}

/** Every flag of a command line by its own long name with its value behind a `=`; arguments and what follows `--` stay. */
export function plainWords(words: readonly string[], flags: FlagLookup): string[] {
  const plain: string[] = [];
  for (let at = 0; at < words.length;) {
    const word = words[at]!;
    if (word === "--") return [...plain, ...words.slice(at)];
    if (!isFlag(word)) {
      plain.push(word);
      at++;
      continue;
    }
    const read = readFlag(words, at, flags);
    plain.push(...read.words);
    at += read.taken;
  }
  return plain;
}

/** Places of the words that are no flags and no values of flags, up to `--`, which is not among them. */
export function* argumentPlaces(words: readonly string[], flags: FlagLookup, from = 0): Generator<number> {
  for (let at = from; at < words.length && words[at] !== "--";) {
    if (isFlag(words[at]!)) at += readFlag(words, at, flags).taken;
    else yield at++;
  }
}
