/**
 * `repo` and `reference`: repositories of registries, and references.
 *
 * @module
 */
import { type LuaClass, type LuaFunction, type LuaLibrary, LuaObject, withDigest, withTag } from "../../../src/mod.ts";
import { referenceAt, ScriptReference } from "./objects.ts";
import { listOptions } from "./options.ts";
import { attempt, nameOf, type Session } from "./session.ts";

/** `repo`. */
export function repoLibrary(session: Session): LuaLibrary {
  const ls: LuaFunction = async (call) => {
    if (call.type(1) !== "string") call.bad(1, "Expected registry name (host and optional port)");
    const host = call.text(1);
    const options = listOptions(call, 2);
    session.debug("Listing repositories", { host, opts: options });
    return await attempt(
      "Failed retrieving repo list",
      async () => await (await session.context.registry()).listRepositories(host, { ...options, signal: call.signal }),
    );
  };
  return { ls };
}

/** The kind of references: `r:tag()`, `r:tag("v1")`, `r:digest()`, `r:close()`. */
function referenceClass(session: Session): LuaClass {
  const part = (name: "tag" | "digest", set: typeof withTag): LuaFunction => (call) => {
    const value = call.object(1)?.value;
    if (!(value instanceof ScriptReference)) return call.bad(1, "reference expected");
    if (call.count < 2) return value.reference[name];
    value.reference = set(value.reference, call.text(2));
    return undefined;
  };
  return {
    name: "reference",
    methods: { tag: part("tag", withTag), digest: part("digest", withDigest), close: closer(session) },
    text: (call) => nameOf(referenceAt(session, call, 1)),
  };
}

/** `reference`. */
export function referenceLibrary(session: Session): LuaLibrary {
  const kind = referenceClass(session);
  return {
    new: (call) => new LuaObject(kind, new ScriptReference(referenceAt(session, call, 1))),
    close: closer(session),
  };
}

/** Ends the work on a repository: a layout collects what is no longer referenced. */
function closer(session: Session): LuaFunction {
  return async (call) => {
    const reference = referenceAt(session, call, 1);
    if (session.dryRun) return;
    await attempt("reference close failed", async () => await (await session.transport(reference)).close(reference));
  };
}
