/**
 * Serves health and metrics over HTTP.
 *
 * @module
 */
import { FerryError, type Log } from "../../../src/mod.ts";
import type { Metrics } from "./metrics.ts";

/** Where to listen. */
export interface Address {
  /** Address of this machine, 0.0.0.0 for all of them. */
  readonly hostname: string;
  /** Port; 0 takes any that is free. */
  readonly port: number;
}

/**
 * Reads `127.0.0.1:9100`, `[::1]:9100`, `:9100` (all addresses) or `9100` (this machine alone).
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function parseAddress(text: string): Address {
  const match = /^(?:(\[[0-9a-f:.]+\]|[^:\s]*)(:))?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match !== null && port <= 65535) {
    const host = match[1]?.replace(/^\[|\]$/g, "") ?? "";
    return { hostname: host !== "" ? host : match[2] === undefined ? "127.0.0.1" : "0.0.0.0", port };
  }
  throw new FerryError("FLAG_INVALID", `Flag "--listen" cannot be "${text}"`, {
    hint: "write an address and a port, 127.0.0.1:9100, or :9100 for all addresses",
  });
}

/**
 * Listens until it is disposed of.
 *
 * @throws {FerryError} CONNECT where the address cannot be listened on
 */
export function listen({ hostname, port }: Address, metrics: Metrics, log: Log): AsyncDisposable {
  try {
    const server = Deno.serve({
      hostname,
      port,
      onListen: (address) => log.info("Listening", { url: `http://${bracketed(address.hostname)}:${address.port}` }),
    }, (request) => answer(request, metrics));
    return { [Symbol.asyncDispose]: () => server.shutdown() };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new FerryError("CONNECT", `Could not listen on "${hostname}:${port}": ${why}`, {
      hint: "choose another address with --listen",
      cause,
    });
  }
}

function answer(request: Request, metrics: Metrics): Response {
  const { pathname } = new URL(request.url);
  if (request.method !== "GET" && request.method !== "HEAD") {
    return new Response("Method not allowed\n", { status: 405 });
  }
  if (pathname === "/healthz") return Response.json(metrics.health());
  if (pathname !== "/metrics") return new Response("Not found\n", { status: 404 });
  return new Response(metrics.text(), { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" } });
}

function bracketed(hostname: string): string {
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}
