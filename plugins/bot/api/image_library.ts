/**
 * `image` and the objects of `image.config`: images as a whole.
 *
 * @module
 */
import { indentJson, type JsonObject, type LuaClass, type LuaFunction, type LuaLibrary } from "../../../src/mod.ts";
import { archiveFunctions } from "./archive_functions.ts";
import { fromScript } from "../shapes/from_script.ts";
import { goJson } from "../shapes/go_json.ts";
import { IMAGE_CONFIG } from "../shapes/shape.ts";
import { configOf, getConfig, wholeManifest } from "./lookup.ts";
import { type Classes, configObject, referenceAt, ScriptConfig, ScriptManifest } from "./objects.ts";
import { optionsAt } from "./options.ts";
import { nameOf, type Session } from "./session.ts";

/** `image.config(ref or manifest)`, and the method of manifests. */
export function configFunction(session: Session, classes: () => Classes): LuaFunction {
  return async (call) => {
    const value = call.object(1)?.value;
    const reference = referenceAt(session, call, 1);
    const { signal } = call;
    return await session.action(async () => {
      session.debug("Retrieve image config", { image: nameOf(reference) });
      if (value instanceof ScriptConfig) {
        return configObject(classes(), await configOf(session, value.found.manifest, reference, signal));
      }
      if (value instanceof ScriptManifest) {
        const manifest = await wholeManifest(session, value.found, signal);
        return configObject(classes(), await configOf(session, manifest, reference, signal));
      }
      return configObject(classes(), await getConfig(session, reference, signal));
    }, signal);
  };
}

/** The kind of configurations. */
export function configClass(classes: () => Classes): LuaClass {
  return {
    name: "imageconfig",
    methods: {
      export: (call) => {
        const value = call.object(1)?.value;
        if (!(value instanceof ScriptConfig)) return call.bad(1, "config expected");
        const original = JSON.parse(new TextDecoder().decode(value.found.raw)) as JsonObject;
        const edited = fromScript(call.fields(1), IMAGE_CONFIG, original);
        return configObject(classes(), { ...value.found, raw: goJson(edited) });
      },
    },
    text: (call) => {
      const value = call.object(1)?.value;
      if (!(value instanceof ScriptConfig)) return call.bad(1, "config expected");
      return indentJson(value.found.raw);
    },
  };
}

/** `image`. */
export function imageLibrary(session: Session, classes: () => Classes, aliases: LuaLibrary): LuaLibrary {
  return {
    ...aliases,
    ...archiveFunctions(session),
    config: configFunction(session, classes),
    copy: copyFunction(session),
  };
}

/** `image.copy(source, target [, options])`. The engine of copies is loaded with the first one. */
function copyFunction(session: Session): LuaFunction {
  return async (call) => {
    const source = referenceAt(session, call, 1);
    const target = referenceAt(session, call, 2);
    const options = optionsAt(call, 3);
    const { signal } = call;
    const { copyForScript } = await import("./copy_image.ts");
    await copyForScript(session, source, target, options, signal);
  };
}
