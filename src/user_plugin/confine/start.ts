/**
 * Runs a plugin apart: in a worker without rights to files, network, programs and environment but those that were granted.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FerryError } from "../../errors.ts";
import type { Context, Plugin } from "../../plugin.ts";
import type { HookedCopy } from "../../plugin_parts.ts";
import type { Reference } from "../../reference/reference.ts";
import { reasonOf } from "../import_plugin.ts";
import type { Grants } from "../record.ts";
import { type Answerer, createAnswerer } from "./answer.ts";
import { describedPlugin } from "./described.ts";
import { errorOf, sentError } from "./errors.ts";
import type { FromPlugin, Task, ToPlugin } from "./messages.ts";
import { checkModules } from "./modules.ts";
import { fieldsOf, plainData, plainLine, plainText } from "./plain.ts";
import { workerAddress } from "./worker.ts";

/** A run of a handler or a hook. */
interface Run {
  readonly answerer: Answerer;
  readonly context: Context;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Files of a plugin that is to run apart. */
export interface ConfinedFiles {
  /** Folder that they are in. */
  readonly root: string;
  /** The main module, in the folder. */
  readonly entry: string;
  /** All of them, in the folder. */
  readonly names: readonly string[];
}

/** Milliseconds that loading may take: a module that never ends must not keep the program. */
const LOADING = 30_000;

/**
 * Starts a worker with a plugin; its handlers and hooks run there.
 *
 * @throws {FerryError} PLUGIN_INVALID
 */
export async function startConfined(
  files: ConfinedFiles,
  from: string,
  grants: Grants,
  cleanup: (undo: () => Promise<void>) => void,
): Promise<Plugin> {
  await checkModules(from, new Set(files.names), (name) => Deno.readFile(join(files.root, name)));
  const confined = new Confined(from, grants, files);
  cleanup(() => Promise.resolve(confined.end()));
  try {
    const described = await confined.load(pathToFileURL(join(files.root, files.entry)).href);
    return describedPlugin(described, (task, context, copy) => confined.run(task, context, copy), from);
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
  #loading: { resolve(plugin: unknown): void; reject(error: unknown): void } | undefined;
  /** Why nothing runs there any more. */
  #dead: FerryError | undefined;

  constructor(from: string, grants: Grants, { names, root }: ConfinedFiles) {
    this.#from = from;
    this.#grants = grants;
    this.#worker = new Worker(workerAddress(), {
      type: "module",
      deno: {
        permissions: {
          // Modules are read by the rights of who imports them where the program runs from its sources. It is files that may be read, and
          // not their folder: a folder that may be read may be made the working folder of the whole process.
          read: [...names.map((name) => join(root, name)), ...ownSources(), ...grants.read],
          net: grants.net.length === 0 ? false : [...grants.net],
          // A variable that may be read may be changed as well, for the whole process: values are sent instead.
          env: false,
          write: false,
          run: false,
          ffi: false,
          sys: false,
          import: false,
        },
      },
    });
    this.#worker.onmessage = ({ data }: MessageEvent<unknown>) => void this.#receive(data);
    this.#worker.onmessageerror = () => this.#fail(this.#failure({ message: "what it sent cannot be read" }));
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#dead = this.#failure({ message: reasonOf(event.message) });
      this.#fail(this.#dead);
    };
  }

  async load(address: string): Promise<unknown> {
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
    if (this.#dead !== undefined) throw this.#dead;
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
        this.#send({ type: "run", run, program: context.program, task, env: this.#variables(context) });
      });
    } finally {
      context.signal.removeEventListener("abort", stop);
      this.#runs.delete(run);
      await answerer.close();
    }
  }

  end(): void {
    this.#worker.terminate();
  }

  #variables(context: Context): Record<string, string> {
    return Object.fromEntries(this.#grants.env.map((name) => {
      const value = context.env(name);
      return [name, value === undefined ? "" : `=${value}`];
    }));
  }

  #failure(error: unknown): FerryError {
    return errorOf(error, this.#from);
  }

  #send(message: ToPlugin): void {
    this.#worker.postMessage(message);
  }

  #fail(error: unknown): void {
    this.#loading?.reject(error);
    for (const { reject } of this.#runs.values()) reject(error);
  }

  /** The plugin's own code may send anything, also in the name of what keeps to the rules: nothing of it fails the program. */
  async #receive(data: unknown): Promise<void> {
    try {
      await this.#take(fieldsOf(data) as unknown as FromPlugin);
    } catch {
      this.#fail(this.#failure({ message: "it sent what is not understood" }));
    }
  }

  async #take(message: FromPlugin): Promise<void> {
    if (message.type === "loaded") return this.#loading?.resolve(message.plugin);
    if (message.type === "unloadable") {
      const words = `Plugin "${this.#from}" cannot be loaded: ${plainLine(reasonOf(fieldsOf(message.error).message))}`;
      return this.#loading?.reject(new FerryError("PLUGIN_INVALID", words));
    }
    if (message.type === "crashed") return this.#fail(this.#failure(message.error));
    const run = this.#runs.get(message.run);
    if (run === undefined) return;
    switch (message.type) {
      case "log":
        return logOf(run.context, message.level)?.(plainText(String(message.message)), {
          ...fieldsOf(plainData(message.fields)),
          plugin: this.#from,
        });
      case "done":
        return run.resolve(message.value);
      case "failed":
        return run.reject(this.#failure(message.error));
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

function logOf({ log }: Context, level: unknown): typeof log.info | undefined {
  switch (level) {
    case "trace":
    case "debug":
    case "info":
    case "warn":
    case "error":
      return log[level];
    default:
      return undefined;
  }
}

/** References that a task is about: a command's arguments and flags, or both ends of a copy or another change. */
function placesOf(task: Task): readonly Reference[] {
  if (task.kind !== "command") {
    const { source, target } = "write" in task ? task.write : task;
    return [source, target].filter((one) => one !== undefined);
  }
  const { args, flags } = fieldsOf(task.input);
  return [...Object.values(fieldsOf(args)), ...Object.values(fieldsOf(flags))].flat()
    .filter((value): value is Reference => typeof fieldsOf(value).scheme === "string");
}

/** Folder of the program's own sources, where it runs from them: what is compiled reads its modules without any right. */
function ownSources(): readonly string[] {
  const own = "/user_plugin/confine/start.ts";
  return import.meta.url.endsWith(own) ? [fileURLToPath(import.meta.url.slice(0, -own.length))] : [];
}
