/**
 * Counts the requests that pass to a registry: bytes go through as they are, and what a client sends is read along (RFC 9112).
 *
 * @module
 */

/** Finds the requests in what a client sends over one connection. */
export class RequestReader {
  readonly #onRequest: (line: string) => void;
  #text = "";
  #state: "head" | "body" | "chunk-size" | "chunk" | "trailer" = "head";
  #left = 0;

  /** Told of every request line. */
  constructor(onRequest: (line: string) => void) {
    this.#onRequest = onRequest;
  }

  /** Takes the next bytes. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      if (this.#state === "body" || this.#state === "chunk") {
        const piece = Math.min(this.#left, bytes.length - at);
        this.#left -= piece;
        at += piece;
        if (this.#left === 0) this.#state = this.#state === "body" ? "head" : "chunk-size";
        continue;
      }
      const end = bytes.indexOf(10, at);
      const stop = end === -1 ? bytes.length : end + 1;
      this.#text += String.fromCharCode(...bytes.subarray(at, stop));
      at = stop;
      if (end !== -1) this.#line();
    }
  }

  #line(): void {
    if (this.#state === "chunk-size") {
      const size = this.#text.trim();
      this.#text = "";
      // A chunk ends with a line end of its own: it is counted as part of the chunk.
      this.#left = parseInt(size, 16) + 2;
      this.#state = this.#left === 2 ? "trailer" : "chunk";
      return;
    }
    if (this.#state === "trailer") {
      if (this.#text === "\r\n") this.#state = "head";
      this.#text = "";
      return;
    }
    if (!this.#text.endsWith("\r\n\r\n")) return;
    const head = this.#text;
    this.#text = "";
    this.#onRequest(head.slice(0, head.indexOf("\r\n")));
    this.#left = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0);
    this.#state = /^transfer-encoding:.*chunked/im.test(head) ? "chunk-size" : this.#left > 0 ? "body" : "head";
  }
}

/** A proxy that counts. */
export interface CountingProxy {
  /** Port on the loopback. */
  readonly port: number;
  /** Gives the request lines since the last call. */
  take(): readonly string[];
  /** Ends it. */
  stop(): void;
}

/** Starts a counting proxy in front of a port of the loopback. */
export function startCounting(target: number): CountingProxy {
  let lines: string[] = [];
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const client of listener) {
      void pass(client, target, (line) => lines.push(line)).catch(() => {});
    }
  })();
  return {
    port: listener.addr.port,
    take() {
      const taken = lines;
      lines = [];
      return taken;
    },
    stop: () => listener.close(),
  };
}

async function pass(client: Deno.TcpConn, target: number, onRequest: (line: string) => void): Promise<void> {
  const server = await Deno.connect({ hostname: "127.0.0.1", port: target });
  client.setNoDelay(true);
  server.setNoDelay(true);
  const reader = new RequestReader(onRequest);
  const counted = client.readable.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        reader.push(piece);
        controller.enqueue(piece);
      },
    }),
  );
  await Promise.all([counted.pipeTo(server.writable), server.readable.pipeTo(client.writable)]);
}
