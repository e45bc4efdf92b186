/**
 * What runs apart, with the rights that were granted alone: it loads a plugin and runs its handlers, whose context asks the program
 * for everything.
 *
 * @module
 */
import type { CommandResult, Plugin } from "../../plugin.ts";
import type { AddedCommand } from "../../plugin_parts.ts";
import type { Reference } from "../../reference/reference.ts";
import type { BlobStream } from "../../transport/transport.ts";
import type { DescribedCommand, DescribedPlugin, FromPlugin, SentError, SentResult, ToPlugin } from "./messages.ts";
import { type Globals, tame } from "./tame.ts";

interface Scope {
  addEventListener(type: "error" | "unhandledrejection", listener: (event: Event) => void): void;
  onmessage: ((event: MessageEvent<ToPlugin>) => void) | null;
  postMessage(message: FromPlugin): void;
}

/** What the worker uses of `ferry/plugin`, which it loads for itself: errors and manifests are to be those that the plugin knows. */
interface Kernel {
  readonly FerryError: new (code: string, message: string, options: Readonly<Record<string, unknown>>) => Error;
  readonly parseManifest: (
    raw: Uint8Array,
    hints: { readonly mediaType?: string; readonly digest?: string },
  ) => unknown;
}

type Start = Extract<ToPlugin, { readonly type: "run" }>;

/**
 * Address of the worker's program. It is made from the text of a function, so that it needs no file of its own beside a bundle: the
 * function must not use anything from outside.
 */
export function workerAddress(): string {
  // Who saw the name in an import would load the module, and check its types, before anything is asked of the worker.
  const program =
    `const name = "ferry/plugin"; (${serve.toString()})(globalThis, () => import(name), ${tame.toString()});`;
  return `data:application/javascript,${encodeURIComponent(program)}`;
}

