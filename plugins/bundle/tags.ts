import { type Context, loadFilter, type Reference, TagLooker, withTag } from "../../src/mod.ts";
import type { Wanted } from "./list_read.ts";

/** Tags that belong to digests go along with their images. */
const DIGEST_TAG = /^sha(256|512)-[0-9a-f]{64}/;

/**
 * The images that an entry of a list means: one, or those of the chosen tags of a repository.
 *
 * @throws {FerryError} NAME_UNKNOWN, and failures of the transport
 */
export async function imagesOf(context: Context, { rules, source }: Wanted): Promise<readonly Reference[]> {
  if (rules === undefined) return [source];
  const { clock, log, signal } = context;
  const { createTagSelector } = await loadFilter();
  const transport = await context.transport(source);
  const { tags } = await transport.listTags(source, { signal });
  const selector = await createTagSelector(rules);
  const looker = new TagLooker(transport, source, { signal });
  const chosen = await selector.select(tags.filter((tag) => !DIGEST_TAG.test(tag)), {
    now: clock.now(),
    created: async (tag) => {
      const { created } = await looker.look(tag);
      const time = created === undefined ? NaN : Date.parse(created);
      return Number.isNaN(time) ? undefined : time;
    },
  });
  if (chosen.tags.length === 0) log.warn("no tag was chosen", { repository: source.repository || source.path });
  return chosen.tags.map((tag) => withTag(source, tag));
}
