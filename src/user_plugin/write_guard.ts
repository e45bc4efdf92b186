/**
 * The hooks of plugins around copies and other changes, as what a transport asks.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { FerryError } from "../errors.ts";
import type { Context } from "../plugin.ts";
import type { CopyHook, HookedWrite, WriteHook, WrittenResult } from "../plugin_parts.ts";
import { formatReference } from "../reference/format.ts";
import type { CopyGuard, Transport } from "../transport/transport.ts";

/** Hooks and whose they are. */
export interface NamedHooks {
  /** Name of the plugin. */
  readonly name: string;
  /** Its hook around copies. */
  readonly copyHook?: CopyHook | undefined;
  /** Its hook around every change. */
  readonly writeHook?: WriteHook | undefined;
}

/** What is asked about changes. */
export interface WriteGuard extends CopyGuard {
  /** Asks about a change that is no part of a copy, makes it, and tells of it. */
  around<T>(write: SingleWrite, work: () => Promise<T>): Promise<T>;
}

/** A change that is no part of a copy. */
export type SingleWrite = Pick<HookedWrite, "kind" | "target"> & Partial<HookedWrite>;

/** What is known of hooks when it is asked for: those that a copy has to ask, and those that any other change has to. */
export interface HookSource {
  /** Those around copies and those around every change. */
  readonly ofCopies: () => Promise<readonly NamedHooks[]>;
  /** Those around every change. */
  readonly ofWrites: () => Promise<readonly NamedHooks[]>;
}

/** Asks one hook after the other; the first that says no decides. */
export function createWriteGuard(hooks: HookSource, context: Context): WriteGuard {
  // What a hook changes is its own affair: to be asked about that it would ask itself without end.
  const inside = new AsyncLocalStorage<true>();
  const asked = async (name: string, ask: () => Promise<unknown> | undefined): Promise<string | undefined> => {
    const answer = await inside.run(true, ask);
    if (answer === undefined || answer === null) return undefined;
    // A policy that answers in a way that nobody understands must not let anything through.
    const skip: unknown = Object(answer).skip;
    if (typeof skip === "string") return skip;
    throw new FerryError("PLUGIN_INVALID", `Plugin "${name}" gave an answer that is not understood`, {
      hint: "before gives nothing, or { skip: reason }, or throws",
    });
  };
  const whole = (write: SingleWrite): HookedWrite => ({
    source: undefined,
    manifest: undefined,
    descriptor: undefined,
    signal: context.signal,
    ...write,
  });
  const ask = async (write: HookedWrite): Promise<void> => {
    for (const { name, writeHook } of await hooks.ofWrites()) {
      const skip = await asked(name, () => writeHook?.before?.(write, context));
      if (skip === undefined) continue;
      const place = write.target ?? write.source;
      const words = `Plugin "${name}" refused to change "${
        place === undefined ? "" : formatReference(place)
      }": ${skip}`;
      throw new FerryError("POLICY", write.kind === "export" ? words.replace("change", "export") : words);
    }
  };
  const tell = async (write: HookedWrite, result: WrittenResult): Promise<void> => {
    for (const { writeHook } of await hooks.ofWrites()) {
      await inside.run(true, () => writeHook?.after?.(write, result, context));
    }
  };
  return {
    async before(copy) {
      if (inside.getStore() === true) return undefined;
      const { signal, source, target } = copy;
      const write = whole({ kind: "copy", source, target, signal });
      for (const { copyHook, name, writeHook } of await hooks.ofCopies()) {
        const skip = await asked(name, () => copyHook?.before?.(copy, context)) ??
          await asked(name, () => writeHook?.before?.(write, context));
        if (skip === undefined) continue;
        const names = { source: formatReference(source), target: formatReference(target) };
        context.log.warn(`Copy left out by plugin "${name}": ${skip}`, names);
        return skip;
      }
      return undefined;
    },
    async after(copy, { changed, descriptor }) {
      if (inside.getStore() === true) return;
      const { signal, source, target } = copy;
      for (const { copyHook } of await hooks.ofCopies()) {
        await inside.run(true, () => copyHook?.after?.(copy, { descriptor, changed }, context));
      }
      await tell(whole({ kind: "copy", source, target, signal }), { descriptor, changed });
    },
    async export(source, signal = context.signal) {
      await ask(whole({ kind: "export", target: undefined, source, signal }));
    },
    async around(single, work) {
      if (inside.getStore() === true) return await work();
      const write = whole(single);
      await ask(write);
      const result = await work();
      await tell(write, { descriptor: Object(result).descriptor, changed: true });
      return result;
    },
  };
}

/** A transport whose changes are watched. */
export function withGuard<T extends Transport>(transport: T, guard: WriteGuard): T {
  const signalOf = (signal: AbortSignal | undefined) => signal === undefined ? {} : { signal };
  const watched: Partial<Transport> = {
    copyGuard: guard,
    putManifest: (target, manifest, options = {}) => {
      const work = () => transport.putManifest(target, manifest, options);
      const { descriptor } = manifest;
      if (options.guarded === true) return work();
      return guard.around({ kind: "put-manifest", target, manifest, descriptor, ...signalOf(options.signal) }, work);
    },
    putBlob: (target, source, options = {}) => {
      const work = () => transport.putBlob(target, source, options);
      const { descriptor } = source;
      if (options.guarded === true) return work();
      return guard.around({ kind: "put-blob", target, descriptor, ...signalOf(options.signal) }, work);
    },
    deleteManifest: (target, options = {}) =>
      guard.around(
        { kind: "delete-manifest", target, ...signalOf(options.signal) },
        () => transport.deleteManifest(target, options),
      ),
    deleteTag: (target, options = {}) =>
      guard.around(
        { kind: "delete-tag", target, ...signalOf(options.signal) },
        () => transport.deleteTag(target, options),
      ),
    deleteBlob: (target, digest, options = {}) => {
      const descriptor = { mediaType: "", digest, size: -1 };
      return guard.around(
        { kind: "delete-blob", target, descriptor, ...signalOf(options.signal) },
        () => transport.deleteBlob(target, digest, options),
      );
    },
  };
  return new Proxy(transport, {
    get: (target, key) => {
      if (Object.hasOwn(watched, key)) return Reflect.get(watched, key);
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
