/**
 * Lists that come in pages (distribution-spec, "Listing Tags"; RFC 8288).
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { nextLink } from "../../http/link_header.ts";
import { isWebPage, webPageHint } from "../../http/registry_words.ts";
import type { RegistryAnswer, RegistryRequest } from "../../http/request.ts";
import type { RegistryContext } from "./context.ts";
import { readAgain } from "./read_again.ts";

/** Bytes of one page that are read. */
const PAGE_MOST = 64 * 1024 * 1024;

/** Most pages of a list. */
const PAGES_MOST = 20_000;
/** Most pages in a row that say the same; some registries give a few empty ones. */
const SAME_MOST = 100;
/** Bytes by which pages are compared. */
const SAME_BYTES = 4096;

/** Pages, one after the other, as JSON with the answer that brought it. A page that leads back to one that was seen ends the list. */
export async function* pages(
  context: RegistryContext,
  request: RegistryRequest,
): AsyncGenerator<{ readonly json: unknown; readonly answer: RegistryAnswer }> {
  const seen = new Set<string>();
  let before: string | undefined;
  let same = 0;
  for (let url: URL | undefined, first = true; first || url !== undefined; first = false) {
    const asked = url === undefined ? request : { ...request, url };
    const { answer, bytes } = await readAgain(
      context,
      request.signal === undefined ? {} : { signal: request.signal },
      () => context.http.send(asked),
      async (answer) => ({ answer, bytes: await answer.bytes(PAGE_MOST) }),
    );
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder().decode(bytes));
    } catch (cause) {
      throw new FerryError(
        "RESPONSE_INVALID",
        `${request.method} ${request.what} was answered with something other than JSON`,
        {
          cause,
          status: answer.status,
          ...(isWebPage(answer.headers, bytes) ? { hint: webPageHint(answer.host.name) } : {}),
        },
      );
    }
    yield { json, answer };
    const text = new TextDecoder().decode(bytes.subarray(0, SAME_BYTES));
    same = text === before ? same + 1 : 0;
    before = text;
    seen.add(answer.url.href);
    url = nextLink(answer.headers, answer.url);
    if (url !== undefined && seen.has(url.href)) return;
    if (same > SAME_MOST || seen.size > PAGES_MOST) {
      throw new FerryError(
        "RESPONSE_INVALID",
        `${request.method} ${request.what} gives one page after another without end`,
      );
    }
  }
}

/** The texts of a list in a JSON object; anything else in it is passed over. `null` is an empty list: some registries say so. */
export function textsOf(json: unknown, name: string): string[] {
  const list = typeof json === "object" && json !== null ? (json as Record<string, unknown>)[name] : undefined;
  return Array.isArray(list) ? list.filter((item): item is string => typeof item === "string") : [];
}

/** Names of each page, those left out that came before; `limit` ends the list. */
export async function* namePages(
  all: AsyncIterable<{ readonly json: unknown }>,
  key: string,
  { limit, last }: { readonly limit?: number; readonly last?: string },
): AsyncGenerator<readonly string[]> {
  const seen = new Set<string>();
  for await (const { json } of all) {
    // Registries that know no paging give everything, whatever is asked for.
    const names = new Set(
      textsOf(json, key).filter((name) => !(last !== undefined && name <= last) && !seen.has(name)),
    );
    const page = [...names].slice(0, limit === undefined ? undefined : Math.max(0, limit - seen.size));
    for (const name of page) seen.add(name);
    yield page;
    if (limit !== undefined && seen.size >= limit) return;
  }
}

/** Names in the order of their bytes, each once; `limit` cuts. */
export function sortedNames(names: readonly string[], limit: number | undefined): string[] {
  const sorted = [...new Set(names)].sort((a, b) => a < b ? -1 : a > b ? 1 : 0);
  return limit === undefined ? sorted : sorted.slice(0, limit);
}
