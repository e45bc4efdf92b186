/** Names that are asked for at a time. */
export const PAGE = 500;

/** Names page by page, so that those of the first pages are known when time is up; ends where a page brings none that is new. */
export async function* paged(
  ask: (options: { readonly last?: string }) => Promise<readonly string[]>,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  let page = await ask({});
  for (;;) {
    const fresh = page.filter((name) => !seen.has(name));
    for (const name of fresh) {
      seen.add(name);
      yield name;
    }
    if (fresh.length === 0 || page.length < PAGE) return;
    page = await ask({ last: fresh.at(-1)! });
  }
}
