/**
 * What handlers work with; nothing of it is made before it is asked for.
 *
 * @module
 */
import type { Configuration } from "../config/configuration.ts";
import type { CopyEvent } from "../copy/event.ts";
import { FerryError } from "../errors.ts";
import type { Context, OwnContext } from "../plugin.ts";
import type { Transport } from "../transport/transport.ts";
import type { UserPlugins } from "../user_plugin/types.ts";
import type { Terminal } from "./prompt.ts";
import type { RegistryTransport, ServiceOptions, Services } from "./services.ts";

/** What a context is made from. */
export interface ContextOptions extends ServiceOptions {
  /** Makes the services. */
  readonly services: Services;
  /** Plugins that do not come with the program. */
  readonly plugins: UserPlugins;
  /** Stops the work. */
  readonly signal: AbortSignal;
  /** Takes the events of a copy. */
  readonly onCopyEvent: ((event: CopyEvent) => void) | undefined;
  /** The person's terminal and standard input. */
  readonly terminal: Terminal;
}

/** A context, and its end. */
export interface OpenContext {
  /** For the handler. */
  readonly context: Context;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/** Makes a context. */
export function openContext(options: ContextOptions): OpenContext {
  const layout = once<Transport>(() => options.services.layout(options));
  const open = new Set<OwnContext>();
  const context = makeContext(options, layout, open);
  return {
    context,
    close: async () => {
      await Promise.all([...open, context].map((one) => one.close()));
    },
  };
}

/** A context over the settings of `options`; layouts are shared, connections to registries are its own. */
function makeContext(options: ContextOptions, layout: () => Promise<Transport>, open: Set<OwnContext>): OwnContext {
  const { plugins, services, terminal } = options;
  const config = once<Configuration>(() => services.configuration(options));
  let opened: Promise<RegistryTransport> | undefined;
  const connect = () => opened ??= config().then((configuration) => services.registry(options, configuration));
  const registry = once<RegistryTransport>(async () => plugins.watched(await connect(), context));
  const watchedLayout = once<Transport>(async () => plugins.watched(await layout(), context));
  const context: OwnContext = {
    transport: async (reference) => {
      if (reference.scheme === "ocidir") return await watchedLayout();
      if (reference.scheme === "reg") return await registry();
      const served = await plugins.transport(reference.scheme, context);
      if (served !== undefined) return await plugins.watched(served, context);
      throw new FerryError("UNSUPPORTED", `Scheme "${reference.scheme}" is not served by anything`, {
        hint: "use a registry, or a layout folder with ocidir://",
      });
    },
    registry,
    config,
    withRegistries: (registries) => {
      const userAgent = options.userAgent ?? registries.userAgent;
      const own = makeContext({ ...options, registries, userAgent }, layout, open);
      open.add(own);
      return own;
    },
    program: options.program,
    plugins,
    log: options.log,
    onCopyEvent: options.onCopyEvent,
    signal: options.signal,
    clock: options.clock,
    get stdin() {
      return terminal.stdin();
    },
    prompt: async (question, how = {}) => await (await import("./prompt.ts")).ask(terminal, question, how),
    env: options.env,
    close: async () => {
      open.delete(context);
      (await opened?.catch(() => undefined))?.end();
    },
  };
  return context;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => made ??= make();
}
