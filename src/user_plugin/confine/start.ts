/**
 * Runs a plugin apart: in a worker without rights to files, network, programs and environment but those that were granted.
 *
 * @module
 */
import { dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FerryError } from "../../errors.ts";
import type { Command, CommandResult, Context, HandlerModule, Plugin } from "../../plugin.ts";
import type { AddedCommand, CopyHook, HookedCopy } from "../../plugin_parts.ts";
import type { Reference } from "../../reference/reference.ts";
import { reasonOf } from "../import_plugin.ts";
import type { Grants } from "../record.ts";
import { checkPlugin } from "../shape.ts";
import { type Answerer, createAnswerer } from "./answer.ts";
import { errorOf, sentError } from "./errors.ts";
import type { DescribedCommand, DescribedPlugin, FromPlugin, SentResult, Task, ToPlugin } from "./messages.ts";
import { workerAddress } from "./worker.ts";

/** A run of a handler or a hook. */
interface Run {
  readonly answerer: Answerer;
  readonly context: Context;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Milliseconds that loading may take: a module that never ends must not keep the program. */
const LOADING = 30_000;

/**
 * Starts a worker with the plugin at `path`; its handlers and hooks run there.
 *
 * @throws {FerryError} PLUGIN_INVALID
 */
export async function startConfined(
  path: string,
  from: string,
  grants: Grants,
  cleanup: (undo: () => Promise<void>) => void,
): Promise<Plugin> {
  const confined = new Confined(from, grants, dirname(path));
  cleanup(() => Promise.resolve(confined.end()));
  try {
    return pluginOf(await confined.load(pathToFileURL(path).href), confined, from);
  } catch (error) {
    confined.end();
    throw error;
  }
}

class Confined {
  readonly #from: string;
  readonly #grants: Grants;
  readonly #worker: Worker;
  readonly #runs = new Map<number, Run>();
  #lastRun = 0;
  #loading: { resolve(plugin: DescribedPlugin | undefined): void; reject(error: unknown): void } | undefined;

