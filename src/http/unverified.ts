/**
 * Connections to hosts whose certificate the runtime's own check would refuse: hosts configured `insecure`, and hosts whose own
 * certificate is given as their CA. The runtime can do this for a single host only through node:tls.
 *
 * @module
 */
import { X509Certificate } from "node:crypto";
import { connect as netConnect, type Socket } from "node:net";
import { connect as tlsConnect, type TLSSocket } from "node:tls";
import { FerryError } from "../errors.ts";
import { bare, type Dialled, proxyRefusal, tunnelHead } from "./connection.ts";
import type { ByteConnection } from "./http1.ts";
import { type Env, proxyFor } from "./proxy.ts";
import { stopped } from "./stopped.ts";
import { CONNECT_MS, type TlsSettings } from "./wire.ts";

/** Characters of a proxy's answer that are read. */
const PROXY_HEAD_MOST = 64 * 1024;

/**
 * Opens a TLS connection without the usual verification. With `pinned`, the host must show one of the certificates of `tls.ca`
 * itself before anything is sent to it; without, any certificate is taken.
 *
 * @throws {FerryError} TLS, CONNECT, TIMEOUT
 */
export async function dialUnverified(
  url: URL,
  tls: TlsSettings,
  pinned: boolean,
  env: Env,
  signal?: AbortSignal,
): Promise<Dialled> {
  const limit = AbortSignal.timeout(CONNECT_MS);
  const stop = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const host = bare(url.hostname);
  const port = Number(url.port || 443);
  const proxy = proxyFor(url, env);
  const secure = (over: { host: string; port: number } | { socket: Socket }) =>
    tlsConnect({
      ...over,
      servername: /^[\d.]+$|:/.test(host) ? "" : host,
      rejectUnauthorized: false,
      ...(tls.cert === undefined ? {} : { cert: tls.cert }),
      ...(tls.key === undefined ? {} : { key: tls.key }),
    });
  const socket = proxy === undefined
    ? secure({ host, port })
    : await throughProxy(proxy, `${url.hostname}:${port}`, stop, (socket) => secure({ socket }));
  let failure: Error | undefined;
  socket.on("error", (error: Error) => failure ??= error);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  try {
    await stopped(event(socket, "secureConnect"), stop);
    // The runtime says so too where the handshake fails: then no certificate was shown, and the error is yet to come.
    if (Object.keys(socket.getPeerCertificate(true) ?? {}).length === 0) {
      await stopped(closed, stop);
      throw failure ?? new FerryError("TLS", `TLS with ${url.host} failed: it showed no certificate`);
    }
    if (pinned && !isPinned(socket, tls.ca)) {
      throw new FerryError("TLS", `Certificate of ${url.host} is not one of those configured for it`, {
        hint: "check the regcert of that registry",
      });
    }
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { connection: byteConnection(socket), absoluteForm: false, headers: {} };
}

function isPinned(socket: TLSSocket, ca: readonly string[]): boolean {
  const shown: unknown = socket.getPeerCertificate(true).fingerprint256;
  return typeof shown === "string" && ca.flatMap(fingerprints).includes(shown);
}

/** Certificates of a PEM text, each as its SHA-256 fingerprint. */
function fingerprints(pem: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  return blocks.flatMap((block) => {
    try {
      return [new X509Certificate(block).fingerprint256];
    } catch {
      return [];
    }
  });
}

/**
 * A TLS socket through an HTTP proxy. TLS is laid over the connection in the very call that brings the proxy's answer: once the
 * runtime has begun to read on, the handshake never starts.
 */
async function throughProxy(
  proxy: URL,
  target: string,
  signal: AbortSignal,
  secure: (socket: Socket) => TLSSocket,
): Promise<TLSSocket> {
  const socket = netConnect(Number(proxy.port || 80), bare(proxy.hostname));
  const work = new Promise<TLSSocket>((resolve, reject) => {
    let text = "";
    const came = (piece: Uint8Array) => {
      text += new TextDecoder("latin1").decode(piece);
      if (!text.includes("\r\n\r\n") && text.length < PROXY_HEAD_MOST) return;
      socket.off("data", came);
      const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);
      if (status >= 200 && status <= 299) resolve(secure(socket));
      else reject(proxyRefusal(proxy, target, status));
    };
    socket.on("data", came);
    socket.once("connect", () => socket.write(tunnelHead(proxy, target)));
    socket.once("error", reject);
    socket.once("close", () => reject(proxyRefusal(proxy, target, 0)));
  });
  try {
    return await stopped(work, signal);
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** A node socket with the verbs of a connection. */
function byteConnection(socket: Socket): ByteConnection {
  let failure: Error | undefined;
  let ended = false;
  let wake: (() => void) | undefined;
  const rouse = () => {
    wake?.();
    wake = undefined;
  };
  socket.on("error", (error: Error) => {
    failure ??= error;
    rouse();
  });
  socket.on("end", () => {
    ended = true;
    rouse();
  });
  socket.on("close", () => {
    ended = true;
    rouse();
  });
  socket.on("readable", rouse);
  return {
    async read(into: Uint8Array): Promise<number | null> {
      for (;;) {
        if (failure !== undefined) throw failure;
        const piece = socket.read() as Uint8Array | null;
        if (piece !== null) {
          const size = Math.min(piece.byteLength, into.byteLength);
          into.set(piece.subarray(0, size));
          if (size < piece.byteLength) socket.unshift(piece.subarray(size));
          return size;
        }
        if (ended) return null;
        await new Promise<void>((resolve) => wake = resolve);
      }
    },
    write(bytes: Uint8Array): Promise<number> {
      if (failure !== undefined) return Promise.reject(failure);
      return new Promise((resolve, reject) => {
        socket.write(bytes, (error?: Error | null) => error ? reject(error) : resolve(bytes.byteLength));
      });
    },
    close: () => socket.destroy(),
  };
}

function event(socket: Socket, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(name, () => resolve());
    socket.once("error", reject);
  });
}
