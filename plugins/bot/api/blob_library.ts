/**
 * `blob`: single blobs. A script handles them without seeing their content.
 *
 * @module
 */
import {
  type BlobSource,
  bytesSource,
  type Descriptor,
  digestOf,
  FerryError,
  type LuaCall,
  type LuaClass,
  type LuaFunction,
  type LuaLibrary,
  LuaObject,
  LuaResults,
  type Reference,
} from "../../../src/mod.ts";
import { referenceAt, ScriptBlob, ScriptConfig } from "./objects.ts";
import { attempt, nameOf, type Session } from "./session.ts";

/** `blob`. */
export function blobLibrary(session: Session): LuaLibrary {
  const kind: LuaClass = { name: "blob", methods: {} };
  const look: LuaFunction = async (call) => {
    const reference = referenceAt(session, call, 1);
    const digest = call.count >= 2 ? call.text(2) : reference.digest;
    const name = nameOf(reference);
    session.debug("Retrieve blob", { ref: name, digest });
    const descriptor = await attempt(`Failed retrieving "${name}" blob "${digest}"`, async () => {
      const found = await (await session.transport(reference)).headBlob(reference, digest, { signal: call.signal });
      if (found === undefined) throw new FerryError("BLOB_UNKNOWN", `Blob "${digest}" does not exist`);
      return found;
    });
    return new LuaObject(kind, new ScriptBlob(reference, descriptor));
  };
  const put: LuaFunction = async (call) => {
    const target = referenceAt(session, call, 1);
    const content = contentAt(call, 2);
    const name = nameOf(target);
    const { signal } = call;
    const stored = await session.change(
      "Put blob",
      target,
      { ref: name },
      () =>
        attempt("Failed to put blob", async () => {
          const transport = await session.transport(target);
          const source = content instanceof ScriptBlob
            ? (await session.transport(content.reference)).blobSource(content.reference, content.descriptor)
            : sourceOf(content);
          const there = await transport.headBlob(target, source.descriptor.digest, { signal });
          if (there !== undefined) return source.descriptor;
          return (await transport.putBlob(target, source, { signal, ...mountFrom(content, target) })).descriptor;
        }),
    );
    const { digest, size } = stored ?? (content instanceof ScriptBlob ? content : sourceOf(content)).descriptor;
    return new LuaResults(digest, size);
  };
  return { get: look, head: look, put };
}

function contentAt(call: LuaCall, at: number): ScriptBlob | Uint8Array<ArrayBuffer> {
  if (call.type(at) === "string") return call.bytes(at);
  const value = call.object(at)?.value;
  if (value instanceof ScriptBlob) return value;
  if (value instanceof ScriptConfig) return new Uint8Array(value.found.raw);
  return call.bad(at, "blob content expected");
}

function mountFrom(content: ScriptBlob | Uint8Array, target: Reference): { readonly mountFrom?: Reference } {
  if (!(content instanceof ScriptBlob)) return {};
  const { reference } = content;
  return reference.scheme === "reg" && reference.registry === target.registry ? { mountFrom: reference } : {};
}

function sourceOf(bytes: Uint8Array<ArrayBuffer>): BlobSource {
  const descriptor: Descriptor = {
    mediaType: "application/octet-stream",
    digest: digestOf(bytes),
    size: bytes.byteLength,
  };
  return bytesSource(bytes, descriptor);
}
