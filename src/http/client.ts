/**
 * Sends requests to registries: mirrors, limits, authorization, redirects and retries. What it does is behind one verb.
 *
 * @module
 */
import type { Authorizer, AuthRequest, TokenFetch } from "../auth/authorizer.ts";
import type { CredentialSource } from "../auth/credential.ts";
import { createAuthorizer } from "../auth/flow.ts";
import type { RegistryHost, RegistryHosts } from "../config/registry_host.ts";
import { FerryError } from "../errors.ts";
import { answerError, ERROR_BODY_MOST } from "./answer_error.ts";
import { Backoff } from "./backoff.ts";
import { readBytes, readText } from "./body.ts";
import { Exchange } from "./exchange.ts";
import { connectionFailure, isTransient } from "./failure.ts";
import { limitReset } from "./limit_reset.ts";
import type { Env } from "./proxy.ts";
import { redactHeaders, redactUrl } from "./redact.ts";
import type { RegistryAnswer, RegistryRequest } from "./request.ts";
import { retryAfter } from "./retry_after.ts";
import { type Lease, Throttle } from "./throttle.ts";
import { StallTimer } from "./stall_timer.ts";
import { STALL_MS, type WireAnswer, type WireRequest } from "./wire.ts";
import { originOf, Wires } from "./wires.ts";

/** Tries of a request, unless it says otherwise. */
export const TRIES = 5;
/** Longest Retry-After that is waited for, milliseconds; more is an error that says how long. */
export const RETRY_AFTER_MOST: number = 5 * 60_000;
/** Most bytes of the answer of a token realm. */
const TOKEN_MOST = 1024 * 1024;
/** Times that a request is authorized anew. */
const CHALLENGES_MOST = 4;
const RETRIED: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);

