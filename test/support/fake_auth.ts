/** How the fake registry asks who is there: Basic, or Bearer with a token server of its own. */
import { FaultScript } from "./faults.ts";
import { type Answer, errorAnswer, jsonAnswer, type ServerRequest } from "./http_message.ts";
import { HttpServer, type ServerCertificate } from "./http_server.ts";

/** Lets requests in or answers 401. */
export interface FakeAuth {
  /** The refusal, or undefined where the request may go on. */
  check(request: ServerRequest, repository: string, actions: readonly string[]): Answer | undefined;
}

/** Basic authentication with one user. */
export function basicAuth(username: string, password: string): FakeAuth {
  const right = `Basic ${btoa(`${username}:${password}`)}`;
  return {
    check: (request) =>
      request.headers.get("authorization") === right
        ? undefined
        : errorAnswer(401, "UNAUTHORIZED", "authentication required", { "www-authenticate": 'Basic realm="fake"' }),
  };
}

/** What a token server gives and to whom. */
export interface TokenServerOptions {
  /** Passwords by user. */
  readonly users?: Readonly<Record<string, string>>;
  /** Identity (refresh) tokens that are right. */
  readonly refreshTokens?: readonly string[];
  /** Actions that everybody may do. */
  readonly anonymous?: readonly string[];
  /** Seconds that a token lives; undefined says nothing (60 by the docker token specification). */
  readonly expiresIn?: number;
  /** Field that carries the token. */
  readonly field?: "token" | "access_token";
  /** Scopes that nobody gets, as regular expression. */
  readonly forbidden?: RegExp;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly certificate?: ServerCertificate;
}

/** A request that the token server saw. */
export interface TokenRequest {
  readonly method: string;
  readonly scopes: readonly string[];
  readonly service: string | null;
  /** Query of a GET, form of a POST. */
  readonly parameters: URLSearchParams;
  readonly authorization: string | null;
  readonly status: number;
}

/** A token server and the auth of the registries that name it as their realm (Docker token authentication). */
export class TokenServer implements FakeAuth, AsyncDisposable {
  /** Every request, in order. */
  readonly requests: TokenRequest[] = [];
  /** Faults of the token server. */
  readonly faults: FaultScript = new FaultScript();
  readonly #server: HttpServer;
  readonly #options: TokenServerOptions;
  readonly #tokens = new Map<string, { readonly scopes: readonly string[]; readonly until: number }>();
  #made = 0;

  constructor(options: TokenServerOptions = {}) {
    this.#options = options;
    this.#server = HttpServer.start((request) => this.#answer(request), options.certificate);
  }

  /** URL of the realm. */
  get realm(): string {
    return `${this.#server.origin}/token`;
  }

  /** Makes every token that was given so far worthless. */
  revoke(): void {
    this.#tokens.clear();
  }

  check(request: ServerRequest, repository: string, actions: readonly string[]): Answer | undefined {
    const scope = repository === "" ? [] : [`repository:${repository}:${actions.join(",")}`];
    const held = this.#tokens.get(request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "");
    const alive = held !== undefined && held.until > this.#now();
    if (alive && actions.every((action) => repository === "" || held.scopes.includes(`${repository}:${action}`))) {
      return undefined;
    }
    const parts = [`realm="${this.realm}"`, 'service="fake"', ...scope.map((text) => `scope="${text}"`)];
    const error = request.headers.has("authorization")
      ? [`error="${alive ? "insufficient_scope" : "invalid_token"}"`]
      : [];
    return errorAnswer(401, "UNAUTHORIZED", "authentication required", {
      "www-authenticate": `Bearer ${[...parts, ...error].join(",")}`,
    });
  }

  /** Ends the server. */
  close(): Promise<void> {
    return this.#server.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  async #answer(request: ServerRequest): Promise<Answer> {
    const body = new TextDecoder().decode(await request.bytes());
    const parameters = request.method === "POST" ? new URLSearchParams(body) : request.query;
    const scopes = parameters.getAll("scope").flatMap((text) => text.split(" ")).filter((text) => text !== "");
    const result = await this.faults.run(request, () => Promise.resolve(this.#token(request, parameters, scopes)));
    const authorization = request.headers.get("authorization");
    const service = parameters.get("service");
    this.requests.push({ method: request.method, scopes, service, parameters, authorization, status: result.status });
    return result;
  }

  #token(request: ServerRequest, parameters: URLSearchParams, scopes: readonly string[]): Answer {
    const { anonymous = [], expiresIn, field = "token", forbidden } = this.#options;
    const known = this.#isKnown(request, parameters);
    if (known === "wrong") return errorAnswer(401, "UNAUTHORIZED", "wrong credentials");
    const granted = scopes.filter((scope) => !(forbidden?.test(scope))).flatMap((scope) => {
      const [, name = "", actions = ""] = /^repository:(.+):([^:]*)$/.exec(scope) ?? [];
      return actions.split(",").filter((action) => known === "known" || anonymous.includes(action)).map((action) =>
        `${name}:${action}`
      );
    });
    const token = `token-${++this.#made}-${crypto.randomUUID()}`;
    this.#tokens.set(token, { scopes: granted, until: this.#now() + (expiresIn ?? 60) * 1000 });
    return jsonAnswer(200, { [field]: token, ...(expiresIn === undefined ? {} : { expires_in: expiresIn }) });
  }

  #isKnown(request: ServerRequest, parameters: URLSearchParams): "known" | "anonymous" | "wrong" {
    const { users = {}, refreshTokens = [] } = this.#options;
    if (request.method === "POST") {
      if (parameters.get("grant_type") === "password") {
        const right = users[parameters.get("username") ?? ""] === parameters.get("password");
        return right ? "known" : "wrong";
      }
      return refreshTokens.includes(parameters.get("refresh_token") ?? "") ? "known" : "wrong";
    }
    const basic = /^Basic (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
    if (basic === undefined) return "anonymous";
    const [username = "", ...password] = atob(basic).split(":");
    return users[username] === password.join(":") ? "known" : "wrong";
  }
}
