/** A small HTTP/1.1 server on raw sockets, so that tests can break the protocol wherever they like. */
import {
  BufferedReader,
  ConnectionEnded,
  ConnectionRequest,
  NotHttp,
  readHead,
  writeAll,
  writeAnswer,
} from "./http_connection.ts";
import type { Answer, HttpHandler } from "./http_message.ts";

/** A certificate and its key, PEM. */
export interface ServerCertificate {
  readonly cert: string;
  readonly key: string;
}

const BAD_REQUEST = new TextEncoder().encode("HTTP/1.0 400 Bad Request\r\nconnection: close\r\n\r\n");

/** A server on 127.0.0.1 with a port of its own. */
export class HttpServer implements AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** `http://127.0.0.1:port` or `https://...`. */
  readonly origin: string;
  readonly #listener: Deno.Listener;
  readonly #handler: HttpHandler;
  readonly #connections = new Set<Deno.Conn>();
  readonly #work = new Set<Promise<void>>();
  readonly #failures: unknown[] = [];
  readonly #ending = Promise.withResolvers<void>();
  #accepted = 0;
  #closed = false;

  private constructor(listener: Deno.Listener, secure: boolean, handler: HttpHandler) {
    this.#listener = listener;
    this.#handler = handler;
    this.host = `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
    this.origin = `${secure ? "https" : "http"}://${this.host}`;
    this.#track(this.#accept());
  }

  /** Starts to listen; with a certificate it speaks TLS. */
  static start(handler: HttpHandler, certificate?: ServerCertificate): HttpServer {
    const address = { hostname: "127.0.0.1", port: 0 };
    const listener = certificate === undefined
      ? Deno.listen(address)
      : Deno.listenTls({ ...address, ...certificate, alpnProtocols: ["http/1.1"] });
    return new HttpServer(listener, certificate !== undefined, handler);
  }

  /** Port that it listens on. */
  get port(): number {
    return (this.#listener.addr as Deno.NetAddr).port;
  }

  /** Connections accepted so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Ends every connection and the server. Throws what handlers threw. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#ending.resolve();
    this.#listener.close();
    for (const conn of this.#connections) closeQuietly(conn);
    await Promise.all(this.#work);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "A handler of the test server failed");
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
        const conn = await this.#listener.accept();
        this.#connections.add(conn);
        this.#track(this.#serve(conn, this.#accepted++));
      } catch {
        // A failed TLS handshake ends one accept, closing the listener ends them all.
        await Promise.resolve();
      }
    }
  }

  async #serve(conn: Deno.Conn, number: number): Promise<void> {
    const reader = new BufferedReader(conn);
    try {
      while (await this.#one(conn, reader, number));
    } catch (error) {
      if (error instanceof NotHttp) await writeAll(conn, BAD_REQUEST).catch(() => {});
      else if (!isGone(error) && !this.#closed) this.#failures.push(error);
    } finally {
      this.#connections.delete(conn);
      closeQuietly(conn);
    }
  }

  async #one(conn: Deno.Conn, reader: BufferedReader, number: number): Promise<boolean> {
    const head = await readHead(reader);
    if (head === undefined) return false;
    const request = new ConnectionRequest(head, reader, conn, number);
    const given = await this.#handler(request);
    const asked = /close/i.test(request.headers.get("connection") ?? "") && (given.end ?? "keep") === "keep";
    const answer: Answer = asked ? { ...given, end: "close" } : given;
    await writeAnswer(conn, request, answer);
    if (answer.end === "stall") {
      await this.#ending.promise;
      return false;
    }
    if (answer.end === "close" || answer.end === "drop") return false;
    if (answer.contentLength === null || answer.status === 0) return false;
    if (!request.ended) await request.take(Number.MAX_SAFE_INTEGER);
    return true;
  }
}

function isGone(error: unknown): boolean {
  if (error instanceof ConnectionEnded) return true;
  const gone = [
    Deno.errors.ConnectionReset,
    Deno.errors.BrokenPipe,
    Deno.errors.UnexpectedEof,
    Deno.errors.BadResource,
    Deno.errors.Interrupted,
    Deno.errors.ConnectionAborted,
    Deno.errors.InvalidData,
  ];
  return gone.some((kind) => error instanceof kind) || (error instanceof Error && /tls|handshake/i.test(error.message));
}

function closeQuietly(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // It is closed already.
  }
}
