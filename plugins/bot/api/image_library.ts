/**
 * `image` and the objects of `image.config`: images as a whole.
 *
 * @module
 */
import {
  copyImage,
  indentJson,
  type JsonObject,
  localPlatform,
  type LuaClass,
  LuaError,
  type LuaFunction,
  type LuaLibrary,
  parsePlatform,
  type Platform,
} from "../../../src/mod.ts";
import { archiveFunctions } from "./archive_functions.ts";
import { fromScript } from "../shapes/from_script.ts";
import { goJson } from "../shapes/go_json.ts";
import { IMAGE_CONFIG } from "../shapes/shape.ts";
import { configOf, getConfig, wholeManifest } from "./lookup.ts";
import { type Classes, configObject, referenceAt, ScriptConfig, ScriptManifest } from "./objects.ts";
import { optionsAt, textsOf } from "./options.ts";
import { attempt, nameOf, type Session } from "./session.ts";

/** `image.config(ref or manifest)`, and the method of manifests. */
export function configFunction(session: Session, classes: () => Classes): LuaFunction {
  return async (call) => {
    const value = call.object(1)?.value;
    const reference = referenceAt(call, 1);
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

/** `image.copy(source, target [, options])`. */
function copyFunction(session: Session): LuaFunction {
  return async (call) => {
    const source = referenceAt(call, 1);
    const target = referenceAt(call, 2);
    const options = optionsAt(call, 3);
    const { signal } = call;
    const flag = (name: string) => options.get(name) === true;
    const platforms = textsOf(options.get("platforms"));
    const [from, to] = [nameOf(source), nameOf(target)];
    const sorted = {
      digestTags: flag("digestTags"),
      forceRecursive: flag("forceRecursive"),
      includeExternal: flag("includeExternal"),
    };
    await session.action(
      () =>
        session.change(
          "Copy image",
          { source: from, target: to, ...sorted },
          () =>
            attempt(`Failed copying "${from}" to "${to}"`, async () => {
              await copyImage({
                source,
                target,
                sourceTransport: await session.transport(source),
                targetTransport: await session.transport(target),
                ...sorted,
                referrers: flag("referrers"),
                fast: flag("fastCheck"),
                // As regbot has it: the index stays whole, only content of other platforms is left out.
                ...(platforms.length === 0
                  ? {}
                  : { platforms: platforms.map(parse), sparse: options.get("sparse") !== false }),
                onEvent: session.context.onCopyEvent,
                run: session.copyRun(),
                signal,
              });
            }),
        ),
      signal,
    );
  };
}

function parse(text: string): Platform {
  try {
    return parsePlatform(text, localPlatform());
  } catch (error) {
    throw new LuaError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
