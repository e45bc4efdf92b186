/**
 * The words of a command become typed arguments and flags.
 *
 * @module
 */
import type { ArgSpec, ArgValues, CommandSpec, FlagValues, GivenFlag, ValueType } from "../plugin.ts";
import { type Flags, GLOBAL_FLAGS, withGlobalFlags } from "./global_flags.ts";
import type { ValueReaders, Values } from "./values.ts";

/** Values of a command line. */
export interface Input {
  /** Arguments by name. */
  readonly args: ArgValues<readonly ArgSpec[]>;
  /** The command's own flags by name. */
  readonly flags: FlagValues<Flags>;
  /** The command's own flags one by one, in the order of the command line. */
  readonly given: readonly GivenFlag<Flags>[];
  /** Global flags by name. */
  readonly global: GlobalValues;
}

/** Values of the global flags. */
export interface GlobalValues {
  /** What to print, undefined for the default text. */
  readonly format: string | undefined;
  /** Help was asked for. */
  readonly help: boolean | undefined;
  /** Settings of registries for this run. */
  readonly host: readonly string[];
  /** Form of log lines. */
  readonly "log-format": "text" | "json" | undefined;
  /** Options of logs: `json`. */
  readonly logopt: readonly string[];
  /** How to show progress. */
  readonly progress: "auto" | "tty" | "plain" | "json" | "none";
  /** Errors only. */
  readonly quiet: boolean | undefined;
  /** User agent of requests. */
  readonly "user-agent": string | undefined;
  /** Least level of log lines. */
  readonly verbosity: string | undefined;
}

/**
 * Reads the words of a command. Where there are none, nothing is loaded to read them with.
 *
 * @throws {FerryError} FLAG_UNKNOWN, FLAG_INVALID, ARGUMENT_MISSING, ARGUMENT_INVALID, REFERENCE_INVALID
 */
export async function readInput(
  words: readonly string[],
  spec: CommandSpec,
  name: string,
  readers: () => Promise<ValueReaders>,
): Promise<Input> {
  const own: Flags = spec.flags ?? {};
  const args: readonly ArgSpec[] = spec.args ?? [];
  if (words.length === 0 && !args.some((arg) => arg.required)) {
    return typed(emptyArgs(args), defaults(own), [], globalOf(defaults(GLOBAL_FLAGS), own));
  }
  const [{ parseWords }, { readArgs, readFlags, readGiven }] = await Promise.all([
    import("./parse_words.ts"),
    import("./values.ts"),
  ]);
  const flags = withGlobalFlags(own);
  const parsed = parseWords(words, flags);
  const loaded = await readersFor([...args, ...Object.values(flags)], readers);
  const values = readFlags(parsed.values, flags, loaded);
  const global = globalOf(values, own);
  return typed(
    global.help === true ? emptyArgs(args) : readArgs(parsed.args, args, name, loaded),
    Object.fromEntries(Object.keys(own).map((key) => [key, values[key]])),
    readGiven(parsed.given, own, loaded),
    global,
  );
}

/** Types of values that the kernel's own grammars read. */
const GRAMMARS: ReadonlySet<ValueType> = new Set(["reference", "registry", "digest"]);

/** The readers, loaded only where there is something for them. */
async function readersFor(
  specs: readonly { readonly type: ValueType }[],
  readers: () => Promise<ValueReaders>,
): Promise<ValueReaders> {
  if (specs.some(({ type }) => GRAMMARS.has(type))) return await readers();
  const asText = (text: string) => text;
  return { reference: asText, registry: asText, digest: asText };
}

/** The values were made by the data of the command, so they have the types that it tells. */
function typed(args: Values, flags: Values, given: readonly unknown[], global: GlobalValues): Input {
  return {
    args: args as Input["args"],
    flags: flags as Input["flags"],
    given: given as Input["given"],
    global,
  };
}

/** Global values; one that a command's own flag hides is as if it was not given. */
function globalOf(values: Values, own: Flags): GlobalValues {
  const unset = defaults(GLOBAL_FLAGS);
  const global = Object.keys(GLOBAL_FLAGS).map((key) => [key, key in own ? unset[key] : values[key]]);
  return Object.fromEntries(global) as GlobalValues;
}

function defaults(flags: Flags): Values {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, flag.repeated === true ? [] : flag.default]),
  );
}

function emptyArgs(args: readonly ArgSpec[]): Values {
  return Object.fromEntries(args.map((arg) => [arg.name, arg.repeated === true ? [] : undefined]));
}
