/**
 * The contract of plugins: a command is data first, its handler loads when it runs.
 *
 * @module
 */
import type { CopyEvent } from "./copy/event.ts";
import type { Reference } from "./reference/reference.ts";
import type { RateLimited, RepositoryLister, Transport } from "./transport/transport.ts";

/** Types of the values of flags and arguments. */
export interface ValueTypes {
  /** Any text. */
  string: string;
  /** `--flag`, `--flag=false`. */
  boolean: boolean;
  /** Whole number. */
  integer: number;
  /** Any number. */
  number: number;
  /** A parsed reference. */
  reference: Reference;
  /** A registry name. */
  registry: string;
  /** A digest. */
  digest: string;
  /** A platform as text, checked when it is used. */
  platform: string;
}

/** Name of a type of value. */
export type ValueType = keyof ValueTypes;

/** A flag as data. */
export interface FlagSpec {
  /** Type of its value. */
  readonly type: ValueType;
  /** What it does, lower case, no full stop. */
  readonly summary: string;
  /** One letter, for `-p`. */
  readonly short?: string;
  /** May be given more than once; its value is a list. */
  readonly repeated?: boolean;
  /** Commas separate values of a repeated flag. */
  readonly commas?: boolean;
  /** Allowed values. */
  readonly choices?: readonly string[];
  /** Value when it is not given. */
  readonly default?: string | number | boolean;
  /** Value of the flag when given without one (`--flag` as `--flag=VALUE`). */
  readonly bare?: string;
  /** What stands for the value in help, for example `os/arch`. */
  readonly placeholder?: string;
  /** Not shown in help. */
  readonly hidden?: boolean;
  /** Other names it answers to. */
  readonly aliases?: readonly string[];
}

/** A positional argument as data. */
export interface ArgSpec {
  /** Name, lower case. */
  readonly name: string;
  /** Type of its value. */
  readonly type: ValueType;
  /** What it is, lower case, no full stop. */
  readonly summary: string;
  /** Must be given. */
  readonly required?: boolean;
  /** Takes all that follow; its value is a list. */
  readonly repeated?: boolean;
}

/** A command line and what it does. */
export interface ExampleSpec {
  /** Without the program's name: `tag ls ghcr.io/org/app`. */
  readonly command: string;
  /** What it does, lower case, no full stop. */
  readonly does: string;
}

type FlagValue<F extends FlagSpec> = F["repeated"] extends true ? ValueTypes[F["type"]][]
  : F["default"] extends string | number | boolean ? ValueTypes[F["type"]]
  : ValueTypes[F["type"]] | undefined;

type ArgValue<A extends ArgSpec> = A["repeated"] extends true ? ValueTypes[A["type"]][]
  : A["required"] extends true ? ValueTypes[A["type"]]
  : ValueTypes[A["type"]] | undefined;

/** Values of flags by name; kebab-case names stay as they are. */
export type FlagValues<F extends Readonly<Record<string, FlagSpec>>> = { readonly [K in keyof F]: FlagValue<F[K]> };

/** Values of arguments by name. */
export type ArgValues<A extends readonly ArgSpec[]> = { readonly [K in A[number] as K["name"]]: ArgValue<K> };

/** A command as data. */
export interface CommandSpec<
  A extends readonly ArgSpec[] = readonly ArgSpec[],
  F extends Readonly<Record<string, FlagSpec>> = Readonly<Record<string, FlagSpec>>,
> {
  /** What it does: one line, sentence case, no full stop. */
  readonly summary: string;
  /** More, in paragraphs. */
  readonly description?: string;
  /** Other names of the command. */
  readonly aliases?: readonly string[];
  /** Positional arguments, in order. */
  readonly args?: A;
  /** Flags by name. */
  readonly flags?: F;
  /** Examples, most useful first. */
  readonly examples?: readonly ExampleSpec[];
  /** Not shown in help. */
  readonly hidden?: boolean;
}

/** What a command gives: data for templates and JSON, and its text. It never prints. */
export interface CommandResult {
  /** What templates and `--format json` see. */
  readonly data?: unknown;
  /** The default text, whole, with its line ends. Made only when asked for. */
  readonly text?: () => string;
  /** Bytes that go to stdout as they are, for example a blob. */
  readonly body?: ReadableStream<Uint8Array> | Uint8Array;
  /** Raw form for `--format raw-body`, where the command has one. */
  readonly rawBody?: Uint8Array;
  /** Headers for `--format raw-headers`, where the command has them. */
  readonly rawHeaders?: Headers;
  /** Exit code, 0 unless given: 10 where a difference was found. */
  readonly exit?: number;
}

/** Log lines; each goes to stderr when its level is on. Secrets are cut out by who logs them. */
export interface Log {
  /** Details of single requests. */
  trace(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Steps. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What was done. */
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What may surprise. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What failed. */
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Time, replaceable in tests. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits; rejects with the signal's reason when it is stopped. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** What a handler works with. Tests pass a fake one. */
export interface Context {
  /** The transport that serves a reference. */
  transport(reference: Reference): Transport;
  /** The registry transport, for verbs on a registry as a whole. */
  registry(): Transport & RepositoryLister & RateLimited;
  /** Configuration files: registries and credentials. */
  readonly config: ConfigAccess;
  /** Log lines. */
  readonly log: Log;
  /** Takes the events of a copy; undefined when nobody watches. */
  readonly onCopyEvent: ((event: CopyEvent) => void) | undefined;
  /** Stops the work. */
  readonly signal: AbortSignal;
  /** Time. */
  readonly clock: Clock;
  /** Standard input. */
  readonly stdin: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Asks the person at the terminal; `secret` hides what is typed. Rejects with ARGUMENT_MISSING where there is no terminal. */
  prompt(question: string, options?: { readonly secret?: boolean }): Promise<string>;
  /** An environment variable. */
  env(name: string): string | undefined;
}

/** Configuration as plugins see it. */
// deno-lint-ignore no-empty-interface
export interface ConfigAccess {}

/** Runs a command. */
export type Handler<
  A extends readonly ArgSpec[] = readonly ArgSpec[],
  F extends Readonly<Record<string, FlagSpec>> = Readonly<Record<string, FlagSpec>>,
> = (
  context: Context,
  input: { readonly args: ArgValues<A>; readonly flags: FlagValues<F> },
) => Promise<CommandResult | void>;

/** A command: its data and how to load its handler, the default export of a module. */
export interface Command {
  /** Its data. */
  readonly spec: CommandSpec;
  /** Loads the handler. */
  readonly load: () => Promise<{ readonly default: Handler }>;
}

/** A noun with its commands. */
export interface Plugin {
  /** The noun, for example `tag`. */
  readonly name: string;
  /** What it is for: one line. */
  readonly summary: string;
  /** Other names of the noun. */
  readonly aliases?: readonly string[];
  /** Commands by verb; the verb "" is the noun itself (`ferry version`). */
  readonly commands: Readonly<Record<string, Command>>;
}

/** Ties a command's data to its handler, so that the handler's arguments and flags are typed by the data. */
export function defineCommand<
  const A extends readonly ArgSpec[],
  const F extends Readonly<Record<string, FlagSpec>>,
>(spec: CommandSpec<A, F>, load: () => Promise<{ readonly default: Handler<A, F> }>): Command {
  return { spec, load: load as unknown as Command["load"] };
}

/** Checks a plugin's shape at compile time. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
