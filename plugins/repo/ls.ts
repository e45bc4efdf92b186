import { type CommandResult, type Context, type InputOf, lines, repositoryListData } from "../../src/mod.ts";
import type { ls } from "./mod.ts";

/** Handler of `repo ls`. */
export default async function list(context: Context, { args, flags }: InputOf<typeof ls>): Promise<CommandResult> {
  const registry = await context.registry();
  const found = await registry.listRepositories(args.registry, {
    signal: context.signal,
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    ...(flags.last === undefined ? {} : { last: flags.last }),
  });
  return { data: () => repositoryListData(found), text: () => lines(found) };
}
