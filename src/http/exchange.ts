/**
 * One request and where it leads: redirects, the time an answer may take, and hosts that must be pinned. No authorization, no retries.
 *
 * @module
 */
import type { RegistryHost, RegistryHosts } from "../config/registry_host.ts";
import { FerryError } from "../errors.ts";
import { isRedirect, REDIRECTS_MOST, redirectTarget } from "./redirect.ts";
import { redactUrl } from "./redact.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";
import { originOf, type Wires } from "./wires.ts";

/** How an exchange is to be made. */
export interface ExchangeOptions {
  /** The registry host on whose behalf it is made. */
  readonly host: RegistryHost;
  /** Sent over connections that take streams. */
  readonly upload: boolean;
  /** Which redirects are followed, besides the rules for all; any unless given. */
  readonly allowed?: (target: URL) => boolean;
}

/** Exchanges requests for answers. */
export class Exchange {
  readonly #wires: Wires;
  readonly #hosts: RegistryHosts;
  readonly #stallMs: number;

  /** `stallMs`: milliseconds within which an answer must start. */
  constructor(wires: Wires, hosts: RegistryHosts, stallMs: number) {
    this.#wires = wires;
    this.#hosts = hosts;
    this.#stallMs = stallMs;
  }

  /**
   * Sends and follows redirects; authorization goes along only as far as the origin is the same. A streamed body cannot be sent
   * twice: its redirect is the answer.
   *
   * @throws {FerryError} POLICY, RESPONSE_INVALID, TIMEOUT and the connection's own errors
   */
  async send(
    first: WireRequest,
    options: ExchangeOptions,
  ): Promise<{ readonly answer: WireAnswer; readonly url: URL }> {
    let request = first;
    for (let hops = 0;; hops++) {
      const answer = await this.#once(request, options);
      if (!isRedirect(answer.status) || streams(request)) return { answer, url: request.url };
      await answer.body?.cancel().catch(() => {});
      const what = `${first.method} ${redactUrl(first.url)}`;
      if (hops >= REDIRECTS_MOST) {
        throw new FerryError("RESPONSE_INVALID", `${what} was redirected more than ${REDIRECTS_MOST} times`, {
          status: answer.status,
          hint:
            `its redirects go round in a circle: check the name, port and path of ${options.host.name}, or what stands before it`,
        });
      }
      const target = redirectTarget(request.url, answer.headers.get("location"));
      if (options.allowed?.(target) === false) {
        throw new FerryError("POLICY", `${what} was redirected to ${redactUrl(target)}, which is not followed`);
      }
      const { authorization: _authorization, ...headers } = request.headers;
      request = { ...request, url: target, headers: target.origin === request.url.origin ? request.headers : headers };
    }
  }

  async #once(request: WireRequest, options: ExchangeOptions): Promise<WireAnswer> {
    const { host } = options;
    const own = request.url.host === new URL(originOf(host)).host;
    const other = own ? undefined : await this.#hosts.get(request.url.host);
    const send = () => {
      const wire = this.#wires.pick(request.url, host, other, options.upload || streams(request));
      return streams(request)
        ? wire.send(request)
        : this.#timed(request, (signal) => wire.send({ ...request, signal }));
    };
    request.signal?.throwIfAborted();
    try {
      return await send();
    } catch (error) {
      if (
        request.url.protocol !== "https:" || streams(request) || !this.#wires.pin(request.url, other ?? host, error)
      ) throw error;
      return await send();
    }
  }

  async #timed(request: WireRequest, send: (signal: AbortSignal) => Promise<WireAnswer>): Promise<WireAnswer> {
    const late = new AbortController();
    const timer = setTimeout(() => {
      const what = `${request.method} ${redactUrl(request.url)}`;
      late.abort(new FerryError("TIMEOUT", `${what} got no answer in ${Math.round(this.#stallMs / 1000)} s`));
    }, this.#stallMs);
    try {
      return await send(request.signal === undefined ? late.signal : AbortSignal.any([request.signal, late.signal]));
    } finally {
      clearTimeout(timer);
    }
  }
}

function streams(request: WireRequest): boolean {
  return request.body !== undefined && !(request.body instanceof Uint8Array);
}
