/**
 * `manifest`: manifests of registries and layouts.
 *
 * @module
 */
import {
  indentJson,
  type JsonObject,
  type LuaCall,
  LuaError,
  type LuaFunction,
  type LuaLibrary,
  type Manifest,
  parseManifest,
  withDigest,
} from "../../../src/mod.ts";
import { fromScript, same } from "../shapes/from_script.ts";
import { goJson } from "../shapes/go_json.ts";
import { shapeOf } from "../shapes/manifest.ts";
import { DESCRIPTOR } from "../shapes/shape.ts";
import { toScript } from "../shapes/to_script.ts";
import { configFunction } from "./image_library.ts";
import { type Found, getManifest, headManifest, wholeManifest } from "./lookup.ts";
import { type Classes, manifestObject, referenceAt, ScriptConfig, ScriptManifest, ScriptReference } from "./objects.ts";
import { rateLimitFunction, rateLimitWaitFunction } from "./rate_limit.ts";
import { attempt, nameOf, type Session } from "./session.ts";

/** The functions on manifests, each under the names of the library and as a method where it is one. */
export interface ManifestFunctions {
  readonly library: LuaLibrary;
  readonly methods: Readonly<Record<string, LuaFunction>>;
  readonly text: LuaFunction;
  /** `image.manifest` and others, names of older releases. */
  readonly aliases: LuaLibrary;
}

/** The functions; `classes` is asked for when they run. */
export function manifestFunctions(session: Session, classes: () => Classes): ManifestFunctions {
  const get = (index: boolean): LuaFunction => async (call) => {
    const reference = referenceAt(session, call, 1);
    const platform = index ? "index" : call.count === 2 && call.type(2) !== "nil" ? call.text(2) : undefined;
    const name = nameOf(reference);
    session.debug("Retrieve manifest", { image: name, list: index, platform: index ? "" : platform ?? "" });
    const found = await attempt(
      `Failed retrieving "${name}" manifest`,
      () => getManifest(session, reference, platform, call.signal),
    );
    return manifestObject(classes(), found);
  };
  const head: LuaFunction = async (call) => {
    const reference = referenceAt(session, call, 1);
    const name = nameOf(reference);
    session.debug("Retrieve manifest with head", { image: name });
    const found = await attempt(
      `Failed retrieving "${name}" manifest`,
      () => headManifest(session, reference, call.signal),
    );
    return manifestObject(classes(), found);
  };
  const descriptor: LuaFunction = async (call) => {
    const { descriptor } = await foundAt(session, call, 1, true);
    return toScript(descriptor as unknown as JsonObject, DESCRIPTOR);
  };
  const remove: LuaFunction = async (call) => {
    const { descriptor, reference } = await foundAt(session, call, 1, true);
    const target = reference.digest === "" ? { ...reference, digest: descriptor.digest } : reference;
    const name = nameOf(target);
    await session.change(
      "Delete manifest",
      target,
      { image: name },
      () =>
        attempt(`Failed deleting "${name}"`, async () => {
          const transport = await session.transport(target);
          await transport.deleteManifest(withDigest(target, target.digest), { signal: call.signal, referrers: true });
          await transport.close(target);
          session.forgetCopies();
        }),
    );
  };
  const put: LuaFunction = async (call) => {
    const target = referenceAt(session, call, 2);
    const manifest = await wholeManifest(session, await foundAt(session, call, 1, false), call.signal);
    const name = nameOf(target);
    await session.change(
      "Put manifest",
      target,
      { image: name, digest: manifest.descriptor.digest },
      () =>
        attempt("Failed to put manifest", async () => {
          const transport = await session.transport(target);
          await transport.putManifest(target, manifest, { signal: call.signal });
          await transport.close(target);
        }),
    );
  };
  const exported: LuaFunction = (call) => {
    const value = call.object(1)?.value;
    if (!(value instanceof ScriptManifest)) return call.bad(1, "manifest expected");
    const { manifest, reference } = value.found;
    if (manifest === undefined) throw new LuaError("Failed exporting manifest: only its descriptor is known");
    const edited = edit(manifest, call);
    return manifestObject(classes(), { manifest: edited, descriptor: edited.descriptor, reference });
  };
  const text: LuaFunction = (call) => {
    const value = call.object(1)?.value;
    if (!(value instanceof ScriptManifest)) return call.bad(1, "manifest expected");
    const { descriptor, manifest } = value.found;
    return indentJson(manifest?.raw ?? JSON.stringify(descriptor));
  };
  const ratelimit = rateLimitFunction(session);
  const ratelimitWait = rateLimitWaitFunction(session);
  const [getOne, getList] = [get(false), get(true)];
  return {
    library: { descriptor, get: getOne, getList, head, put, delete: remove, export: exported },
    methods: {
      config: configFunction(session, classes),
      delete: remove,
      descriptor,
      export: exported,
      get: getOne,
      head,
      put,
      ratelimit,
      ratelimitWait,
    },
    text,
    aliases: { manifest: getOne, manifestHead: head, manifestList: getList, ratelimit, ratelimitWait },
  };
}

/** The manifest that an argument is or names. */
export function foundAt(session: Session, call: LuaCall, at: number, head: boolean): Promise<Found> {
  const value = call.object(at)?.value;
  if (value instanceof ScriptManifest) return Promise.resolve(value.found);
  if (value instanceof ScriptConfig) {
    const { manifest, reference } = value.found;
    return Promise.resolve({ manifest, descriptor: manifest.descriptor, reference });
  }
  if (value !== undefined && !(value instanceof ScriptReference)) return call.bad(at, "manifest expected");
  if (value === undefined && call.type(at) !== "string") return call.bad(at, "manifest expected");
  const reference = referenceAt(session, call, at);
  const { signal } = call;
  if (!head) return attempt("manifest pull failed", () => getManifest(session, reference, "index", signal));
  return attempt(`Failed retrieving "${nameOf(reference)}" manifest`, () => headManifest(session, reference, signal));
}

/** A manifest as a script left its fields; the very same one where nothing was changed. */
function edit(manifest: Manifest, call: LuaCall): Manifest {
  const shape = shapeOf(manifest);
  if (shape.length === 0) return manifest;
  const json = fromScript(call.fields(1), shape, manifest.json);
  if (same(json, manifest.json)) return manifest;
  return parseManifest(goJson(json), { mediaType: manifest.descriptor.mediaType });
}
