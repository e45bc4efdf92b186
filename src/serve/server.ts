/**
 * The server: listens, answers, counts, and stops without cutting off what runs.
 *
 * @module
 */
import { type Guard, openGuard } from "./access/guard.ts";
import { AT_ONCE_MOST, refusalAnswer } from "./answer.ts";
import { handle, type Handled, type HandlerOptions, type Peer } from "./handler.ts";
import { type Connection, Connections } from "./listen/connections.ts";
import { type ClientAuthorities, type Door, openDoor, type ServerIdentity } from "./listen/door.ts";
import { closeQuietly } from "./listen/connection_io.ts";
import { Refusals } from "./listen/refuse.ts";
import { type Respond, serveConnection } from "./listen/serve_connection.ts";
import { Metrics } from "./metrics.ts";
import type { RateLimiter } from "./rate_limit.ts";
import type { Registry } from "./registry.ts";

/** One answered request, for the access log. */
export interface Access {
  /** Method. */
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Status of the answer. */
  readonly status: number;
  /** Milliseconds until the answer began. */
  readonly ms: number;
  /** Address of the client. */
  readonly client: string;
  /** User, "" for nobody known. */
  readonly user: string;
  /** Bytes of the answer. */
  readonly bytes: number;
}

/** How a server listens, and who may ask. */
export interface ListenOptions {
  /** Address to listen on. */
  readonly address: string;
  /** Port, 0 for any that is free. */
  readonly port: number;
  /** Certificate and key, PEM, for TLS. */
  readonly tls?: ServerIdentity;
  /** Asks clients for certificates. */
  readonly clients?: ClientAuthorities;
  /** Most connections at a time, 1000 by default. */
  readonly connections?: number;
  /** Milliseconds until the head of a connection's first request must be there, 15 seconds by default. */
  readonly headTimeout?: number;
  /** Milliseconds that a connection may wait for another request; two minutes by default, as clients hold on for 90 seconds. */
  readonly keepAliveTimeout?: number;
  /** Decides who may do what; everybody everything by default. */
  readonly guard?: Guard;
  /** Limits requests of a client. */
  readonly limiter?: RateLimiter;
  /** Takes the client's address from `X-Forwarded-For`. */
  readonly trustProxy?: boolean;
  /** Told of every answer. */
  readonly onAccess?: (access: Access) => void;
  /** Told of failures of the server itself. */
  readonly onFailure?: (error: unknown) => void;
}

/** Options of {@linkcode startServer}. */
export interface ServerOptions extends ListenOptions {
  /** What is served. */
  readonly registry: Registry;
}

/** A server that runs. */
export interface RunningServer {
  /** Port that it listens on. */
  readonly port: number;
  /** `http://127.0.0.1:5000`. */
  readonly url: string;
  /** What it counted. */
  readonly metrics: Metrics;
  /** Stops: no new connections, running requests have `limit` milliseconds to end. */
  stop(limit: number): Promise<void>;
}

const CONNECTIONS_MOST = 1000;
const HEAD_TIMEOUT = 15_000;
const KEEP_ALIVE_TIMEOUT = 120_000;

