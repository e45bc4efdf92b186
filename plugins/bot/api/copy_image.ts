/**
 * Copies of images that scripts ask for.
 *
 * @module
 */
import {
  copyImage,
  CopyRun,
  LuaError,
  type LuaTable,
  parsePlatform,
  type Platform,
  type Reference,
} from "../../../src/mod.ts";
import { machinePlatform } from "./lookup.ts";
import { textsOf } from "./options.ts";
import { attempt, nameOf, type Session } from "./session.ts";

/** Copies an image; `options` is the table that the script gave. */
export async function copyForScript(
  session: Session,
  source: Reference,
  target: Reference,
  options: LuaTable,
  signal: AbortSignal,
): Promise<void> {
  const flag = (name: string) => options.get(name) === true;
  const platforms = textsOf(options.get("platforms"));
  const [from, to] = [nameOf(source), nameOf(target)];
  const sorted = {
    digestTags: flag("digestTags"),
    forceRecursive: flag("forceRecursive"),
    includeExternal: flag("includeExternal"),
  };
  const copy = async () => {
    await copyImage({
      source,
      target,
      sourceTransport: await session.transport(source),
      targetTransport: await session.transport(target),
      ...sorted,
      referrers: flag("referrers"),
      fast: flag("fastCheck"),
      // As regbot has it: the index stays whole, only content of other platforms is left out.
      ...(platforms.length === 0 ? {} : {
        platforms: platforms.map((text) => parse(text, machinePlatform(session))),
        sparse: options.get("sparse") !== false,
      }),
      onEvent: session.context.onCopyEvent,
      run: session.copyRun(() => new CopyRun()),
      signal,
    });
  };
  await session.action(
    () =>
      session.change(
        "Copy image",
        target,
        { source: from, target: to, ...sorted },
        () => attempt(`Failed copying "${from}" to "${to}"`, copy),
      ),
    signal,
  );
}

function parse(text: string, own: Platform): Platform {
  try {
    return parsePlatform(text, own);
  } catch (error) {
    throw new LuaError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