/** Log lines that the client writes. A field that is a function gives its value when the line is written. */
export interface HttpLog {
  /** What is sent, before there is an answer. */
  trace?(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** Single requests. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What a registry warns of. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Time. */
export interface HttpClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Waits; rejects with the signal's reason when it is stopped. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** What a client works with. */
export interface HttpClientOptions {
  /** Settings of registries. */
  readonly hosts: RegistryHosts;
  /** Credentials. */
  readonly credentials: CredentialSource;
  /** Environment, for proxies. */
  readonly env: Env;
  /** Time. */
  readonly clock: HttpClock;
  /** Log. */
  readonly log?: HttpLog | undefined;
  /** User-Agent header. */
  readonly userAgent: string;
  /** Milliseconds after which a connection on which nothing moves is given up. */
  readonly stallMs?: number | undefined;
}

/** A client for all registries of a run. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #authorizer: Authorizer;
  readonly #wires: Wires;
  readonly #exchange: Exchange;
  readonly #backoff = new Backoff();
  readonly #throttle = new Throttle();
  readonly #warned = new Set<string>();
  /** Notices connections on which nothing moves. */
  readonly stall: StallTimer;

  /** Opens nothing yet. */
  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.stall = new StallTimer(options.stallMs ?? STALL_MS);
    this.#wires = new Wires(options.env, this.stall.milliseconds);
    this.#exchange = new Exchange(this.#wires, options.hosts, this.stall);
    this.#authorizer = createAuthorizer({
      credentials: options.credentials,
      fetchToken: (url, init) => this.fetchToken(url, init),
      now: () => options.clock.now(),
      clientId: options.userAgent.split("/", 1)[0]!,
      ...(options.log === undefined ? {} : { log: options.log }),
    });
  }

  /** Time. */
  get clock(): HttpClock {
    return this.#options.clock;
  }

  /** Settings of a registry. */
  host(registry: string): Promise<RegistryHost> {
    return this.#options.hosts.get(registry);
  }

  /** Takes places for a transfer at all its hosts at once; registries by name. */
  async transfer(registries: readonly string[], signal?: AbortSignal): Promise<Lease> {
    for (const registry of registries) this.#throttle.limit(registry, (await this.host(registry)).reqConcurrent);
    return await this.#throttle.acquire(registries, signal);
  }

  /**
   * Sends a request until it is answered with an accepted status.
   *
   * @throws {FerryError} what the registry or the connection said, after the tries are used up
   */
  async send(request: RegistryRequest): Promise<RegistryAnswer> {
    const upstream = await this.host(request.registry);
    const hosts = request.mirrored && request.url === undefined ? await this.#readHosts(upstream) : [upstream];
    const tries = typeof request.body === "function" ? 1 : request.tries ?? TRIES;
    let failure: FerryError | undefined;
    for (let round = 0; round < tries; round++) {
      for (const host of this.#calmFirst(hosts)) {
        const answer = await this.#try(request, host, host !== upstream);
        if (!(answer instanceof FerryError)) return answer;
        failure = host === upstream || failure === undefined ? answer : failure;
        if (host === upstream && !isTransient(answer)) throw answer;
      }
      if (failure?.retryAfter !== undefined && failure.retryAfter * 1000 > RETRY_AFTER_MOST) break;
      // A host that keeps failing gets one more try from each request, not five: all of them share the wait.
      if (this.#backoff.failures(upstream.name) > TRIES * 2 && round > 0) break;
    }
    throw failure!;
  }

  /** Sends a request to a token realm. Redirects to other hosts are refused: what goes there are credentials. */
  async fetchToken(
    url: URL,
    init: Parameters<TokenFetch>[1],
  ): ReturnType<TokenFetch> {
    const host = await this.host(init.registry ?? url.host);
    const body = init.body === undefined ? undefined : new TextEncoder().encode(init.body);
    let failure: FerryError | undefined;
    for (let round = 0; round < 3; round++) {
      const started = this.clock.now();
      try {
        const { answer } = await this.#exchange.send(
          {
            method: init.method,
            url,
            headers: { "user-agent": this.#options.userAgent, ...init.headers },
            body,
            signal: init.signal,
          },
          { host, upload: false, allowed: (target) => target.origin === url.origin },
        );
        const tooLong = () => new FerryError("RESPONSE_INVALID", `Token from ${url.host} is too long`);
        const bytes = await readBytes(answer.body, TOKEN_MOST, tooLong, this.stall).finally(() => answer.done?.());
        const text = new TextDecoder().decode(bytes);
        this.#options.log?.debug("token request", {
          method: init.method,
          url: redactUrl(url),
          status: answer.status,
          ms: Math.round(this.clock.now() - started),
        });
        if (!RETRIED.has(answer.status) || round === 2) return { status: answer.status, headers: answer.headers, text };
        this.#backoff.failed(url.host, this.clock.now(), retryAfter(answer.headers, this.clock.now()));
      } catch (error) {
        init.signal?.throwIfAborted();
        failure = connectionFailure(error, init.method, url);
        if (!isTransient(failure)) throw failure;
        this.#backoff.failed(url.host, this.clock.now());
      }
      await this.clock.sleep(this.#backoff.wait(url.host, this.clock.now()), init.signal);
    }
    throw failure!;
  }

  /** Closes idle connections. */
  close(): void {
    this.#wires.close();
  }

  /** One try at one host: an accepted answer, or why there is none. */
  async #try(request: RegistryRequest, host: RegistryHost, mirror: boolean): Promise<RegistryAnswer | FerryError> {
    const { clock, log } = this.#options;
    const signal = request.signal;
    await this.#waitFor(host, signal);
    const held = request.lease?.hosts.includes(host.name) ?? false;
    const lease = held ? undefined : await this.transfer([host.name], signal);
    try {
      const turn = this.#throttle.turn(host.name, host.reqPerSec, clock.now());
      if (turn > 0) await clock.sleep(turn, signal);
      const started = clock.now();
      const { answer, url } = await this.#authorized(request, host, mirror);
      log?.debug("request", {
        method: request.method,
        url: redactUrl(url),
        status: answer.status,
        ms: Math.round(clock.now() - started),
        headers: () => redactHeaders(answer.headers),
      });
      this.#warn(host, answer.headers);
      if (request.accept.includes(answer.status) && !(mirror && answer.status === 404)) {
        this.#backoff.succeeded(host.name);
        return this.#answer(answer, url, host, lease, request);
      }
      const body = await readText(answer.body, ERROR_BODY_MOST, this.stall);
      answer.done?.();
      lease?.release();
      if (RETRIED.has(answer.status)) {
        const wait = answer.status === 429 ? limitReset : retryAfter;
        this.#backoff.failed(host.name, clock.now(), wait(answer.headers, clock.now()));
      }
      return answerError(request, host.name, { ...answer, body }, clock.now());
    } catch (error) {
      lease?.release();
      signal?.throwIfAborted();
      const failure = connectionFailure(error, request.method, request.url ?? this.#address(request, host, mirror));
      if (!isTransient(failure) && !mirror) throw failure;
      log?.debug("request failed", { method: request.method, host: host.name, error: failure.message });
      this.#backoff.failed(host.name, clock.now());
      return failure;
    }
  }

  /** Sends, and again with a new authorization when the host asks for one. */
  async #authorized(
    request: RegistryRequest,
    host: RegistryHost,
    mirror: boolean,
  ): Promise<{ answer: WireAnswer; url: URL }> {
    const url = request.url ?? this.#address(request, host, mirror);
    const origin = originOf(host);
    const own = url.origin === origin;
    const auth: AuthRequest = {
      registry: host.name,
      origin,
      repository: request.repository === ""
        ? ""
        : host.pathPrefix === ""
        ? request.repository
        : `${host.pathPrefix}/${request.repository}`,
      actions: request.actions,
      repoAuth: host.repoAuth,
      ...(request.extraScopes === undefined ? {} : { extraScopes: request.extraScopes }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    };
    for (let challenges = 0;; challenges++) {
      const sent = own ? await this.#authorizer.authorize(auth) : undefined;
      const wireRequest: WireRequest = {
        method: request.method,
        url,
        headers: {
          "user-agent": this.#options.userAgent,
          ...request.headers,
          ...(sent === undefined ? {} : { authorization: sent }),
        },
        body: typeof request.body === "function" ? await request.body() : request.body,
        signal: request.signal,
      };
      this.#options.log?.trace?.("request sent", {
        method: request.method,
        url: () => redactUrl(url),
        headers: () => redactHeaders(wireRequest.headers),
      });
      const { answer, url: last } = await this.#exchange.send(wireRequest, { host, upload: request.upload ?? false });
      const refused = answer.status === 401 || answer.status === 403;
      if (!refused || !own || last.origin !== origin || challenges >= CHALLENGES_MOST) return { answer, url: last };
      if (answer.status === 403 && sent === undefined && !answer.headers.has("www-authenticate")) {
        return { answer, url: last };
      }
      // The body says why it was refused, should no other authorization help.
      const words = await readText(answer.body, ERROR_BODY_MOST, this.stall);
      answer.done?.();
      if (!await this.#authorizer.challenged(auth, answer, sent)) {
        return { answer: { ...answer, body: new Blob([words]).stream() }, url: last };
      }
    }
  }

  #answer(
    answer: WireAnswer,
    url: URL,
    host: RegistryHost,
    lease: Lease | undefined,
    request: RegistryRequest,
  ): RegistryAnswer {
    const release = () => {
      answer.done?.();
      lease?.release();
    };
    return {
      status: answer.status,
      headers: answer.headers,
      url,
      host,
      body: answer.body,
      release,
      discard: async () => {
        await answer.body?.cancel().catch(() => {});
        release();
      },
      bytes: async (most) => {
        const tooLong = () =>
          new FerryError("RESPONSE_INVALID", `Answer to ${request.method} ${request.what} has more than ${most} bytes`);
        try {
          return await readBytes(answer.body, most, tooLong, this.stall);
        } catch (error) {
          request.signal?.throwIfAborted();
          throw connectionFailure(error, request.method, url);
        } finally {
          release();
        }
      },
    };
  }

  #address(request: RegistryRequest, host: RegistryHost, mirror: boolean): URL {
    const prefix = [host.pathPrefix, request.repository].filter((part) => part !== "").join("/");
    const path = `/v2/${prefix === "" ? "" : `${prefix}/`}${request.path}`;
    const url = new URL(originOf(host) + path);
    // Names come from registries too: one that is a path of its own would lead a request, and its authorization, to another repository.
    if (url.pathname !== path || /[%\\]/.test(path)) {
      throw new FerryError("REFERENCE_INVALID", `Name in ${JSON.stringify(request.what).slice(0, 300)} is not valid`);
    }
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    if (mirror) url.searchParams.set("ns", request.registry);
    return url;
  }

  /** Mirrors and upstream in the order to read from: higher priority first, mirrors before the upstream of the same. */
  async #readHosts(upstream: RegistryHost): Promise<readonly RegistryHost[]> {
    if (upstream.mirrors.length === 0) return [upstream];
    const mirrors = await Promise.all(upstream.mirrors.map((name) => this.host(name)));
    return [...mirrors, upstream].sort((a, b) => b.priority - a.priority);
  }

  /** Hosts that failed lately go last. */
  #calmFirst(hosts: readonly RegistryHost[]): readonly RegistryHost[] {
    if (hosts.length === 1) return hosts;
    const now = this.clock.now();
    return [...hosts].sort((a, b) =>
      Number(this.#backoff.wait(a.name, now) > 0) - Number(this.#backoff.wait(b.name, now) > 0)
    );
  }

  async #waitFor(host: RegistryHost, signal: AbortSignal | undefined): Promise<void> {
    const wait = this.#backoff.wait(host.name, this.clock.now());
    if (wait <= 0) return;
    this.#options.log?.debug("waiting for host", { host: host.name, ms: Math.round(wait) });
    await this.clock.sleep(Math.min(wait, RETRY_AFTER_MOST), signal);
  }

  #warn(host: RegistryHost, headers: Headers): void {
    const text = headers.get("warning");
    if (text === null) return;
    for (const match of text.matchAll(/299 [^ ]+ "((?:[^"\\]|\\.)*)"/g)) {
      const warning = match[1]!.replace(/\\(.)/g, "$1");
      if (this.#warned.has(warning)) continue;
      this.#warned.add(warning);
      this.#options.log?.warn("Registry warning message", { host: host.name, warning });
    }
  }
}
