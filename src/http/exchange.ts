/**
 * One request and where it leads: redirects, the time an answer may take, and hosts that must be pinned. No authorization, no retries.
 *
 * @module
 */
import type { RegistryHost, RegistryHosts } from "../config/registry_host.ts";
import { FerryError } from "../errors.ts";
import { isRedirect, REDIRECTS_MOST, redirectTarget } from "./redirect.ts";
import { redactUrl } from "./redact.ts";
import type { StallTimer } from "./stall_timer.ts";
import type { WireAnswer, WireRequest } from "./wire.ts";
import { originOf, type Wires } from "./wires.ts";

/** Why the signal of a request that is over is aborted: nobody gets to see it. */
const OVER = "over";

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
  readonly #stall: StallTimer;

  /** An answer must start in the time of `stall`. */
  constructor(wires: Wires, hosts: RegistryHosts, stall: StallTimer) {
    this.#wires = wires;
    this.#hosts = hosts;
    this.#stall = stall;
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
      answer.done?.();
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
    const own = new AbortController();
    const { signal } = request;
    const stop = () => own.abort(signal?.reason);
    signal?.addEventListener("abort", stop);
    const done = () => {
      signal?.removeEventListener("abort", stop);
      // The runtime's fetch keeps all of a request with its signal until the next full collection, unless that was aborted.
      own.abort(OVER);
    };
    const answered = this.#stall.limit(() => {
      const what = `${request.method} ${redactUrl(request.url)}`;
      const seconds = Math.round(this.#stall.milliseconds / 1000);
      own.abort(new FerryError("TIMEOUT", `${what} got no answer in ${seconds} s`));
    });
    try {
      const answer = await send(own.signal);
      if (answer.body !== null) return { ...answer, done };
      done();
      return answer;
    } catch (error) {
      done();
      throw error;
    } finally {
      answered();
    }
  }
}

function streams(request: WireRequest): boolean {
  return request.body !== undefined && !(request.body instanceof Uint8Array);
}
