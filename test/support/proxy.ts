/** A forward proxy (absolute-form HTTP and CONNECT) that counts what goes through it. */
import { BufferedReader, readHead, writeAll } from "./http_connection.ts";

/** A request that came to the proxy. */
export interface ProxyRequest {
  readonly method: string;
  /** Host and port that it is for. */
  readonly host: string;
  /** Proxy-Authorization, or null. */
  readonly authorization: string | null;
}

/** A running proxy. */
export class ForwardProxy implements AsyncDisposable {
  /** Every request and tunnel, in order. */
  readonly requests: ProxyRequest[] = [];
  /** Bytes from clients to servers. */
  sent = 0;
  /** Bytes from servers to clients. */
  received = 0;
  readonly #listener: Deno.TcpListener;
  readonly #credential: string | undefined;
  readonly #conns = new Set<Deno.Conn>();
  readonly #work = new Set<Promise<void>>();
  #closed = false;

  /** A credential as `user:password` makes the proxy ask for it. */
  constructor(credential?: string) {
    this.#credential = credential === undefined ? undefined : `Basic ${btoa(credential)}`;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#track(this.#accept());
  }

  /** `http://127.0.0.1:port`. */
  get url(): string {
    return `http://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Ends the proxy and every tunnel. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#listener.close();
    for (const conn of this.#conns) end(conn);
    await Promise.all(this.#work);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    work.finally(() => this.#work.delete(work));
  }

  async #accept(): Promise<void> {
    while (!this.#closed) {
      try {
        this.#track(this.#serve(await this.#listener.accept()));
      } catch {
        await Promise.resolve();
      }
    }
  }

  async #serve(client: Deno.Conn): Promise<void> {
    this.#conns.add(client);
    let server: Deno.Conn | undefined;
    try {
      const reader = new BufferedReader(client);
      const head = await readHead(reader);
      if (head === undefined) return;
      const tunnel = head.method === "CONNECT";
      const url = new URL(tunnel ? `http://${head.target}` : head.target);
      const authorization = head.headers.get("proxy-authorization");
      this.requests.push({ method: head.method, host: url.host, authorization });
      if (this.#credential !== undefined && authorization !== this.#credential) {
        const refusal = 'proxy-authenticate: Basic realm="proxy"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n';
        return await writeAll(client, bytesOf(`HTTP/1.1 407 Proxy Authentication Required\r\n${refusal}`));
      }
      server = await Deno.connect({ hostname: url.hostname, port: Number(url.port || (tunnel ? 443 : 80)) });
      this.#conns.add(server);
      if (tunnel) await writeAll(client, bytesOf("HTTP/1.1 200 Connection established\r\n\r\n"));
      else await writeAll(server, bytesOf(originForm(head.method, url, head.headers)));
      const early = reader.rest();
      this.sent += early.byteLength;
      await writeAll(server, early);
      await Promise.all([
        this.#pipe(client, server, (count) => this.sent += count),
        this.#pipe(server, client, (count) => this.received += count),
      ]);
    } catch {
      // Either side went away: the tunnel ends.
    } finally {
      for (const conn of [client, server]) {
        if (conn === undefined) continue;
        this.#conns.delete(conn);
        end(conn);
      }
    }
  }

  async #pipe(from: Deno.Conn, to: Deno.Conn, count: (bytes: number) => void): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      for (let read = await from.read(buffer); read !== null; read = await from.read(buffer)) {
        count(read);
        await writeAll(to, buffer.subarray(0, read));
      }
    } finally {
      end(from);
      end(to);
    }
  }
}

/** The head as the server gets it; one request a connection, so that every request passes the proxy's eyes. */
function originForm(method: string, url: URL, headers: Headers): string {
  const lines = [`${method} ${url.pathname}${url.search} HTTP/1.1`];
  for (const [name, value] of headers) {
    if (!/^(proxy-.*|connection|keep-alive)$/i.test(name)) lines.push(`${name}: ${value}`);
  }
  return `${lines.join("\r\n")}\r\nconnection: close\r\n\r\n`;
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function end(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
