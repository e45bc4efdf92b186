/**
 * `image.exportTar` and `image.importTar`: images in tar files. They work with files, so they are not in the sandbox.
 *
 * @module
 */
import { LuaError, type LuaFunction, type LuaLibrary, type Reference } from "../../../src/mod.ts";
import { referenceAt } from "./objects.ts";
import { attempt, nameOf, type Session } from "./session.ts";

type Work = (session: Session, reference: Reference, file: string, signal: AbortSignal) => Promise<void>;

/** The functions; in the sandbox they say that they are not to be had. What they work with is loaded with the first call. */
export function archiveFunctions(session: Session): LuaLibrary {
  const work = () => import("./archive_work.ts");
  return {
    exportTar: functionOf(session, "exportTar", "Export image", "to", async () => (await work()).exportImageTo),
    importTar: functionOf(session, "importTar", "Import image", "from", async () => (await work()).importImageFrom),
  };
}

function functionOf(
  session: Session,
  name: string,
  title: string,
  direction: "to" | "from",
  load: () => Promise<Work>,
): LuaFunction {
  if (!session.unsafe) {
    return () => {
      throw new LuaError(`image.${name} works with files: allow it with "sandbox: false" in the file, or --unsafe-lua`);
    };
  }
  return async (call) => {
    const reference = referenceAt(session, call, 1);
    const file = call.text(2);
    const { signal } = call;
    const image = nameOf(reference);
    const work = await load();
    await session.action(
      () =>
        session.change(title, direction === "from" ? reference : undefined, { image, file }, () =>
          attempt(
            `Failed to ${title.toLowerCase()} "${image}" ${direction} "${file}"`,
            () => work(session, reference, file, signal),
          )),
      signal,
    );
  };
}
