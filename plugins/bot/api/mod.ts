/**
 * What scripts find as globals. Only libraries that a script names are loaded.
 *
 * @module
 */
import type { LuaFunction, LuaLibrary } from "../../../src/mod.ts";
import type { ImageLibraries } from "./images.ts";
import type { Session } from "./session.ts";

/** Globals of a script by name: a library, or a function. */
export type Globals = Readonly<Record<string, LuaLibrary | LuaFunction>>;

/** Makes a library for a script; what works on images and manifests has its parts in common. */
export type MakeLibrary = (session: Session, images: () => Promise<ImageLibraries>) => Promise<LuaLibrary>;

/**
 * Libraries by their global name. A module that has functions for scripts adds a row: what it gives is made once for each script
 * that names it, and its `async` functions may wait. Arguments are read before anything is waited for; a change goes through
 * `session.change`, which does nothing in a dry run; failures of registries become the script's through `attempt`.
 */
export const LIBRARIES: Readonly<Record<string, MakeLibrary>> = {
  artifact: async (session) => (await import("./artifact_library.ts")).artifactLibrary(session),
  blob: async (session) => (await import("./blob_library.ts")).blobLibrary(session),
  env: async (session) => (await import("./data_libraries.ts")).envLibrary(session),
  image: async (_, images) => (await images()).image,
  imageconfig: async (_, images) => (await images()).imageconfig,
  json: async () => (await import("./data_libraries.ts")).jsonLibrary(),
  manifest: async (_, images) => (await images()).manifest,
  reference: async (session) => (await import("./repo_library.ts")).referenceLibrary(session),
  repo: async (session) => (await import("./repo_library.ts")).repoLibrary(session),
  semver: async () => (await import("./data_libraries.ts")).semverLibrary(),
  tag: async (session) => (await import("./tag_library.ts")).tagLibrary(session),
  time: async (session) => (await import("./data_libraries.ts")).timeLibrary(session),
};

/** With these a script reaches globals that it does not name: other chunks, tables of globals, names put together. */
const REACHES_ALL = /_G|_ENV|load|fenv|require|dofile|module|package/;

/** Globals for a script: all of them, or those alone that its text can name. */
export async function createGlobals(session: Session, source?: string): Promise<Globals> {
  let made: Promise<ImageLibraries> | undefined;
  const images = () => made ??= import("./images.ts").then(({ imageLibraries }) => imageLibraries(session));
  const wanted = Object.entries(LIBRARIES).filter(([name]) => mayName(source, name))
    .map(async ([name, make]) => [name, await make(session, images)] as const);
  const { context, dryRun, script } = session;
  const [added, libraries] = await Promise.all([context.plugins.luaGlobals(), Promise.all(wanted)]);
  session.schemes = await context.plugins.schemes();
  return {
    ...Object.fromEntries(Object.entries(added).map(([name, make]) => [name, make({ context, dryRun, script })])),
    ...Object.fromEntries(libraries),
    log: (call) => context.log.info("User script message", { script, message: call.text(1) }),
  };
}

/** False only where a script cannot get at the global of that name. */
export function mayName(source: string | undefined, name: string): boolean {
  return source === undefined || source.includes(name) || REACHES_ALL.test(source);
}
