/**
 * The contract of plugins: a command is data first, its handler loads when it runs.
 *
 * @module
 */
import type { HostEntry } from "./config/config_file.ts";
import type { Configuration } from "./config/configuration.ts";
import type { CopyEvent } from "./copy/event.ts";
import type { FerryError } from "./errors.ts";
import type { PluginParts } from "./plugin_parts.ts";
import type { Reference } from "./reference/reference.ts";
import type { RateLimited, RepositoryLister, Transport } from "./transport/transport.ts";
import type { UserPlugins } from "./user_plugin/types.ts";

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

/** What completion offers for a value that its type does not tell enough about. */
export type CompletionKind =
  /** Files. */
  | "file"
  /** Folders. */
  | "folder"
  /** References with their tags. */
  | "image"
  /** References without a tag. */
  | "repository"
  /** Tags of the first reference on the command line. */
  | "tag"
  /** Names of registries. */
  | "registry"
  /** Platforms, those of the first reference on the command line where there is one. */
  | "platform"
  /** Media types. */
  | "media-type"
  /** Nothing: secrets, and what nobody else can know. */
  | "none";

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
  /** What completion offers for its value: a kind, or values of which any other is allowed as well. */
  readonly complete?: CompletionKind | readonly string[];
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
  /** What completion offers for it, where its type does not tell enough. */
  readonly complete?: CompletionKind | readonly string[];
}

/** A command line and what it does. */
export interface ExampleSpec {
  /** Without the program's name: `tag ls ghcr.io/org/app`. */
  readonly command: string;
  /** What it does, lower case, no full stop. */
  readonly does: string;
}

/** Type of one value of a flag. */
export type OneValue<F extends FlagSpec> = F["choices"] extends readonly string[] ? F["choices"][number]
  : ValueTypes[F["type"]];

/** Type of a flag's value: a list where it is repeated, undefined where it may be missing. */
export type FlagValue<F extends FlagSpec> = F["repeated"] extends true ? readonly OneValue<F>[]
  : F["default"] extends string | number | boolean ? OneValue<F>
  : OneValue<F> | undefined;

/** Type of an argument's value. */
export type ArgValue<A extends ArgSpec> = A["repeated"] extends true ? readonly ValueTypes[A["type"]][]
  : A["required"] extends true ? ValueTypes[A["type"]]
  : ValueTypes[A["type"]] | undefined;

/** Values of flags by name; kebab-case names stay as they are. */
export type FlagValues<F extends Readonly<Record<string, FlagSpec>>> = { readonly [K in keyof F]: FlagValue<F[K]> };

/** One flag as it stands on the command line. */
export type GivenFlag<F extends Readonly<Record<string, FlagSpec>>> = {
  readonly [K in keyof F]: {
    /** Its own name. */
    readonly flag: K;
    /** Its value, checked. */
    readonly value: OneValue<F[K]>;
  };
}[keyof F];

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
  /** Least level of log lines unless told, where it is not the program's own: a server says what it does. */
  readonly verbosity?: "info";
}

/** The names that the program is called by; each but ferry's own stands for the tool of that name. */
export type Program = "ferry" | "regctl" | "regsync" | "regbot";

