/**
 * The objects that scripts hold: references, manifests, configurations and blobs, and how arguments become them.
 *
 * @module
 */
import {
  type Descriptor,
  formatReference,
  isFerryError,
  type JsonObject,
  type LuaCall,
  LuaCallable,
  type LuaClass,
  LuaError,
  LuaLazy,
  LuaObject,
  type LuaTableSource,
  parseReference,
  type Reference,
} from "../../../src/mod.ts";
import { shapeOf } from "../shapes/manifest.ts";
import { IMAGE_CONFIG } from "../shapes/shape.ts";
import { toScript } from "../shapes/to_script.ts";
import type { Found, FoundConfig } from "./lookup.ts";
import type { Session } from "./session.ts";

/** A reference that a script may change. */
export class ScriptReference {
  /** What it is now. */
  reference: Reference;

  /** Begins as this. */
  constructor(reference: Reference) {
    this.reference = reference;
  }
}

/** A manifest in a script. */
export class ScriptManifest {
  /** The manifest. */
  readonly found: Found;

  /** Of what was found. */
  constructor(found: Found) {
    this.found = found;
  }
}

/** The configuration of an image in a script. */
export class ScriptConfig {
  /** The configuration. */
  readonly found: FoundConfig;

  /** Of what was found. */
  constructor(found: FoundConfig) {
    this.found = found;
  }
}

/** A blob in a script: where it is, never its content. */
export class ScriptBlob {
  /** Repository that it is in. */
  readonly reference: Reference;
  /** Digest, and size where it is known. */
  readonly descriptor: Descriptor;

  /** A blob of a repository. */
  constructor(reference: Reference, descriptor: Descriptor) {
    this.reference = reference;
    this.descriptor = descriptor;
  }
}

/** The kinds of objects that several libraries make. */
export interface Classes {
  readonly manifest: LuaClass;
  readonly config: LuaClass;
}

/** The reference that an argument names: a text, or an object that has one. */
export function referenceAt({ schemes }: Session, call: LuaCall, at: number): Reference {
  if (call.type(at) === "string") {
    try {
      return parseReference(call.text(at), schemes);
    } catch (error) {
      if (isFerryError(error)) call.bad(at, `reference parsing failed: ${error.message}`);
      throw error;
    }
  }
  const value = call.object(at)?.value;
  if (value instanceof ScriptReference) return value.reference;
  if (value instanceof ScriptManifest || value instanceof ScriptConfig) return value.found.reference;
  return call.bad(at, "reference expected");
}

/** A manifest for a script. In it `config` is both: the descriptor, and the method that gets what it names. */
export function manifestObject(classes: Classes, found: Found): LuaObject {
  const { manifest } = found;
  if (manifest === undefined) return new LuaObject(classes.manifest, new ScriptManifest(found), new Map());
  const fields = toScript(manifest.json, shapeOf(manifest));
  const config = fields.get("config");
  const get = classes.manifest.methods.config;
  if (config instanceof LuaLazy && get !== undefined) {
    const callable = new LuaLazy(() => new LuaCallable(config.value as LuaTableSource, shifted(get)));
    fields.set("config", callable);
    fields.set("Config", callable);
  }
  return new LuaObject(classes.manifest, new ScriptManifest(found), fields);
}

/** The configuration of an image for a script. */
export function configObject(classes: Classes, found: FoundConfig): LuaObject {
  const fields = toScript(parsed(found), IMAGE_CONFIG);
  return new LuaObject(classes.config, new ScriptConfig(found), fields);
}

/** The JSON of a configuration; fields of wrong types are read as empty ones. */
function parsed({ raw, reference }: FoundConfig): JsonObject {
  try {
    return JSON.parse(decoder.decode(raw));
  } catch (cause) {
    throw new LuaError(`Failed retrieving "${formatReference(reference)}" config: it is not JSON`, { cause });
  }
}

const decoder = new TextDecoder();

/** `m.config(m)`: the table that is called comes first, the manifest behind it. */
function shifted(method: LuaClass["methods"][string]): LuaClass["methods"][string] {
  return async (call) =>
    await method({
      get count() {
        return call.count - 1;
      },
      signal: call.signal,
      type: (at) => call.type(at + 1),
      text: (at) => call.text(at + 1),
      bytes: (at) => call.bytes(at + 1),
      number: (at) => call.number(at + 1),
      integer: (at) => call.integer(at + 1),
      truth: (at) => call.truth(at + 1),
      object: (at) => call.object(at + 1),
      table: (at) => call.table(at + 1),
      value: (at) => call.value(at + 1),
      fields: (at) => call.fields(at + 1),
      bad: (at, message) => call.bad(at, message),
    });
}
