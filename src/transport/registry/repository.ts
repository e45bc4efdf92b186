import { shownHeaders } from "../../http/redact.ts";
import type { RegistryRequest } from "../../http/request.ts";
import type { ListRepositoriesOptions } from "../transport.ts";
import type { RegistryContext } from "./context.ts";
import { namePages, pages, sortedNames, textsOf } from "./pages.ts";

/** Repositories of a registry (`_catalog`), all pages unless a limit is reached. */
export async function listRepositories(
  context: RegistryContext,
  registry: string,
  options: ListRepositoriesOptions,
): Promise<readonly string[]> {
  const { limit } = options;
  const names: string[] = [];
  for await (const { json, answer } of pages(context, catalogRequest(registry, options))) {
    options.onHeaders?.(shownHeaders(answer.headers));
    names.push(...textsOf(json, "repositories"));
    if (limit !== undefined && names.length >= limit) break;
  }
  return sortedNames(names, limit);
}

/** Repositories of a registry, a page at a time in the registry's order, no name twice. */
export function repositoryPages(
  context: RegistryContext,
  registry: string,
  options: ListRepositoriesOptions,
): AsyncIterable<readonly string[]> {
  return namePages(pages(context, catalogRequest(registry, options)), "repositories", options);
}

function catalogRequest(registry: string, { last, limit, signal }: ListRepositoriesOptions): RegistryRequest {
  return {
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
  };
}