/**
 * Starts a server.
 *
 * @throws {FerryError} CONNECT where the address cannot be listened on, TLS where certificate and key are not usable
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { registry } = options;
  const onFailure = options.onFailure ?? (() => {});
  const door = await openDoor({ ...options, onFailure });
  const server = new Server(door, options, onFailure);
  void server.run();
  const sweep = setInterval(() => void registry.uploads.closeIdle(60_000).catch(onFailure), 30_000);
  const { hostname, port } = door.address;
  return {
    port,
    url: `${options.tls === undefined ? "http" : "https"}://${
      hostname.includes(":") ? `[${hostname}]` : hostname
    }:${port}`,
    metrics: server.metrics,
    stop: async (limit) => {
      clearInterval(sweep);
      await server.stop(limit);
      await registry.uploads.closeIdle(-Infinity);
    },
  };
}

class Server {
  readonly metrics = new Metrics();
  readonly #connections: Connections;
  readonly #refusals: Refusals;
  readonly #running = new Set<Promise<void>>();
  readonly #handling: HandlerOptions;

  constructor(
    private readonly door: Door,
    private readonly options: ServerOptions,
    private readonly onFailure: (error: unknown) => void,
  ) {
    this.#handling = {
      guard: options.guard ?? openGuard(),
      metrics: () => this.metrics.text({ uploads: options.registry.uploads.size, connections: this.#connections.size }),
      onFailure,
    };
    this.#refusals = new Refusals((connection) => door.hangUp(connection));
    this.#connections = new Connections({
      most: options.connections ?? CONNECTIONS_MOST,
      headTimeout: options.headTimeout ?? HEAD_TIMEOUT,
      keepAliveTimeout: options.keepAliveTimeout ?? KEEP_ALIVE_TIMEOUT,
      idleTimeout: options.registry.idleTimeout,
    });
  }

  /** Takes connections until the door is closed. */
  async run(): Promise<void> {
    for (;;) {
      const accepted = await this.door.accept();
      if (accepted === undefined) return;
      const connection = this.#connections.open(performance.now());
      if (connection === undefined) await this.#refusals.room();
      const work = connection === undefined ? this.#refuse(accepted) : this.#serve(accepted, connection);
      const running = work.catch(this.onFailure).finally(() => this.#running.delete(running));
      this.#running.add(running);
    }
  }

  /** Stops: what runs has `limit` milliseconds to end. */
  async stop(limit: number): Promise<void> {
    this.door.close();
    await this.#connections.drain(limit);
    await Promise.all(this.#running);
    this.door.done();
  }

  async #refuse(accepted: Deno.Conn): Promise<void> {
    this.metrics.connectionRefused();
    if (this.door.speaks) await this.#refusals.refuse(accepted);
    else this.door.hangUp(accepted);
  }

  async #serve(accepted: Deno.Conn<Deno.NetAddr>, connection: Connection): Promise<void> {
    const address = accepted.remoteAddr.hostname;
    const { signal } = connection.cut;
    try {
      const entered = await this.door.enter?.(accepted, signal);
      const respond = this.#responder(connection, { address, name: entered?.name ?? "" });
      await serveConnection(entered?.connection ?? accepted, signal, respond, this.onFailure);
      await entered?.ended;
    } catch (error) {
      closeQuietly(accepted);
      // Clients that are not let in are no failure of the server.
      if (this.door.enter === undefined) this.onFailure(error);
    } finally {
      this.#connections.close(connection);
    }
  }

  #responder(connection: Connection, peer: Peer): Respond {
    return async (request, info) => {
      connection.begin();
      const began = performance.now();
      const refusal = this.options.limiter?.refusal(this.#clientOf(request, peer), began);
      const handled = refusal === undefined
        ? await handle(this.options.registry, this.#handling, request, peer)
        : { response: refusalAnswer(refusal, request.method === "HEAD"), route: "" as const, user: "" };
      const now = performance.now();
      const { response, route } = handled;
      this.metrics.count(request.method, route, response.status, now - began);
      this.#tell(request, handled, peer, now - began);
      const bytes = request.method === "GET" ? sizeOf(response) : 0;
      if (bytes <= AT_ONCE_MOST) {
        connection.end(now);
      } else {
        this.#connections.expect(connection, bytes, now);
        const end = () => connection.end(performance.now());
        info.completed.then(end, end);
      }
      return response;
    };
  }

  #tell(request: Request, { response, user }: Handled, peer: Peer, ms: number): void {
    this.options.onAccess?.({
      method: request.method,
      path: request.url.slice(request.url.indexOf("/", 8)),
      status: response.status,
      ms: Math.round(ms * 10) / 10,
      client: this.#clientOf(request, peer),
      user,
      bytes: sizeOf(response),
    });
  }

  /** Address of a client. Of several forwarded ones the last is what the proxy saw itself; the others are what it was told. */
  #clientOf(request: Request, peer: Peer): string {
    const forwarded = this.options.trustProxy === true ? request.headers.get("x-forwarded-for") : null;
    return forwarded?.split(",").at(-1)?.trim() || peer.address;
  }
}

function sizeOf(response: Response): number {
  return Number(response.headers.get("content-length") ?? 0);
}
