/**
 * Connections of our own: TCP or TLS, straight or through a proxy.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { FerryError } from "../errors.ts";
import { PROXY_LOGIN } from "./failure.ts";
import { AnswerReader, type ByteConnection, encodeHead, writeAll } from "./http1.ts";
import { type Env, proxyFor } from "./proxy.ts";
import { stopped } from "./stopped.ts";
import { connectTcp } from "./tcp.ts";
import { CONNECT_MS, type TlsSettings } from "./wire.ts";

/** A connection, and how requests on it name their target. */
export interface Dialled {
  /** The connection. */
  readonly connection: ByteConnection;
  /** True when an HTTP proxy stands in between that wants whole URLs. */
  readonly absoluteForm: boolean;
  /** Headers for the proxy. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Opens connections. */
export type Dial = (url: URL, signal?: AbortSignal) => Promise<Dialled>;

/** Opens a connection to the URL's host, with TLS verified by the runtime, through the environment's proxy where there is one. */
export async function dial(url: URL, tls: TlsSettings, env: Env, signal?: AbortSignal): Promise<Dialled> {
  const limit = AbortSignal.timeout(CONNECT_MS);
  const stop = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const proxy = proxyFor(url, env);
  const secure = url.protocol === "https:";
  const port = Number(url.port || (secure ? 443 : 80));
  const hostname = bare(url.hostname);
  const options = {
    caCerts: [...tls.ca],
    alpnProtocols: ["http/1.1"],
    ...(tls.cert !== undefined && tls.key !== undefined ? { cert: tls.cert, key: tls.key } : {}),
  };
  if (secure && proxy === undefined) {
    // connectTls is the one that takes a client certificate; startTls goes over a connection of any address, without Nagle's delay.
    if ("cert" in options) return plain(await stopped(Deno.connectTls({ hostname, port, ...options }), stop));
    return plain(await shake(await connectTcp(hostname, port, stop), hostname, options, stop));
  }
  if (proxy === undefined) return plain(await connectTcp(hostname, port, stop));
  const through = await dialProxy(proxy, stop);
  const headers = proxyHeaders(proxy);
  if (!secure) return { connection: through, absoluteForm: true, headers };
  if ("cert" in options) {
    through.close();
    throw new FerryError(
      "UNSUPPORTED",
      `Client certificate for ${url.host} cannot be used through the proxy ${proxy.host}`,
      {
        hint: `add ${url.hostname} to NO_PROXY`,
      },
    );
  }
  try {
    await openTunnel(through, proxy, `${url.hostname}:${port}`, stop);
  } catch (error) {
    through.close();
    throw error;
  }
  return plain(await shake(through, hostname, options, stop));
}

/**
 * Asks an HTTP proxy for a tunnel on a connection to it.
 *
 * @throws {FerryError} CONNECT
 */
export async function openTunnel(
  connection: ByteConnection,
  proxy: URL,
  target: string,
  signal: AbortSignal,
): Promise<void> {
  await writeAll(connection, tunnelHead(proxy, target));
  const head = await stopped(new AnswerReader(connection).head(), signal);
  if (head.status > 299) throw proxyRefusal(proxy, target, head.status);
}

/** The request for a tunnel. */
export function tunnelHead(proxy: URL, target: string): Uint8Array {
  return encodeHead("CONNECT", target, { host: target, ...proxyHeaders(proxy) });
}

/** A proxy's refusal of a tunnel; status 0 where it gave no answer. */
export function proxyRefusal(proxy: URL, target: string, status: number): FerryError {
  const how = status === 0 ? "without an answer" : `with status ${status}`;
  return new FerryError("CONNECT", `Proxy ${proxy.host} refused a connection to ${target} ${how}`, {
    ...(status === 0 ? {} : { status }),
    hint: status === 407 ? PROXY_LOGIN : `have the proxy allow it, or add ${target.replace(/:\d+$/, "")} to NO_PROXY`,
  });
}

/** Headers that a proxy asks of its users. */
function proxyHeaders(proxy: URL): Record<string, string> {
  if (proxy.username === "") return {};
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(user, "utf8").toString("base64")}` };
}

async function dialProxy(proxy: URL, signal: AbortSignal): Promise<Deno.TcpConn> {
  if (proxy.protocol !== "http:") {
    throw new FerryError(
      "UNSUPPORTED",
      `Proxy scheme "${proxy.protocol.replace(":", "")}" is not supported for uploads`,
      {
        hint: "use an http:// proxy",
      },
    );
  }
  return await connectTcp(bare(proxy.hostname), Number(proxy.port || 80), signal);
}

async function shake(
  tcp: Deno.TcpConn,
  hostname: string,
  options: { caCerts: string[]; alpnProtocols: string[] },
  signal: AbortSignal,
): Promise<Deno.TlsConn> {
  const secure = await Deno.startTls(tcp, { hostname, ...options });
  try {
    await stopped(secure.handshake(), signal);
    return secure;
  } catch (error) {
    secure.close();
    throw error;
  }
}

function plain(connection: ByteConnection): Dialled {
  return { connection, absoluteForm: false, headers: {} };
}

/** An IPv6 address without its brackets. */
export function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
