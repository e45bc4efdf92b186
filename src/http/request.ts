/**
 * Requests to registries as the registry transport makes them, and their answers.
 *
 * @module
 */
import type { RegistryHost } from "../config/registry_host.ts";
import type { Asked } from "./answer_error.ts";
import type { StreamBody } from "./wire.ts";

/** Places that a transfer holds already. */
export interface HeldPlaces {
  /** Hosts at which a place is held. */
  readonly hosts: readonly string[];
}

/** A request to a registry by its name. */
export interface RegistryRequest {
  /** Registry name. */
  readonly registry: string;
  /** Repository; "" for requests to the registry as a whole. */
  readonly repository: string;
  /** Method. */
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** What follows `/v2/<repository>/`, for example `manifests/latest`. */
  readonly path: string;
  /** Query parameters. */
  readonly query?: Readonly<Record<string, string>>;
  /** An address that the registry named (upload Location, next page), instead of the path. It is never retried at another host. */
  readonly url?: URL;
  /** Headers; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Body: bytes, or a way to start a stream; a stream is tried once. */
  readonly body?: Uint8Array<ArrayBuffer> | (() => Promise<StreamBody>);
  /** Statuses that the caller handles; any other is an error. */
  readonly accept: readonly number[];
  /** Actions wanted on the repository. */
  readonly actions: readonly string[];
  /** Further scopes. */
  readonly extraScopes?: readonly string[];
  /** Mirrors may answer it. */
  readonly mirrored?: boolean;
  /** Part of an upload or next to one: sent over connections that take streams, which are kept for the next. */
  readonly upload?: boolean;
  /** What is asked for, so that a bare 404 can be named. */
  readonly asked: Asked;
  /** Names the thing in errors, for example `manifest a.b/c:1`. */
  readonly what: string;
  /** The same as a reference, where hints can learn more from it. */
  readonly target?: string;
  /** Most tries; 5 unless given. */
  readonly tries?: number;
  /** Stops it. */
  readonly signal?: AbortSignal | undefined;
  /** Places that are held already. */
  readonly lease?: HeldPlaces | undefined;
}

/** An answer of an accepted status. One of `bytes`, `discard` and `release` must be called. */
export interface RegistryAnswer {
  /** Status. */
  readonly status: number;
  /** Headers. */
  readonly headers: Headers;
  /** Address that answered, after redirects. */
  readonly url: URL;
  /** Host that was asked: the registry or one of its mirrors. */
  readonly host: RegistryHost;
  /** The body; after it was read or cancelled, `release` must be called. */
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>> | null;
  /**
   * The body whole, at most `most` bytes.
   *
   * @throws {FerryError} RESPONSE_INVALID when it is longer; CONNECTION_LOST, TIMEOUT
   */
  bytes(most: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Drops the body. */
  discard(): Promise<void>;
  /** Gives the place at the host back. */
  release(): void;
}
