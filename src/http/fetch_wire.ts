import type { TlsSettings, Wire, WireAnswer, WireRequest } from "./wire.ts";
import { isStreamBody } from "./wire.ts";

/**
 * Sends by fetch, over HTTP/1.1: HTTP/2 in this runtime delays every request with a body by some 40 ms. Streamed bodies are not
 * for it: it would send them without their length.
 */
export function createFetchWire(tls: TlsSettings): Wire {
  const client = Deno.createHttpClient({
    http2: false,
    poolMaxIdlePerHost: 32,
    ...(tls.ca.length > 0 ? { caCerts: [...tls.ca] } : {}),
    ...(tls.cert !== undefined && tls.key !== undefined ? { cert: tls.cert, key: tls.key } : {}),
  });
  return {
    async send(request: WireRequest): Promise<WireAnswer> {
      if (isStreamBody(request.body)) throw new TypeError("Streamed bodies are not sent by fetch");
      const answer = await fetch(request.url, {
        method: request.method,
        // Without this header the runtime asks for compression, and what arrives is no longer what the digest names.
        headers: { "accept-encoding": "identity", ...request.headers },
        redirect: "manual",
        client,
        ...(request.body === undefined ? {} : { body: request.body }),
        ...(request.signal === undefined ? {} : { signal: request.signal }),
      });
      return { status: answer.status, headers: answer.headers, body: answer.body };
    },
    close: () => client.close(),
  };
}
