import { type CommandResult, type Context, type InputOf, lines, repositoryListData } from "../../src/mod.ts";
import type { ls } from "./mod.ts";

/** Rows of `repo ls`: each repository as a string, in the order in which the registry gives them. */
export async function* rows(
  context: Context,
  { args, flags }: InputOf<typeof ls>,
): AsyncGenerator<readonly string[]> {
  const registry = await context.registry();
  const options = {
    signal: context.signal,
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    ...(flags.last === undefined ? {} : { last: flags.last }),
  };
  yield* registry.repositoryPages?.(args.registry, options) ??
    [await registry.listRepositories(args.registry, options)];
}

/** Handler of `repo ls`. */
export default async function list(context: Context, { args, flags }: InputOf<typeof ls>): Promise<CommandResult> {
  const registry = await context.registry();
  let received: Headers | undefined;
  const found = await registry.listRepositories(args.registry, {
    signal: context.signal,
    onHeaders: (headers) => received = headers,
    ...(flags.limit === undefined ? {} : { limit: flags.limit }),
    ...(flags.last === undefined ? {} : { last: flags.last }),
  });
  return {
    data: () => repositoryListData(found),
    text: () => lines(found),
    ...(received === undefined ? {} : { rawHeaders: received }),
  };
}
