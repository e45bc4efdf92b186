/**
 * One HTTP request on the wire: no authorization, no redirects, no retries. Several ways of sending stand behind one shape.
 *
 * @module
 */

/** A body of known length that is sent as it arrives. */
export interface StreamBody {
  /** Bytes, exactly; goes out as Content-Length. */
  readonly length: number;
  /** The bytes. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Told of every piece that went out. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** A request. */
export interface WireRequest {
  /** Method. */
  readonly method: string;
  /** Address. */
  readonly url: URL;
  /** Headers; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Body, or none. */
  readonly body?: Uint8Array<ArrayBuffer> | StreamBody | undefined;
  /** Stops the request, and the reading of its answer. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer. Its body must be read or cancelled. */
export interface WireAnswer {
  /** Status. */
  readonly status: number;
  /** Headers. */
  readonly headers: Headers;
  /** Body, null when there is none. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /** Must be called once the body was read or cancelled, where it is given: until then the request's signal stops the body. */
  readonly done?: (() => void) | undefined;
}

/** A way to send requests to hosts that share TLS settings. */
export interface Wire {
  /** Sends one request. Rejects with the sender's own error when no answer came. */
  send(request: WireRequest): Promise<WireAnswer>;
  /** Closes idle connections. */
  close(): void;
}

/** TLS settings of a connection. */
export interface TlsSettings {
  /** CA certificates besides the system's, PEM. */
  readonly ca: readonly string[];
  /** Client certificate, PEM. */
  readonly cert?: string | undefined;
  /** Key of the client certificate, PEM. */
  readonly key?: string | undefined;
}

/** Time after which a connection on which nothing moves is given up, milliseconds. */
export const STALL_MS = 60_000;
/** Time for a connection to come about, milliseconds. */
export const CONNECT_MS = 30_000;

/** True for a body that streams. */
export function isStreamBody(body: WireRequest["body"]): body is StreamBody {
  return body !== undefined && !(body instanceof Uint8Array);
}