  constructor(from: string, grants: Grants, folder: string) {
    this.#from = from;
    this.#grants = grants;
    this.#worker = new Worker(workerAddress(), {
      type: "module",
      deno: {
        permissions: {
          // Modules are read by the rights of who imports them where the program runs from its sources.
          read: [folder, ...ownSources(), ...grants.read],
          net: grants.net.length === 0 ? false : [...grants.net],
          env: grants.env.length === 0 ? false : [...grants.env],
          write: false,
          run: false,
          ffi: false,
          sys: false,
          import: false,
        },
      },
    });
    this.#worker.onmessage = ({ data }: MessageEvent<FromPlugin>) => void this.#receive(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(new FerryError("PLUGIN_INVALID", `Plugin "${from}" failed: ${reasonOf(event.message)}`));
    };
  }

  async load(address: string): Promise<DescribedPlugin | undefined> {
    const late = setTimeout(
      () =>
        this.#fail(new FerryError("PLUGIN_INVALID", `Plugin "${this.#from}" cannot be used: it does not end loading`)),
      LOADING,
    );
    try {
      return await new Promise((resolve, reject) => {
        this.#loading = { resolve, reject };
        this.#send({ type: "load", address });
      });
    } finally {
      clearTimeout(late);
    }
  }

  /** Runs a task and gives what it gave. */
  async run(task: Task, context: Context, copy?: HookedCopy): Promise<unknown> {
    const run = ++this.#lastRun;
    const answerer = createAnswerer(context, placesOf(task), this.#grants, copy);
    const stop = () => {
      this.#send({ type: "stop", run });
      this.#runs.get(run)?.reject(context.signal.reason);
    };
    try {
      context.signal.throwIfAborted();
      context.signal.addEventListener("abort", stop, { once: true });
      return await new Promise((resolve, reject) => {
        this.#runs.set(run, { answerer, context, resolve, reject });
        this.#send({ type: "run", run, program: context.program, task });
      });
    } finally {
      context.signal.removeEventListener("abort", stop);
      this.#runs.delete(run);
      await answerer.close();
    }
  }

  /** An error of the plugin. */
  failure(error: Parameters<typeof errorOf>[0]): FerryError {
    return errorOf(error, this.#from);
  }

  end(): void {
    this.#worker.terminate();
  }

  #send(message: ToPlugin): void {
    this.#worker.postMessage(message);
  }

  #fail(error: unknown): void {
    this.#loading?.reject(error);
    for (const { reject } of this.#runs.values()) reject(error);
  }

  async #receive(message: FromPlugin): Promise<void> {
    if (message.type === "loaded") return this.#loading?.resolve(message.plugin);
    if (message.type === "unloadable") {
      const { message: reason } = message.error;
      const words = `Plugin "${this.#from}" cannot be loaded: ${reasonOf(reason)}`;
      return this.#loading?.reject(new FerryError("PLUGIN_INVALID", words));
    }
    if (message.type === "crashed") return this.#fail(this.failure(message.error));
    const run = this.#runs.get(message.run);
    if (run === undefined) return;
    switch (message.type) {
      case "log": {
        const log = run.context.log;
        const levels: Readonly<Record<string, typeof log.info>> = {
          trace: log.trace,
          debug: log.debug,
          info: log.info,
          warn: log.warn,
          error: log.error,
        };
        return levels[message.level]?.(message.message, { plugin: this.#from, ...Object(message.fields) });
      }
      case "done":
        return run.resolve(message.value);
      case "failed":
        return run.reject(this.failure(message.error));
      case "call": {
        const { call } = message;
        try {
          this.#send({ type: "answer", call, value: await run.answerer.answer(message.verb, message.args) });
        } catch (error) {
          this.#send({ type: "answer", call, error: sentError(error) });
        }
      }
    }
  }
}

/** References that a task is about: a command's arguments and flags, or both ends of a copy. */
function placesOf(task: Task): readonly Reference[] {
  if (task.kind !== "command") return [task.source, task.target];
  const { args, flags } = Object(task.input);
  return [...Object.values(Object(args)), ...Object.values(Object(flags))].flat()
    .filter((value): value is Reference => typeof Object(value).scheme === "string");
}

function pluginOf(described: DescribedPlugin | undefined, confined: Confined, from: string): Plugin {
  if (described === undefined) return checkPlugin(undefined, from);
  const { commands, hook, unconfinable, verbs, ...rest } = described;
  if (unconfinable[0] !== undefined) {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${from}" cannot be confined: it has ${unconfinable.join(", ")}`, {
      hint: "only commands, verbs and copy hooks run apart; add it without --confine if you trust it",
    });
  }
  const made = (noun: string, given: Readonly<Record<string, DescribedCommand>>) =>
    Object.fromEntries(
      Object.entries(given).map(([verb, one]) => [verb, commandOf(confined, noun, verb, one)] as const),
    );
  return checkPlugin({
    ...rest,
    commands: made("", commands),
    verbs: Object.fromEntries(Object.entries(verbs).map(([noun, given]) => [noun, made(noun, given)])),
    ...(hook.length === 0 ? {} : { copyHook: hookOf(confined, hook) }),
  }, from);
}

function commandOf(confined: Confined, noun: string, verb: string, described: DescribedCommand): AddedCommand {
  const module: HandlerModule = {
    default: async (context, input) => {
      const given = await confined.run({ kind: "command", noun, verb, input }, context);
      return resultOf(given as SentResult, confined);
    },
  };
  const load: Command["load"] = () => Promise.resolve(module);
  return { ...described, load };
}

function resultOf({ body, data, error, exit, text }: SentResult, confined: Confined): CommandResult {
  return {
    ...(text === undefined ? {} : { text: () => text }),
    ...(data === undefined ? {} : { data: () => JSON.parse(data) }),
    ...(body === undefined ? {} : { body }),
    ...(exit === undefined ? {} : { exit }),
    ...(error === undefined ? {} : { error: confined.failure(error) }),
  };
}

function hookOf(confined: Confined, calls: readonly ("before" | "after")[]): CopyHook {
  return {
    ...(calls.includes("before")
      ? {
        before: async (copy, context) =>
          await confined.run({ kind: "before", source: copy.source, target: copy.target }, context, copy) as
            | { readonly skip: string }
            | undefined,
      }
      : {}),
    ...(calls.includes("after")
      ? {
        after: async (copy, result, context) =>
          void await confined.run({ kind: "after", source: copy.source, target: copy.target, result }, context, copy),
      }
      : {}),
  };
}

/** Folder of the program's own sources, where it runs from them: what is compiled reads its modules without any right. */
function ownSources(): readonly string[] {
  const own = "/user_plugin/confine/start.ts";
  return import.meta.url.endsWith(own) ? [fileURLToPath(import.meta.url.slice(0, -own.length))] : [];
}
