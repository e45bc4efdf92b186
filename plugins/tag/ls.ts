import {
  type CommandResult,
  type Context,
  createNameFilter,
  formatRepository,
  type InputOf,
  lines,
  tagListData,
} from "../../src/mod.ts";
import type { ls } from "./mod.ts";

/** Handler of `tag ls`. */
export default async function list(context: Context, { args, flags }: InputOf<typeof ls>): Promise<CommandResult> {
  const wanted = await createNameFilter(flags);
  const transport = await context.transport(args.repository);
  const found = await transport.listTags(args.repository, {
    signal: context.signal,
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    ...(flags.last === undefined ? {} : { last: flags.last }),
  });
  const tags = found.tags.filter(wanted);
  return { data: () => tagListData(formatRepository(args.repository), tags), text: () => lines(tags) };
}
