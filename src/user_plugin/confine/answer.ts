/**
 * What a confined plugin may ask the program for: reads of manifests, blobs, tags and referrers, with the person's own rights at the
 * registries. Nothing that changes anything is answered, and nothing of places that the person did not name: who could ask for any name
 * at any registry could tell what it has read to whoever runs that registry.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import type { Context } from "../../plugin.ts";
import type { HookedCopy } from "../../plugin_parts.ts";
import { type Reference, sameRegistry, sameRepository } from "../../reference/reference.ts";
import type { Transport } from "../../transport/transport.ts";
import type { Grants } from "../record.ts";
import { askedDescriptor, askedDigest, askedNumber, askedOptions, askedReference } from "./asked.ts";

/** Answers the calls of one run. */
export interface Answerer {
  /** Answers a call. */
  answer(verb: string, args: readonly unknown[]): Promise<unknown>;
  /** Ends what is still being read. */
  close(): Promise<void>;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Blobs that may be read at a time. */
const READERS_MOST = 64;

/** An answerer for a handler, or for a hook around a copy. `named` are the places that it may ask for, besides hosts that are granted. */
export function createAnswerer(
  context: Context,
  named: readonly Reference[],
  grants: Grants,
  copy?: HookedCopy,
): Answerer {
  const { signal } = context;
  const readers = new Map<number, Reader>();
  let last = 0;
  let closed = false;
  const transportOf = async (at: Reference): Promise<Transport> => {
    const isNamed = named.some((one) => sameRegistry(one, at) || sameRepository(one, at));
    if (!isNamed && !(at.scheme === "reg" && grants.net.includes(at.registry))) {
      throw new FerryError(
        "DENIED",
        `A confined plugin cannot ask for "${at.registry || at.path}", which nobody named`,
        {
          hint: "grant the registry with --allow-net, or give it as an argument",
        },
      );
    }
    if (copy !== undefined && sameRepository(at, copy.source)) return copy.sourceTransport;
    if (copy !== undefined && sameRepository(at, copy.target)) return copy.targetTransport;
    return await context.transport(at);
  };
  const VERBS: Readonly<Record<string, (transport: Transport, at: Reference, args: readonly unknown[]) => unknown>> = {
    headManifest: (transport, at) => transport.headManifest(at, { signal }),
    getManifest: async (transport, at) => {
      const { descriptor, raw } = await transport.getManifest(at, { signal });
      return { raw, mediaType: descriptor.mediaType, digest: descriptor.digest };
    },
    headBlob: (transport, at, [digest]) => transport.headBlob(at, askedDigest(digest), { signal }),
    openBlob: async (transport, at, [descriptor, offset]) => {
      if (readers.size >= READERS_MOST) {
        throw new FerryError("UNSUPPORTED", `A confined plugin cannot read more than ${READERS_MOST} blobs at a time`);
      }
      const opened = await transport.blobSource(at, askedDescriptor(descriptor)).open(askedNumber(offset), { signal });
      const reader = opened.body.getReader();
      // What was asked for may be over by now.
      if (closed) await reader.cancel();
      else readers.set(++last, reader);
      return { stream: last, size: opened.size, offset: opened.offset };
    },
    listTags: (transport, at, [options]) => transport.listTags(at, { ...askedOptions(options), signal }),
    listReferrers: (transport, at, [options]) => transport.listReferrers(at, { ...askedOptions(options), signal }),
    ping: (transport, at) => transport.ping(at, { signal }),
  };
  return {
    async answer(verb, [first, ...args]) {
      if (verb === "readBlob" || verb === "closeBlob") {
        const reader = readers.get(Number(first));
        const piece = verb === "readBlob" ? await reader?.read() : await reader?.cancel();
        if (piece?.done === false) return piece.value;
        readers.delete(Number(first));
        return undefined;
      }
      const call = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined;
      if (call === undefined) throw new FerryError("UNSUPPORTED", "A confined plugin cannot ask for that");
      const at = askedReference(first);
      return await call(await transportOf(at), at, args);
    },
    async close() {
      closed = true;
      for (const reader of readers.values()) await reader.cancel().catch(() => {});
      readers.clear();
    },
  };
}
