import {
  type CommandResult,
  type Context,
  createNameFilter,
  formatRepository,
  type InputOf,
  lines,
  type ListTagsOptions,
  type Reference,
  tagListData,
  type TagPager,
  type Transport,
} from "../../src/mod.ts";
import type { ls } from "./mod.ts";

/** Rows of `tag ls`: each tag as a string, or what is known of it, in the order in which the registry gives them. */
export async function* rows(
  context: Context,
  { args, flags }: InputOf<typeof ls>,
): AsyncGenerator<readonly unknown[]> {
  const wanted = await createNameFilter(flags);
  const transport = await context.transport(args.repository);
  const long = flags.long === true ? await import("./long.ts") : undefined;
  for await (const page of pagesOf(transport, args.repository, optionsOf(context, flags))) {
    const tags = page.filter(wanted);
    if (long === undefined) yield tags;
    else yield* long.longRows(context, transport, args.repository, tags);
  }
}

async function* pagesOf(
  transport: Transport,
  repository: Reference,
  options: ListTagsOptions,
): AsyncGenerator<readonly string[]> {
  if ("tagPages" in transport) yield* (transport as Transport & TagPager).tagPages(repository, options);
  else yield (await transport.listTags(repository, options)).tags;
}

function optionsOf(context: Context, flags: InputOf<typeof ls>["flags"]): ListTagsOptions {
  return {
    signal: context.signal,
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    ...(flags.last === undefined ? {} : { last: flags.last }),
  };
}

/** Handler of `tag ls`. */
export default async function list(context: Context, { args, flags }: InputOf<typeof ls>): Promise<CommandResult> {
  const wanted = await createNameFilter(flags);
  const transport = await context.transport(args.repository);
  let received: Headers | undefined;
  const found = await transport.listTags(args.repository, {
    ...optionsOf(context, flags),
    onHeaders: (headers) => received = headers,
  });
  const tags = found.tags.filter(wanted);
  if (flags.long === true) {
    const { longList } = await import("./long.ts");
    return await longList(context, transport, args.repository, tags, flags.sort);
  }
  return {
    data: () => tagListData(args.repository.repository || formatRepository(args.repository), tags),
    text: () => lines(tags),
    ...(received === undefined ? {} : { rawHeaders: received }),
  };
}