/** What a command gives: data for templates and JSON, and its text. It never prints. */
export interface CommandResult {
  /** What templates and `--format json` see: plain data, a value of `structData`, or a promise of it. Made only when asked for. */
  readonly data?: () => unknown;
  /** The default text, whole, with its line ends. Made only when asked for. */
  readonly text?: () => string;
  /** How the text is coloured where colours are wanted: lines of differences by how they start. */
  readonly style?: "diff";
  /** Bytes that go to stdout as they are, for example a blob. */
  readonly body?: ReadableStream<Uint8Array> | Uint8Array;
  /** The body is of somebody who is not trusted: it is not for terminals, which would do what it says. */
  readonly untrusted?: boolean;
  /** Raw form for `--format raw-body`, where the command has one. */
  readonly rawBody?: Uint8Array;
  /** Headers for `--format raw-headers`, where the command has them. */
  readonly rawHeaders?: Headers;
  /** Exit code, 0 unless given: 10 where a difference was found. */
  readonly exit?: number;
  /** What was not done although the rest was; it is reported after the output, with its exit code. */
  readonly error?: FerryError;
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

/** Settings and credentials of a registry, under its name. */
export interface RegistryEntry extends HostEntry {
  /** Registry name. */
  readonly registry: string;
}

/** Registries that a file of a person's own describes. */
export interface RegistriesOptions {
  /** Entries over those of the configuration; a later one of the same registry counts more. */
  readonly hosts: readonly RegistryEntry[];
  /** Docker's and podman's credentials and certificates do not count. */
  readonly skipDockerConfig?: boolean;
  /** The configuration file does not count: what regsync and regbot do. */
  readonly skipConfig?: boolean;
  /** User agent of requests. */
  readonly userAgent?: string;
  /** Bytes above which uploads are chunked, where a registry's settings do not say. */
  readonly blobLimit?: number;
}

/** A context with its own connections. */
export interface OwnContext extends Context {
  /** Closes its connections; done at the end of the run at the latest. */
  close(): Promise<void>;
}

/** What a handler works with. Everything that costs time is made when it is first asked for. Tests pass a fake one. */
export interface Context {
  /** The transport that serves a reference. */
  transport(reference: Reference): Promise<Transport>;
  /** The registry transport, for verbs on a registry as a whole. */
  registry(): Promise<Transport & RepositoryLister & RateLimited>;
  /** Configuration files: registries and credentials. */
  config(): Promise<Configuration>;
  /** A context whose transports know these registries' settings and credentials besides the configured ones. */
  withRegistries(options: RegistriesOptions): OwnContext;
  /** The name that the program was called by. */
  readonly program: Program;
  /** Plugins that do not come with the program. */
  readonly plugins: UserPlugins;
  /** Log lines. */
  readonly log: Log;
  /** Takes the events of a copy; undefined when nobody watches. */
  readonly onCopyEvent: ((event: CopyEvent) => void) | undefined;
  /** Stops the work. */
  readonly signal: AbortSignal;
  /** Time. */
  readonly clock: Clock;
  /** Standard input; opened when it is first asked for. */
  readonly stdin: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Asks the person at the terminal; `secret` hides what is typed. Rejects with ARGUMENT_MISSING where there is no terminal. */
  prompt(question: string, options?: { readonly secret?: boolean }): Promise<string>;
  /** An environment variable. */
  env(name: string): string | undefined;
}

/** Runs a command. */
export type Handler<
  A extends readonly ArgSpec[] = readonly ArgSpec[],
  F extends Readonly<Record<string, FlagSpec>> = Readonly<Record<string, FlagSpec>>,
> = (
  context: Context,
  input: { readonly args: ArgValues<A>; readonly flags: FlagValues<F>; readonly given: readonly GivenFlag<F>[] },
) => Promise<CommandResult | void>;

/**
 * Gives the rows of a list, for `--format ndjson`: plain data in batches, each printed before the next is asked for, so that
 * what comes in pages is seen a page at a time.
 */
export type RowsHandler<
  A extends readonly ArgSpec[] = readonly ArgSpec[],
  F extends Readonly<Record<string, FlagSpec>> = Readonly<Record<string, FlagSpec>>,
> = (
  context: Context,
  input: { readonly args: ArgValues<A>; readonly flags: FlagValues<F>; readonly given: readonly GivenFlag<F>[] },
) => AsyncIterable<readonly unknown[]>;

/** What the module of a handler exports. */
export interface HandlerModule<
  A extends readonly ArgSpec[] = readonly ArgSpec[],
  F extends Readonly<Record<string, FlagSpec>> = Readonly<Record<string, FlagSpec>>,
> {
  /** Runs the command. */
  readonly default: Handler<A, F>;
  /** Runs in its place for `--format ndjson`, which commands without it refuse. */
  readonly rows?: RowsHandler<A, F>;
}

/** A command: its data and how to load the module of its handler. */
export interface Command {
  /** Its data. */
  readonly spec: CommandSpec;
  /** Loads the handler. */
  readonly load: () => Promise<HandlerModule>;
}

/** A noun with its commands, and what else a plugin brings. */
export interface Plugin extends PluginParts {
  /** The noun, for example `tag`; a plugin without commands has the name alone. */
  readonly name: string;
  /** What it is for: one line. */
  readonly summary: string;
  /** Other names of the noun. */
  readonly aliases?: readonly string[];
  /** Commands by verb; the verb "" is the noun itself (`ferry version`). */
  readonly commands: Readonly<Record<string, Command>>;
}

/** A plugin before it is loaded: enough to find it by its name and to list it in help. */
export interface PluginEntry {
  /** The noun. */
  readonly name: string;
  /** What it is for: one line; the plugin's own summary. */
  readonly summary: string;
  /** Other names of the noun. */
  readonly aliases?: readonly string[];
  /** Not shown in help. */
  readonly hidden?: boolean;
  /** Title that help lists it under, with others of the same title. */
  readonly group?: string;
  /** Loads the plugin, the default export of its module. */
  readonly load: () => Promise<{ readonly default: Plugin }>;
}

/** What a handler of a command with this data is given; for handlers, as `InputOf<typeof ls>`. */
export interface InputOf<S> {
  /** Arguments by name. */
  readonly args: S extends CommandSpec<infer A, infer _> ? ArgValues<A> : never;
  /** Flags by name. */
  readonly flags: S extends CommandSpec<infer _, infer F> ? FlagValues<F> : never;
}

/**
 * What a handler is given whose flags are steps that are done in the order of the command line, as those of `image mod`;
 * for such handlers in the place of {@linkcode InputOf}.
 */
export interface OrderedInputOf<S> extends InputOf<S> {
  /** The command's own flags that were given, one by one, in the order of the command line; a repeated one each time. */
  readonly given: S extends CommandSpec<infer _, infer F> ? readonly GivenFlag<F>[] : never;
}

/** Keeps the literal types of a command's data, so that {@linkcode InputOf} can tell the types of its values. */
export function defineSpec<
  const A extends readonly ArgSpec[] = readonly [],
  const F extends Readonly<Record<string, FlagSpec>> = Readonly<Record<never, FlagSpec>>,
>(spec: CommandSpec<A, F>): CommandSpec<A, F> {
  return spec;
}

/** Ties a command's data to its handler, so that the handler's arguments and flags are typed by the data. */
export function defineCommand<
  const A extends readonly ArgSpec[] = readonly [],
  const F extends Readonly<Record<string, FlagSpec>> = Readonly<Record<never, FlagSpec>>,
>(spec: CommandSpec<A, F>, load: () => Promise<HandlerModule<A, F>>): Command {
  return { spec, load: load as unknown as Command["load"] };
}

/** Checks a plugin's shape at compile time. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
