/**
 * The server: listens, answers, counts, and stops without cutting off what runs.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { type Guard, openGuard } from "./access/guard.ts";
import { refusalAnswer } from "./answer.ts";
import { handle } from "./handler.ts";
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
  /** Bytes of the answer, where known ahead. */
  readonly bytes: number | undefined;
}

/** How a server listens, and who may ask. */
export interface ListenOptions {
  /** Address to listen on. */
  readonly address: string;
  /** Port, 0 for any that is free. */
  readonly port: number;
  /** Certificate and key, PEM, for TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
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

/**
 * Starts a server.
 *
 * @throws {FerryError} CONNECT where the address cannot be listened on, TLS where certificate and key are not usable
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { registry, address, port, tls, limiter, onAccess } = options;
  const metrics = new Metrics();
  const guard = options.guard ?? openGuard();
  const cut = new AbortController();
  const handlerOptions = {
    guard,
    metrics: () => metrics.text({ uploads: registry.uploads.size }),
    onFailure: options.onFailure ?? (() => {}),
  };
  const respond = async (request: Request, info: Deno.ServeHandlerInfo<Deno.NetAddr>): Promise<Response> => {
    const began = performance.now();
    const client = limiter === undefined && onAccess === undefined ? "" : clientOf(request, info, options);
    const refusal = limiter?.refusal(client, began);
    const { response, route, user } = refusal === undefined
      ? await handle(registry, handlerOptions, request)
      : { response: refusalAnswer(refusal, request.method === "HEAD"), route: "" as const, user: "" };
    const ms = performance.now() - began;
    metrics.count(request.method, route, response.status, ms);
    onAccess?.({
      method: request.method,
      path: request.url.slice(request.url.indexOf("/", 8)),
      status: response.status,
      ms: Math.round(ms * 10) / 10,
      client,
      user,
      bytes: sizeOf(response),
    });
    return response;
  };
  const listening = Promise.withResolvers<Deno.NetAddr>();
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({
      hostname: address,
      port,
      ...tls,
      signal: cut.signal,
      onListen: (at) => listening.resolve(at),
      onError: (error) => {
        handlerOptions.onFailure(error);
        return new Response(null, { status: 500 });
      },
    }, respond);
  } catch (cause) {
    throw startFailure(cause, address, port);
  }
  const at = await listening.promise;
  const sweep = setInterval(() => void registry.uploads.closeIdle(60_000), 30_000);
  return {
    port: at.port,
    url: `${tls === undefined ? "http" : "https"}://${
      at.hostname.includes(":") ? `[${at.hostname}]` : at.hostname
    }:${at.port}`,
    metrics,
    stop: async (limit) => {
      clearInterval(sweep);
      const timer = setTimeout(() => cut.abort(), limit);
      try {
        await Promise.race([server.shutdown(), server.finished]);
      } finally {
        clearTimeout(timer);
      }
      await registry.uploads.closeIdle(-Infinity);
    },
  };
}

function startFailure(cause: unknown, address: string, port: number): FerryError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const isTls = /certificate|private key|\bkey\b|pem/i.test(words);
  if (isTls) {
    return new FerryError("TLS", `Certificate and key cannot be used: ${words}`, {
      cause,
      hint: "give a PEM certificate with --tls-cert and its PEM key with --tls-key",
    });
  }
  return new FerryError("CONNECT", `Could not listen on "${address}:${port}": ${words}`, {
    cause,
    hint: "choose another --port, or 0 for any that is free",
  });
}

function clientOf(
  request: Request,
  info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  { trustProxy }: ListenOptions,
): string {
  const forwarded = trustProxy === true ? request.headers.get("x-forwarded-for") : null;
  return forwarded?.split(",")[0]?.trim() || info.remoteAddr.hostname;
}

function sizeOf(response: Response): number | undefined {
  const header = response.headers.get("content-length");
  return header === null ? undefined : Number(header);
}
