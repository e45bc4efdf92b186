/**
 * `artifact`: what refers to an image.
 *
 * @module
 */
import { type JsonObject, type LuaFunction, type LuaLibrary, resolveDescriptor, withDigest } from "../../../src/mod.ts";
import { DESCRIPTOR } from "../shapes/shape.ts";
import { toScript } from "../shapes/to_script.ts";
import { referenceAt, ScriptManifest } from "./objects.ts";
import { optionsAt } from "./options.ts";
import { attempt, nameOf, type Session } from "./session.ts";

/** `artifact`. */
export function artifactLibrary(session: Session): LuaLibrary {
  const list: LuaFunction = async (call) => {
    const reference = referenceAt(session, call, 1);
    const value = call.object(1)?.value;
    const artifactType = optionsAt(call, 2).get("artifactType");
    const { signal } = call;
    return await attempt(`Failed listing artifacts of "${nameOf(reference)}"`, async () => {
      const transport = await session.transport(reference);
      const digest = value instanceof ScriptManifest
        ? value.found.descriptor.digest
        : reference.digest || (await resolveDescriptor(transport, reference, { signal, requireDigest: true })).digest;
      const { descriptors } = await transport.listReferrers(withDigest(reference, digest), {
        signal,
        ...(typeof artifactType === "string" ? { artifactType } : {}),
      });
      return descriptors.map((descriptor) => toScript(descriptor as unknown as JsonObject, DESCRIPTOR));
    });
  };
  return { list };
}
