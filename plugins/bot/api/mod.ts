/**
 * What scripts find as globals.
 *
 * @module
 */
import type { LuaFunction, LuaLibrary } from "../../../src/mod.ts";
import { artifactLibrary } from "./artifact_library.ts";
import { blobClass, blobLibrary } from "./blob_library.ts";
import { envLibrary, jsonLibrary, semverLibrary, timeLibrary } from "./data_libraries.ts";
import { configClass, imageLibrary } from "./image_library.ts";
import { manifestFunctions } from "./manifest_library.ts";
import type { Classes } from "./objects.ts";
import { referenceClass, referenceLibrary, repoLibrary } from "./repo_library.ts";
import type { Session } from "./session.ts";
import { tagLibrary } from "./tag_library.ts";

/** Globals of a script by name: a library, or a function. */
export type Globals = Readonly<Record<string, LuaLibrary | LuaFunction>>;

/**
 * Libraries by their global name. A module that has functions for scripts adds a row: what it gives is made once for each script,
 * and its `async` functions may wait. Arguments are read before anything is waited for; a change goes through `session.change`,
 * which does nothing in a dry run; failures of registries become the script's through `attempt`.
 */
export const LIBRARIES: Readonly<Record<string, (session: Session) => LuaLibrary | Promise<LuaLibrary>>> = {
  artifact: artifactLibrary,
  env: envLibrary,
  json: jsonLibrary,
  repo: repoLibrary,
  semver: semverLibrary,
  tag: tagLibrary,
  time: timeLibrary,
};

/** All globals for a script. */
export async function createGlobals(session: Session): Promise<Globals> {
  const classes = (): Classes => made;
  const manifest = manifestFunctions(session, classes);
  const made: Classes = {
    reference: referenceClass(session),
    manifest: { name: "manifest", methods: manifest.methods, text: manifest.text },
    config: configClass(classes),
    blob: blobClass(),
  };
  const libraries = Object.entries(LIBRARIES).map(async ([name, make]) => [name, await make(session)] as const);
  const { context, dryRun, script } = session;
  const added = Object.entries(await context.plugins.luaGlobals())
    .map(([name, make]) => [name, make({ context, dryRun, script })] as const);
  return {
    ...Object.fromEntries(added),
    ...Object.fromEntries(await Promise.all(libraries)),
    blob: blobLibrary(session, made.blob),
    image: imageLibrary(session, classes, manifest.aliases),
    imageconfig: { export: made.config.methods.export },
    manifest: manifest.library,
    reference: referenceLibrary(session, made.reference),
    log: (call) => session.context.log.info("User script message", { script: session.script, message: call.text(1) }),
  };
}
