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

/** Waits until `url` answers 200, and looks each millisecond, for who takes the time; fails as {@linkcode untilAnswers}. */
export async function untilFirst200(url: string, ended: Promise<unknown>): Promise<void> {
  const { hostname, port, pathname } = new URL(url);
  const request = new TextEncoder().encode(
    `GET ${pathname} HTTP/1.1\r\nhost: ${hostname}\r\nconnection: close\r\n\r\n`,
  );
  let gone = false;
  ended.then(() => gone = true);
  for (const end = Date.now() + 10_000; Date.now() < end && !gone;) {
    try {
      using connection = await Deno.connect({ hostname, port: Number(port) });
      await connection.write(request);
      const answer = new Uint8Array(64);
      const read = await connection.read(answer) ?? 0;
      if (new TextDecoder().decode(answer.subarray(0, read)).startsWith("HTTP/1.1 200")) return;
    } catch {
      // Nobody listens yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`No 200 from ${url}`);
}
