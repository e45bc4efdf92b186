/**
 * A plugin made of what a worker says of it: its handlers and hooks run there.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import type { Command, CommandResult, Context, HandlerModule, Plugin } from "../../plugin.ts";
import type { AddedCommand, CopyHook, HookedCopy, HookedWrite, WriteHook } from "../../plugin_parts.ts";
import { checkPlugin } from "../shape.ts";
import { errorOf } from "./errors.ts";
import type { SentWrite, Task } from "./messages.ts";
import { fieldsOf, plainData, plainLine, plainText } from "./plain.ts";

/** Runs a task in the worker. */
export type RunTask = (task: Task, context: Context, copy?: HookedCopy) => Promise<unknown>;

/**
 * The plugin that a worker described; `described` is JSON.
 *
 * @throws {FerryError} PLUGIN_INVALID
 */
export function describedPlugin(described: unknown, run: RunTask, from: string): Plugin {
  let value: unknown;
  try {
    value = plainData(described);
  } catch {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${from}" cannot be used: it does not say what it is`);
  }
  if (value === null) return checkPlugin(undefined, from);
  const { commands, hook, unconfinable, verbs, writes, ...rest } = fieldsOf(value);
  const added = Object.entries(fieldsOf(verbs)).map(([noun, given]) =>
    [noun, commandsOf(run, from, noun, given)] as const
  );
  const parts = [
    ...(Array.isArray(unconfinable) ? unconfinable.map(String) : []),
    // It would be given what is meant for the program: passwords that are typed, for example.
    ...(added.some(([, given]) => Object.values(given).some(({ replaces }) => replaces === true))
      ? ["a verb that takes the place of another"]
      : []),
  ];
  if (parts.length > 0) {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${from}" cannot be confined: it has ${parts.join(", ")}`, {
      hint: "only commands, verbs and hooks run apart; add it without --confine if you trust it",
    });
  }
  const copyHook = copyHookOf(run, hook);
  const writeHook = writeHookOf(run, writes);
  return checkPlugin({
    ...rest,
    commands: commandsOf(run, from, "", commands),
    verbs: Object.fromEntries(added),
    ...(copyHook === undefined ? {} : { copyHook }),
    ...(writeHook === undefined ? {} : { writeHook }),
  }, from);
}

function commandsOf(run: RunTask, from: string, noun: string, given: unknown): Record<string, AddedCommand> {
  return Object.fromEntries(
    Object.entries(fieldsOf(given)).map(([verb, described]) => {
      const module: HandlerModule = {
        default: async (context, input) => resultOf(await run({ kind: "command", noun, verb, input }, context), from),
      };
      const load: Command["load"] = () => Promise.resolve(module);
      return [verb, { ...fieldsOf(described), load } as unknown as AddedCommand] as const;
    }),
  );
}

function resultOf(given: unknown, from: string): CommandResult {
  const { body, data, error, exit, text } = fieldsOf(given);
  return {
    untrusted: true,
    ...(text === undefined ? {} : { text: () => plainText(String(text)) }),
    ...(data === undefined ? {} : { data: () => dataOf(data, from) }),
    ...(body instanceof Uint8Array ? { body: new Uint8Array(body) } : {}),
    ...(Number.isInteger(exit) && Number(exit) >= 0 && Number(exit) < 256 ? { exit: Number(exit) } : {}),
    ...(error === undefined ? {} : { error: errorOf(error, from) }),
  };
}

function dataOf(json: unknown, from: string): unknown {
  try {
    return plainData(json);
  } catch {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${from}" gave data that is no JSON`);
  }
}

function copyHookOf(run: RunTask, calls: unknown): CopyHook | undefined {
  return hookOf<CopyHook>(calls, {
    before: async (copy, context) => {
      const { source, target } = copy;
      return skipOf(await run({ kind: "before", source, target }, context, copy));
    },
    after: async (copy, result, context) => {
      const { source, target } = copy;
      await run({ kind: "after", source, target, result }, context, copy);
    },
  });
}

function writeHookOf(run: RunTask, calls: unknown): WriteHook | undefined {
  return hookOf<WriteHook>(calls, {
    before: async (write, context) => skipOf(await run({ kind: "before-write", write: sentWrite(write) }, context)),
    after: async (write, result, context) => {
      await run({ kind: "after-write", write: sentWrite(write), result }, context);
    },
  });
}

function hookOf<T>(calls: unknown, hook: T): T | undefined {
  const given = Array.isArray(calls) ? Object.entries(Object(hook)).filter(([call]) => calls.includes(call)) : [];
  return given.length === 0 ? undefined : Object.fromEntries(given) as T;
}

/** What a hook answered; what is no answer is refused by who asked. */
function skipOf(answer: unknown): { readonly skip: string } {
  const { skip } = fieldsOf(answer);
  return typeof skip === "string" ? { skip: plainLine(skip) } : answer as { readonly skip: string };
}

function sentWrite({ descriptor, kind, manifest, source, target }: HookedWrite): SentWrite {
  return { kind, source, target, descriptor, raw: manifest?.raw };
}
