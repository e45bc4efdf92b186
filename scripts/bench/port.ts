/**
 * Free ports and servers that answer.
 *
 * @module
 */

/** A port of the loopback that nobody listens on. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Waits until `url` gives any answer; fails after ten seconds, or when `ended` says that the server is gone. */
export async function untilAnswers(url: string, ended: Promise<unknown>): Promise<void> {
  let gone = false;
  ended.then(() => gone = true);
  for (const end = Date.now() + 10_000; Date.now() < end && !gone;) {
    try {
      const answer = await fetch(url);
      await answer.body?.cancel();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`No answer from ${url}`);
}
