/**
 * A network as far away as told: a TCP proxy that hands every byte on a fixed time after it came. A process of its own, so that
 * nothing else holds it up: `deno run -A delay.ts TARGET_PORT MILLISECONDS` prints its port.
 *
 * @module
 */

/** Bytes that may be on their way in one direction of a connection. */
const WINDOW = 16 * 1024 * 1024;

/** Hands bytes on `milliseconds` after they came, and not before `start` plus that time; pieces do not wait for each other. */
export async function delayLine(
  from: ReadableStream<Uint8Array>,
  to: WritableStream<Uint8Array>,
  milliseconds: number,
  start: number,
): Promise<void> {
  const line = from.pipeThrough(
    new TransformStream<Uint8Array, { readonly due: number; readonly piece: Uint8Array }>(
      {
        transform(piece, controller) {
          controller.enqueue({ due: Math.max(performance.now(), start) + milliseconds, piece });
        },
      },
      undefined,
      { highWaterMark: WINDOW, size: ({ piece }) => piece.length },
    ),
  );
  const writer = to.getWriter();
  for await (const { due, piece } of line) {
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await writer.write(piece);
  }
  await writer.close();
}

/** Listens on a free port of the loopback; a connection takes one way there and back before its first byte moves. */
export function serveDelayed(target: number, milliseconds: number): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const client of listener) {
      const open = performance.now() + 2 * milliseconds;
      void connect(client, target, milliseconds, open).catch(() => {});
    }
  })();
  return listener;
}

async function connect(client: Deno.TcpConn, target: number, milliseconds: number, open: number): Promise<void> {
  const server = await Deno.connect({ hostname: "127.0.0.1", port: target });
  client.setNoDelay(true);
  server.setNoDelay(true);
  await Promise.all([
    delayLine(client.readable, server.writable, milliseconds, open),
    delayLine(server.readable, client.writable, milliseconds, open),
  ]);
}

/** Starts the proxy as a process of its own. */
export async function startDelay(
  target: number,
  milliseconds: number,
): Promise<{ readonly port: number; readonly stop: () => Promise<void> }> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", import.meta.url, String(target), String(milliseconds)],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value } = await reader.read();
  const port = Number(value);
  if (!(port > 0)) throw new Error("The delaying proxy did not start");
  const stop = async () => {
    process.kill("SIGKILL");
    await reader.cancel();
    await process.status;
  };
  return { port, stop };
}

if (import.meta.main) {
  const [target, milliseconds] = Deno.args.map(Number);
  const listener = serveDelayed(target ?? 0, milliseconds ?? 0);
  console.log(listener.addr.port);
}