function serve(
  scope: Scope,
  loadKernel: () => Promise<Kernel>,
  tameGlobals: (globals: Globals, say: (level: string, words: string) => void) => void,
): void {
  let plugin: Plugin | undefined;
  let kernel: Kernel | undefined;
  let lastCall = 0;
  let lastRun = 0;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  const runs = new Map<number, AbortController>();

  const sent = (error: unknown): SentError => {
    const fields = Object(error);
    const text = (key: string) => typeof fields[key] === "string" ? { [key]: fields[key] } : {};
    return {
      name: String(fields.name ?? "Error"),
      message: String(fields.message ?? error),
      ...text("code"),
      ...text("hint"),
      ...text("detail"),
      ...(typeof fields.status === "number" ? { status: fields.status } : {}),
    };
  };

  // Left alone these end the worker with a trace on standard error.
  scope.addEventListener("error", (event) => {
    event.preventDefault();
    scope.postMessage({ type: "crashed", error: sent((event as ErrorEvent).error) });
  });
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    scope.postMessage({ type: "crashed", error: sent((event as PromiseRejectionEvent).reason) });
  });

  const received = ({ code, message, name, ...rest }: SentError): Error =>
    kernel === undefined || code === undefined || name !== "FerryError"
      ? new Error(message)
      : new kernel.FerryError(code, message, rest);

  const ask = (run: number, verb: string, ...args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const call = ++lastCall;
      waiting.set(call, { resolve, reject });
      scope.postMessage({ type: "call", call, run, verb, args });
    });

  const refuse = (what: string) => () =>
    Promise.reject(received({ name: "FerryError", code: "UNSUPPORTED", message: `A confined plugin cannot ${what}` }));

  const blobBody = (run: number, stream: unknown) =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      async pull(controller) {
        const piece = await ask(run, "readBlob", stream);
        if (piece === undefined) controller.close();
        else controller.enqueue(piece as Uint8Array<ArrayBuffer>);
      },
      async cancel() {
        await ask(run, "closeBlob", stream);
      },
    });

  const transportOf = (run: number, { scheme }: Reference) => ({
    scheme,
    remote: true,
    headManifest: (at: Reference) => ask(run, "headManifest", at),
    getManifest: async (at: Reference) => {
      const { digest, mediaType, raw } = await ask(run, "getManifest", at) as {
        readonly raw: Uint8Array;
        readonly mediaType: string;
        readonly digest: string;
      };
      return kernel?.parseManifest(raw, { mediaType, digest });
    },
    headBlob: (at: Reference, digest: string) => ask(run, "headBlob", at, digest),
    blobSource: (at: Reference, descriptor: unknown) => ({
      descriptor,
      reopenable: true,
      open: async (offset: number): Promise<BlobStream> => {
        const opened = await ask(run, "openBlob", at, descriptor, offset) as BlobStream & { readonly stream: number };
        return { size: opened.size, offset: opened.offset, body: blobBody(run, opened.stream) };
      },
    }),
    listTags: (at: Reference, { last, limit }: { last?: string; limit?: number } = {}) =>
      ask(run, "listTags", at, { ...(last === undefined ? {} : { last }), ...(limit === undefined ? {} : { limit }) }),
    listReferrers: (at: Reference, { artifactType }: { artifactType?: string } = {}) =>
      ask(run, "listReferrers", at, artifactType === undefined ? {} : { artifactType }),
    ping: (at: Reference) => ask(run, "ping", at),
    close: () => Promise.resolve(),
    putManifest: refuse("store a manifest"),
    deleteManifest: refuse("delete a manifest"),
    putBlob: refuse("store a blob"),
    deleteBlob: refuse("delete a blob"),
    deleteTag: refuse("delete a tag"),
  });

  const say = (run: number, level: string, message: string, fields?: Readonly<Record<string, unknown>>) =>
    scope.postMessage({
      type: "log",
      run,
      level,
      message,
      fields: fields === undefined ? "{}" : JSON.stringify(fields),
    });

  const contextOf = (run: number, program: string, signal: AbortSignal, env: Readonly<Record<string, string>>) => {
    const log = (level: string) => (message: string, fields?: Readonly<Record<string, unknown>>) =>
      say(run, level, String(message), fields);
    return {
      program,
      signal,
      log: { trace: log("trace"), debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
      transport: (reference: Reference) => Promise.resolve(transportOf(run, reference)),
      registry: refuse("work on a registry as a whole"),
      config: refuse("read the configuration"),
      prompt: refuse("ask anything"),
      withRegistries: () => {
        throw new Error("A confined plugin cannot change how registries are reached");
      },
      onCopyEvent: undefined,
      clock: {
        now: () => Date.now(),
        sleep: (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      },
      stdin: new ReadableStream({ start: (controller) => controller.close() }),
      env: (name: string) => {
        if (Object.hasOwn(env, name)) return env[name] === "" ? undefined : env[name]?.slice(1);
        throw received({
          name: "FerryError",
          code: "DENIED",
          message: `A confined plugin cannot read the variable "${name}", which was not granted`,
          hint: "add it again with --allow-env",
        });
      },
    };
  };

  const commandResult = async (given: CommandResult | void): Promise<SentResult> => {
    const { body, data, error, exit, text } = given ?? {};
    if (body !== undefined && !(body instanceof Uint8Array)) {
      throw received({ name: "FerryError", code: "UNSUPPORTED", message: "A confined plugin cannot give a stream" });
    }
    return {
      ...(text === undefined ? {} : { text: text() }),
      ...(data === undefined ? {} : { data: JSON.stringify(await data()) ?? "null" }),
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
      ...(exit === undefined ? {} : { exit }),
      ...(error === undefined ? {} : { error: sent(error) }),
    };
  };

  const work = async (run: number, { env, program, task }: Start, signal: AbortSignal): Promise<unknown> => {
    const context = contextOf(run, program, signal, env) as never;
    if (task.kind === "command") {
      const commands = task.noun === "" ? plugin?.commands : plugin?.verbs?.[task.noun];
      const handler = (await commands?.[task.verb]?.load())?.default;
      return await commandResult(await handler?.(context, task.input as never));
    }
    if (task.kind === "before-write" || task.kind === "after-write") {
      const { raw, ...told } = task.write;
      const { digest, mediaType } = told.descriptor ?? {};
      const manifest = raw === undefined || digest === undefined || mediaType === undefined
        ? undefined
        : kernel?.parseManifest(raw, { mediaType, digest });
      const write = { ...told, manifest, signal } as never;
      if (task.kind === "before-write") return await plugin?.writeHook?.before?.(write, context);
      return await plugin?.writeHook?.after?.(write, task.result as never, context);
    }
    const copy = {
      source: task.source,
      target: task.target,
      sourceTransport: transportOf(run, task.source),
      targetTransport: transportOf(run, task.target),
      signal,
    } as never;
    if (task.kind === "before") return await plugin?.copyHook?.before?.(copy, context);
    return await plugin?.copyHook?.after?.(copy, task.result as never, context);
  };

  const run = async (start: Start) => {
    const id = start.run;
    lastRun = id;
    const controller = new AbortController();
    runs.set(id, controller);
    try {
      scope.postMessage({ type: "done", run: id, value: await work(id, start, controller.signal) });
    } catch (error) {
      scope.postMessage({ type: "failed", run: id, error: sent(error) });
    } finally {
      runs.delete(id);
    }
  };

  const described = (commands: Readonly<Record<string, AddedCommand>>) => {
    const found: Record<string, DescribedCommand> = {};
    for (const [verb, { replaces, spec }] of Object.entries(commands ?? {})) {
      found[verb] = { spec, ...(replaces === true ? { replaces } : {}) };
    }
    return found;
  };

  const load = async (address: string) => {
    try {
      kernel = await loadKernel();
      tameGlobals(globalThis as unknown as Globals, (level, words) => say(lastRun, level, words));
      plugin = (await import(address)).default as Plugin | undefined;
      if (typeof plugin !== "object" || plugin === null) return scope.postMessage({ type: "loaded", plugin: "null" });
      const { aliases, api, copyHook, name, summary, version, writeHook } = plugin;
      const verbs = Object.entries(plugin.verbs ?? {}).map(([noun, commands]) => [noun, described(commands)] as const);
      const whole: DescribedPlugin = {
        name,
        summary,
        ...(aliases === undefined ? {} : { aliases }),
        ...(version === undefined ? {} : { version }),
        ...(api === undefined ? {} : { api }),
        commands: described(plugin.commands),
        verbs: Object.fromEntries(verbs),
        hook: (["before", "after"] as const).filter((call) => copyHook?.[call] !== undefined),
        writes: (["before", "after"] as const).filter((call) => writeHook?.[call] !== undefined),
        unconfinable: (["transports", "templateFunctions", "luaGlobals"] as const)
          .filter((part) => Object.keys(plugin?.[part] ?? {}).length > 0),
      };
      scope.postMessage({ type: "loaded", plugin: JSON.stringify(whole) });
    } catch (error) {
      scope.postMessage({ type: "unloadable", error: sent(error) });
    }
  };

  scope.onmessage = ({ data: message }) => {
    if (message.type === "load") void load(message.address);
    else if (message.type === "run") void run(message);
    else if (message.type === "stop") runs.get(message.run)?.abort();
    else {
      const answered = waiting.get(message.call);
      waiting.delete(message.call);
      if (message.error === undefined) answered?.resolve(message.value);
      else answered?.reject(received(message.error));
    }
  };
}
