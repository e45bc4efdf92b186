/**
 * The libraries that work on images and manifests, and the kinds of objects that they share.
 *
 * @module
 */
import type { LuaLibrary } from "../../../src/mod.ts";
import { configClass, imageLibrary } from "./image_library.ts";
import { manifestFunctions } from "./manifest_library.ts";
import type { Classes } from "./objects.ts";
import type { Session } from "./session.ts";

/** The libraries by their global names. */
export interface ImageLibraries {
  readonly image: LuaLibrary;
  readonly imageconfig: LuaLibrary;
  readonly manifest: LuaLibrary;
}

/** The libraries for a script. */
export function imageLibraries(session: Session): ImageLibraries {
  const classes = (): Classes => made;
  const manifest = manifestFunctions(session, classes);
  const made: Classes = {
    manifest: { name: "manifest", methods: manifest.methods, text: manifest.text },
    config: configClass(classes),
  };
  return {
    image: imageLibrary(session, classes, manifest.aliases),
    imageconfig: { export: made.config.methods.export },
    manifest: manifest.library,
  };
}
