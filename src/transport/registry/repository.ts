import type { ListRepositoriesOptions } from "../transport.ts";
import type { RegistryContext } from "./context.ts";
import { pages, sortedNames, textsOf } from "./pages.ts";

/** Repositories of a registry (`_catalog`), all pages unless a limit is reached. */
export async function listRepositories(
  context: RegistryContext,
  registry: string,
  options: ListRepositoriesOptions,
): Promise<readonly string[]> {
  const { limit, last, signal } = options;
  const names: string[] = [];
  const all = pages(context, {
    registry,
    repository: "",
    method: "GET",
    path: "_catalog",
    query: { ...(limit === undefined ? {} : { n: String(limit) }), ...(last === undefined ? {} : { last }) },
    accept: [200],
    actions: [],
    extraScopes: ["registry:catalog:*"],
    asked: "repositories",
    what: `repositories of ${registry}`,
    signal,
  });
  for await (const { json } of all) {
    names.push(...textsOf(json, "repositories"));
    if (limit !== undefined && names.length >= limit) break;
  }
  return sortedNames(names, limit);
}
