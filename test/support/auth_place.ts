/**
 * A registry and a token server on ports of their own, and a client as small as can be, for tests of authorization.
 *
 * @module
 */
import assert from "node:assert/strict";
import { FerryError } from "../../src/errors.ts";
import type { AuthRequest } from "../../src/auth/authorizer.ts";
import type { Credential, CredentialSource } from "../../src/auth/credential.ts";
import { createAuthorizer } from "../../src/auth/flow.ts";

/** A request that reached the token server. */
export interface TokenCall {
  readonly method: string;
  readonly scopes: string[];
  readonly params: URLSearchParams;
  readonly basic: string | undefined;
}

/** What the token server answers; a token of its own unless given. */
export type Reply = { status?: number; body?: unknown; headers?: Record<string, string> };

/** How both behave; by default a registry that takes the tokens granted for the repository and action. */
export interface PlaceOptions {
  /** WWW-Authenticate for a request to `/v2/<repository>/...` that needs an action. */
  challenge?: (realm: string, scope: string) => string | undefined;
  /** Whether an Authorization header is good for a repository and an action. */
  accept?: (authorization: string | null, repository: string, action: string) => boolean;
  /** Status of a refusal. */
  refusal?: number;
  /** The token server's answer. */
  token?: (call: TokenCall) => Reply;
  credential?: Credential | CredentialSource;
}

/** A credential. Every secret in these tests has s3cr3t in it. */
export const BOB: Credential = { kind: "basic", username: "bob", password: "s3cr3t-pass" };

/** A registry and a token server on ports of their own, and a client as small as can be. */
export async function place(options: PlaceOptions, test: (place: Place) => Promise<void>): Promise<void> {
  const calls: TokenCall[] = [];
  const requests: string[] = [];
  const granted = new Map<string, string[]>();
  const tokens = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const url = new URL(request.url);
    const params = request.method === "POST" ? new URLSearchParams(await request.text()) : url.searchParams;
    const header = request.headers.get("authorization");
    const call: TokenCall = {
      method: request.method,
      params,
      scopes: params.getAll("scope").flatMap((scope) => scope.split(" ")),
      basic: header === null ? undefined : atob(header.replace(/^Basic /, "")),
    };
    calls.push(call);
    const { status = 200, body, headers } = options.token?.(call) ?? {};
    if (status === 200) granted.set(`tok${calls.length}`, call.scopes);
    return Response.json(body ?? { token: `tok${calls.length}`, expires_in: 300 }, { status, headers: headers ?? {} });
  });
  const realm = `http://127.0.0.1:${tokens.addr.port}/token`;
  const challenge = options.challenge ?? ((realm, scope) => `Bearer realm="${realm}",service="reg",scope="${scope}"`);
  const accept = options.accept ?? ((authorization, repository, action) => {
    const scopes = granted.get(authorization?.replace(/^Bearer /, "") ?? "") ?? [];
    return scopes.some((scope) => scope.startsWith(`repository:${repository}:`) && scope.includes(action));
  });
  const registry = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const url = new URL(request.url);
    const [, repository = "", action = ""] = /^\/v2\/(.*)\/(\w+)$/.exec(url.pathname) ?? [];
    const authorization = request.headers.get("authorization");
    requests.push(`${repository} ${action} ${authorization?.split(" ")[0] ?? "-"}`);
    if (accept(authorization, repository, action)) return new Response("ok");
    const asked = challenge(realm, `repository:${repository}:${action === "push" ? "pull,push" : action}`);
    return new Response("no", {
      status: options.refusal ?? 401,
      headers: asked === undefined ? {} : { "www-authenticate": asked },
    });
  });
  const origin = `http://127.0.0.1:${registry.addr.port}`;
  const given = options.credential;
  const credentials: CredentialSource = given !== undefined && "get" in given
    ? given
    : { get: () => Promise.resolve(given) };
  const time = { now: Date.now() };
  const log: string[] = [];
  const write = (message: string, fields?: unknown) => void log.push(`${message} ${JSON.stringify(fields)}`);
  const authorizer = createAuthorizer({
    credentials,
    now: () => time.now,
    clientId: "ferry-test",
    log: { debug: write, warn: write },
    fetchToken: async (url, init) => {
      const response = await fetch(url, { ...init, redirect: "manual" });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  });
  const send: Place["send"] = async (repository, action = "pull", more = {}) => {
    const actions = action === "push" ? ["pull", "push"] : [action];
    const request: AuthRequest = { registry: "reg.example", origin, repository, actions, repoAuth: false, ...more };
    for (let tries = 1; tries <= 6; tries++) {
      const sent = await authorizer.authorize(request);
      const headers: Record<string, string> = sent === undefined ? {} : { authorization: sent };
      const answer = await fetch(`${origin}/v2/${repository}/${action}`, { headers });
      await answer.body?.cancel();
      if (answer.status === 200 || !await authorizer.challenged(request, answer, sent)) return answer.status;
    }
    throw new Error("The request was sent again and again");
  };
  try {
    await test({ calls, requests, send, time, log, granted, authorizer, origin });
  } finally {
    await Promise.all([tokens.shutdown(), registry.shutdown()]);
  }
}

/** What happened, and how to make more happen. */
export interface Place {
  readonly calls: TokenCall[];
  readonly requests: string[];
  readonly time: { now: number };
  readonly log: string[];
  readonly granted: Map<string, string[]>;
  readonly authorizer: ReturnType<typeof createAuthorizer>;
  readonly origin: string;
  /** Sends as the HTTP client does; gives the status that stands. */
  readonly send: (repository: string, action?: string, more?: Partial<AuthRequest>) => Promise<number>;
}

/** Checks a FerryError: its code, words that it must hold, and that no secret is in it. */
export function rejectsWith(code: string, ...words: string[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FerryError);
    assert.equal(error.code, code, error.message);
    const text = [error.message, error.hint, error.detail].join("\n");
    for (const word of words) assert.ok(text.includes(word), `${JSON.stringify(word)} is not in ${text}`);
    assert.ok(!text.includes("s3cr3t"), text);
    return true;
  };
}
