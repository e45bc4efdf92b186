/**
 * `tag`: tags of repositories.
 *
 * @module
 */
import {
  formatPlatform,
  getSmallBlob,
  type LuaFunction,
  type LuaLibrary,
  type LuaValue,
  parseImageConfig,
  platformOfConfig,
  type Reference,
  resolveManifest,
} from "../../../src/mod.ts";
import { goTime } from "../shapes/time.ts";
import { machinePlatform } from "./lookup.ts";
import { referenceAt } from "./objects.ts";
import { listOptions } from "./options.ts";
import { attempt, nameOf, type Session } from "./session.ts";

/** The library. */
export function tagLibrary(session: Session): LuaLibrary {
  const ls: LuaFunction = async (call) => {
    const reference = referenceAt(session, call, 1);
    const options = listOptions(call, 2);
    session.debug("Listing tags", { repo: nameOf(reference), opts: options });
    const { tags } = await attempt(
      "Failed retrieving tag list",
      async () => await (await session.transport(reference)).listTags(reference, { ...options, signal: call.signal }),
    );
    session.readAhead.listed(reference, tags);
    return tags;
  };
  const remove: LuaFunction = async (call) => {
    const reference = referenceAt(session, call, 1);
    const name = nameOf(reference);
    await session.change(
      "Delete tag",
      reference,
      { image: name },
      () =>
        attempt(`Failed deleting "${name}"`, async () => {
          const transport = await session.transport(reference);
          await transport.deleteTag(reference, { signal: call.signal });
          await transport.close(reference);
          session.forgetCopies();
        }),
    );
  };
  const info: LuaFunction = async (call) => {
    const reference = referenceAt(session, call, 1);
    const { signal } = call;
    return await attempt(
      `Failed retrieving "${nameOf(reference)}"`,
      async () =>
        await session.readAhead.ask(
          "info",
          reference,
          signal,
          (reference, signal) => tagInfo(session, reference, signal),
        ),
    );
  };
  return { ls, delete: remove, info };
}

/** What a tag names, in two requests, or three where it names an index. */
async function tagInfo(session: Session, reference: Reference, signal: AbortSignal): Promise<LuaValue> {
  const transport = await session.transport(reference);
  const top = await transport.getManifest(reference, { signal });
  const within = { ...reference, tag: "", digest: top.descriptor.digest };
  const manifest = top.kind === "index"
    ? (await resolveManifest(transport, within, machinePlatform(session), { signal })).manifest
    : top;
  const info: Record<string, LuaValue> = {
    digest: top.descriptor.digest,
    mediaType: top.descriptor.mediaType,
    artifactType: top.artifactType,
    annotations: top.annotations,
    size: [manifest.config, ...manifest.layers].reduce((sum, blob) => sum + Math.max(0, blob?.size ?? 0), 0),
    labels: {},
  };
  if (manifest.config === undefined || manifest.kind !== "image" || manifest.artifactType !== undefined) return info;
  const config = parseImageConfig(await getSmallBlob(transport, reference, manifest.config, { signal }));
  return {
    ...info,
    created: config.created === undefined ? undefined : goTime(config.created) ?? config.created,
    labels: config.config?.Labels ?? {},
    platform: config.os === "" ? undefined : formatPlatform(platformOfConfig(config)),
  };
}
