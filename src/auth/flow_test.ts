import assert from "node:assert/strict";
import { FerryError } from "../errors.ts";
import type { AuthRequest } from "./authorizer.ts";
import type { Credential, CredentialSource } from "./credential.ts";
import { createAuthorizer } from "./flow.ts";

/** A request that reached the token server. */
interface TokenCall {
  readonly method: string;
  readonly scopes: string[];
  readonly params: URLSearchParams;
  readonly basic: string | undefined;
}

type Reply = { status?: number; body?: unknown; headers?: Record<string, string> };

interface PlaceOptions {
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

const BOB: Credential = { kind: "basic", username: "bob", password: "s3cr3t-pass" };

/** A registry and a token server on ports of their own, and a client as small as can be. */
async function place(options: PlaceOptions, test: (place: Place) => Promise<void>): Promise<void> {
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

interface Place {
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

function rejectsWith(code: string, ...words: string[]): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FerryError);
    assert.equal(error.code, code, error.message);
    const text = [error.message, error.hint, error.detail].join("\n");
    for (const word of words) assert.ok(text.includes(word), `${JSON.stringify(word)} is not in ${text}`);
    assert.ok(!text.includes("s3cr3t"), text);
    return true;
  };
}

Deno.test("anonymous token by GET with client_id, service and scope", () =>
  place({}, async ({ send, calls, requests }) => {
    assert.equal(await send("a"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Bearer"]);
    const [call] = calls;
    assert.equal(calls.length, 1);
    assert.deepEqual([call?.method, call?.basic, call?.scopes], ["GET", undefined, ["repository:a:pull"]]);
    assert.deepEqual(Object.fromEntries(call?.params ?? []), {
      client_id: "ferry-test",
      service: "reg",
      scope: "repository:a:pull",
    });
  }));

Deno.test("basic credential goes to the realm with account; later requests go out authorized at once", () =>
  place({ credential: BOB }, async ({ send, calls, requests, log }) => {
    assert.equal(await send("a"), 200);
    assert.equal(await send("a"), 200);
    assert.equal(await send("b/c", "push"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Bearer", "a pull Bearer", "b/c push Bearer"]);
    assert.deepEqual(calls.map((call) => [call.basic, call.params.get("account"), call.scopes]), [
      ["bob:s3cr3t-pass", "bob", ["repository:a:pull"]],
      ["bob:s3cr3t-pass", "bob", ["repository:a:pull", "repository:b/c:pull,push"]],
    ]);
    assert.ok(log.length > 0 && !log.join().includes("s3cr3t") && !log.join().includes("tok1"));
  }));

Deno.test("repoAuth: a token for each repository, none for two", () =>
  place({ credential: BOB }, async ({ send, calls }) => {
    for (const repository of ["a", "b", "a"]) assert.equal(await send(repository, "pull", { repoAuth: true }), 200);
    assert.deepEqual(calls.map((call) => call.scopes), [["repository:a:pull"], ["repository:b:pull"]]);
  }));

Deno.test("many requests at once: one token request", () =>
  place({ credential: BOB }, async ({ send, calls }) => {
    assert.deepEqual(await Promise.all(Array.from({ length: 12 }, () => send("a"))), Array(12).fill(200));
    assert.equal(calls.length, 1);
  }));

Deno.test("Basic: sent after the challenge, then at once", () =>
  place({
    credential: { kind: "basic", username: "jörg", password: "s3cr3t-ü:x" },
    challenge: () => 'Negotiate, BASIC realm="a, b"',
    accept: (authorization) =>
      authorization === `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode("jörg:s3cr3t-ü:x")))}`,
  }, async ({ send, calls, requests }) => {
    assert.equal(await send("a"), 200);
    assert.equal(await send("b"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Basic", "b pull Basic"]);
    assert.equal(calls.length, 0);
  }));

Deno.test("Basic refused is UNAUTHORIZED after one try, naming user and how to log in", () =>
  place({ credential: BOB, challenge: () => "Basic", accept: () => false }, async ({ send, requests }) => {
    await assert.rejects(send("a"), rejectsWith("UNAUTHORIZED", '"bob"', '"a"', "ferry registry login reg.example"));
    assert.deepEqual(requests, ["a pull -", "a pull Basic"]);
  }));

Deno.test("Basic and Bearer offered: Basic first, Bearer when it is refused; anonymous goes to Bearer", async () => {
  const both = (realm: string, scope: string) =>
    `Basic realm="x", Bearer realm="${realm}",service="reg",scope="${scope}"`;
  await place({ credential: BOB, challenge: both }, async ({ send, requests }) => {
    assert.equal(await send("a"), 200);
    assert.equal(await send("a"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Basic", "a pull Bearer", "a pull Bearer"]);
  });
  await place({ challenge: both }, async ({ send, requests }) => {
    assert.equal(await send("a"), 200);
    assert.deepEqual(requests, ["a pull -", "a pull Bearer"]);
  });
});

Deno.test("no credential for Basic, no known scheme, no challenge: UNAUTHORIZED says which", async () => {
  const cases: [string | undefined, string][] = [
    ["Basic realm=x", "anonymous"],
    ["Negotiate, NTLM", "negotiate, ntlm"],
    [undefined, "no way to log in"],
  ];
  for (const [challenge, words] of cases) {
    await place({ challenge: () => challenge, accept: () => false }, async ({ send, requests }) => {
      await assert.rejects(send("a"), rejectsWith("UNAUTHORIZED", words));
      assert.equal(requests.length, 1);
    });
  }
});

Deno.test("identity token: POST as refresh_token, no Basic", () =>
  place({ credential: { kind: "identity", token: "s3cr3t-id" } }, async ({ send, calls }) => {
    assert.equal(await send("a", "push"), 200);
    assert.deepEqual(calls.map((call) => [call.method, call.basic, Object.fromEntries(call.params)]), [[
      "POST",
      undefined,
      {
        grant_type: "refresh_token",
        refresh_token: "s3cr3t-id",
        client_id: "ferry-test",
        service: "reg",
        scope: "repository:a:pull,push",
      },
    ]]);
  }));

Deno.test("identity token where the realm knows no POST: GET, remembered for the next time", async () => {
  for (const status of [404, 405]) {
    await place({
      credential: { kind: "identity", token: "s3cr3t-id" },
      token: (call) => call.method === "POST" ? { status } : {},
    }, async ({ send, calls }) => {
      assert.equal(await send("a"), 200);
      assert.equal(await send("b"), 200);
      assert.deepEqual(calls.map((call) => call.method), ["POST", "GET", "GET"]);
      assert.equal(calls[1]?.basic, "<token>:s3cr3t-id");
    });
  }
});

Deno.test("password where the realm knows no GET: POST with grant_type=password, access_token in the answer", () =>
  place({
    credential: BOB,
    token: (call) => call.method === "GET" ? { status: 405 } : { body: { access_token: "tok2" } },
  }, async ({ send, calls }) => {
    assert.equal(await send("a"), 200);
    const form = calls[1]?.params;
    assert.deepEqual([form?.get("grant_type"), form?.get("username"), form?.get("password")], [
      "password",
      "bob",
      "s3cr3t-pass",
    ]);
  }));

Deno.test("a refresh token that came along is used next; when it ended the credential is", () =>
  place({
    credential: BOB,
    token: (call) =>
      call.params.get("refresh_token") === "s3cr3t-r2"
        ? { status: 401 }
        : call.method === "POST"
        ? { body: { token: "tok2", refresh_token: "s3cr3t-r2" } }
        : { body: { token: call.scopes.length > 2 ? "tok4" : "tok1", refresh_token: "s3cr3t-r1" } },
  }, async ({ send, calls }) => {
    for (const repository of ["a", "b", "c"]) assert.equal(await send(repository), 200);
    assert.deepEqual(calls.map((call) => [call.method, call.params.get("refresh_token"), call.basic !== undefined]), [
      ["GET", null, true],
      ["POST", "s3cr3t-r1", false],
      ["POST", "s3cr3t-r2", false],
      ["GET", null, true],
    ]);
  }));

Deno.test("registrytoken goes to the registry itself, no realm is asked", () =>
  place({
    credential: { kind: "registry", token: "s3cr3t-ready" },
    accept: (authorization) => authorization === "Bearer s3cr3t-ready",
  }, async ({ send, calls }) => {
    assert.equal(await send("a"), 200);
    assert.equal(calls.length, 0);
  }));

Deno.test("a relative realm is the registry's own", async () => {
  const asked: string[] = [];
  const authorizer = createAuthorizer({
    credentials: { get: () => Promise.resolve(undefined) },
    fetchToken: (url) => {
      asked.push(url.href);
      return Promise.resolve({ status: 200, headers: new Headers(), text: '{"token":"t"}' });
    },
  });
  const request = { registry: "r", origin: "https://r.example:5000", repository: "", actions: [], repoAuth: false };
  const answer = {
    status: 401,
    headers: new Headers({ "www-authenticate": 'Bearer realm="/auth?tenant=1",service=s' }),
  };
  assert.equal(await authorizer.challenged(request, answer, undefined), true);
  assert.deepEqual(asked, ["https://r.example:5000/auth?tenant=1&client_id=ferry&service=s"]);
  assert.equal(await authorizer.authorize(request), "Bearer t");
});

Deno.test("an https registry that names an http realm gets no credential there", async () => {
  const authorizer = createAuthorizer({
    credentials: { get: () => Promise.resolve(BOB) },
    fetchToken: () => assert.fail("the realm was asked"),
  });
  const request = { registry: "r", origin: "https://r.example", repository: "a", actions: ["pull"], repoAuth: false };
  const headers = new Headers({ "www-authenticate": 'Bearer realm="http://r.example/token"' });
  await assert.rejects(authorizer.challenged(request, { status: 401, headers }, undefined), rejectsWith("POLICY"));
});

Deno.test("the token server's refusal is told in its own words, without the secret", async () => {
  const body = { errors: [{ code: "UNAUTHORIZED", message: "wrong password s3cr3t-pass" }] };
  await place({ credential: BOB, token: () => ({ status: 401, body }) }, async ({ send, calls }) => {
    await assert.rejects(
      send("a"),
      rejectsWith("UNAUTHORIZED", "UNAUTHORIZED: wrong password ***", "registry login reg.example"),
    );
    assert.equal(calls.length, 1);
  });
  await place({ token: () => ({ status: 403, body }) }, async ({ send }) => {
    await assert.rejects(send("a"), rejectsWith("UNAUTHORIZED", "no anonymous token", "repository:a:pull"));
  });
});

Deno.test("token servers that fail, are busy, or talk nonsense", async () => {
  const cases: [Reply, string][] = [
    [{ status: 503 }, "HTTP_5XX"],
    [{ status: 429, headers: { "retry-after": "7" } }, "TOOMANYREQUESTS"],
    [{ body: { expires_in: 3 } }, "RESPONSE_INVALID"],
    [{ body: { token: "a\r\nx: y" } }, "RESPONSE_INVALID"],
    [{ body: [] }, "RESPONSE_INVALID"],
    [{ status: 302, headers: { location: "http://other.example/" } }, "RESPONSE_INVALID"],
  ];
  for (const [reply, code] of cases) {
    await place({ credential: BOB, token: () => reply }, async ({ send }) => {
      await assert.rejects(send("a"), (error) => {
        if (code === "TOOMANYREQUESTS") assert.equal((error as FerryError).retryAfter, 7);
        return rejectsWith(code)(error);
      });
    });
  }
});

Deno.test("a second refusal for the same scope is UNAUTHORIZED, with the challenge's words", () =>
  place({
    credential: BOB,
    accept: () => false,
    challenge: (realm, scope) => `Bearer realm="${realm}",scope="${scope}",error="insufficient_scope"`,
  }, async ({ send, calls, requests }) => {
    await assert.rejects(send("a"), rejectsWith("UNAUTHORIZED", "insufficient_scope", '"bob"'));
    assert.deepEqual([calls.length, requests.length], [1, 2]);
  }));

Deno.test("a token that ends is renewed before; one that was refused early is fetched again", () =>
  place({ credential: BOB }, async ({ send, calls, requests, time, granted }) => {
    await send("a");
    time.now += 294_000;
    await send("a");
    assert.equal(calls.length, 1);
    time.now += 2_000;
    assert.equal(await send("a"), 200);
    assert.equal(calls.length, 2);
    assert.equal(requests.length, 4);
    time.now += 20_000;
    granted.clear();
    assert.equal(await send("a"), 200);
    assert.equal(calls.length, 3);
  }));

Deno.test("scopes beyond docker's are learned from the challenge", () =>
  place({
    challenge: (realm) => `Bearer realm="${realm}",scope="repository:a:pull,metadata_read"`,
    accept: (authorization) => authorization !== null,
  }, async ({ send, calls, time }) => {
    assert.equal(await send("a"), 200);
    time.now += 1_000_000;
    assert.equal(await send("a"), 200);
    assert.deepEqual(calls.map((call) => call.scopes), [
      ["repository:a:pull,metadata_read"],
      ["repository:a:pull,metadata_read"],
    ]);
  }));

Deno.test("a registry with one scope for everything is asked for that alone", () =>
  place({
    challenge: (realm) => `Bearer realm="${realm}",scope="aws"`,
    accept: (authorization) => authorization !== null,
  }, async ({ send, calls }) => {
    assert.equal(await send("a"), 200);
    assert.equal(await send("b", "push"), 200);
    assert.deepEqual(calls.map((call) => call.scopes), [["aws"]]);
  }));

Deno.test("a registry that reads one scope of a token only gets a token a repository", async () => {
  for (const refusal of [401, 403]) {
    const scopesOf = new Map<string, string[]>();
    await place({
      credential: BOB,
      refusal,
      token: (call) => {
        const token = `one${scopesOf.size}`;
        scopesOf.set(token, call.scopes);
        return { body: { token } };
      },
      accept: (authorization, repository) =>
        scopesOf.get(authorization?.slice("Bearer ".length) ?? "")?.[0] === `repository:${repository}:pull`,
    }, async ({ send, calls }) => {
      for (const repository of ["a", "b", "c", "a"]) assert.equal(await send(repository), 200);
      assert.deepEqual(calls.map((call) => call.scopes.length), [1, 2, 1, 1, 1]);
    });
  }
});

Deno.test("a mount goes on without the source's scope where the token server refuses it", () =>
  place({
    credential: BOB,
    token: (call) => call.scopes.some((scope) => scope.includes("foreign")) ? { status: 403 } : {},
  }, async ({ send, calls }) => {
    const extraScopes = ["repository:foreign:pull"];
    assert.equal(await send("a", "push", { extraScopes }), 200);
    assert.equal(await send("a", "push", { extraScopes }), 200);
    assert.deepEqual(calls.map((call) => call.scopes.length), [2, 1]);
    assert.equal(await send("b", "push", { extraScopes: ["repository:a:pull"] }), 200);
    assert.deepEqual(calls.at(-1)?.scopes, ["repository:a:pull,push", "repository:b:pull,push"]);
  }));

Deno.test("403 stands where nothing else can be tried", () =>
  place({ credential: BOB, refusal: 403, accept: () => false, challenge: () => undefined }, async ({ send, calls }) => {
    assert.equal(await send("a"), 403);
    assert.equal(calls.length, 0);
  }));

function rotating(...credentials: (Credential | FerryError | undefined)[]): CredentialSource & { fresh: number } {
  let at = 0;
  return {
    fresh: 0,
    get(_registry, _repository, options) {
      if (options?.fresh === true) {
        this.fresh++;
        at = Math.min(at + 1, credentials.length - 1);
      }
      const credential = credentials[at];
      return credential instanceof FerryError ? Promise.reject(credential) : Promise.resolve(credential);
    },
  };
}

Deno.test("a credential that ended is asked for again, once, wherever it is refused", async () => {
  const old: Credential = { kind: "basic", username: "AWS", password: "s3cr3t-old" };
  const next: Credential = { ...old, password: "s3cr3t-new" };
  const basic = (authorization: string | null) => authorization === `Basic ${btoa("AWS:s3cr3t-new")}`;
  for (const refusal of [401, 403]) {
    const source = rotating(old, next);
    await place(
      { credential: source, challenge: () => "Basic", accept: basic, refusal },
      async ({ send, requests }) => {
        assert.deepEqual(await Promise.all([send("a"), send("a"), send("b")]), [200, 200, 200]);
        assert.equal(await send("a"), 200);
        assert.equal(source.fresh, 1);
        assert.equal(requests.at(-1), "a pull Basic");
      },
    );
  }
  const source = rotating(old, next);
  await place({
    credential: source,
    token: (call) => call.basic === "AWS:s3cr3t-new" ? {} : { status: 401 },
  }, async ({ send, calls }) => {
    assert.equal(await send("a"), 200);
    assert.deepEqual([source.fresh, calls.length], [1, 2]);
  });
  const same = rotating(old);
  await place({ credential: same, challenge: () => "Basic", accept: () => false }, async ({ send }) => {
    await assert.rejects(send("a"), rejectsWith("UNAUTHORIZED", '"AWS"'));
    await assert.rejects(send("b"), rejectsWith("UNAUTHORIZED", '"AWS"'));
    assert.equal(same.fresh, 1);
  });
});

Deno.test("a helper that fails matters only where a credential is needed", async () => {
  const failure = new FerryError("CREDENTIAL_HELPER_FAILED", "Helper is broken");
  await place({ credential: rotating(failure) }, async ({ send, log }) => {
    assert.equal(await send("a"), 200);
    assert.equal(log.filter((line) => line.startsWith("Helper is broken")).length, 1);
  });
  await place({ credential: rotating(failure), token: () => ({ status: 401 }) }, async ({ send }) => {
    await assert.rejects(send("a"), rejectsWith("CREDENTIAL_HELPER_FAILED"));
  });
});

Deno.test("nothing goes to an origin that did not ask", () =>
  place({ credential: BOB }, async ({ send, authorizer }) => {
    await send("a");
    const other = {
      registry: "reg.example",
      origin: "http://127.0.0.1:1",
      repository: "a",
      actions: ["pull"],
      repoAuth: false,
    };
    assert.equal(await authorizer.authorize(other), undefined);
    assert.equal(await authorizer.authorize({ ...other, registry: "other.example" }), undefined);
  }));

Deno.test("a stopped request stops waiting for its token", async () => {
  const authorizer = createAuthorizer({
    credentials: { get: () => Promise.resolve(undefined) },
    fetchToken: (_url, { signal }) =>
      new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  });
  const controller = new AbortController();
  const request = {
    registry: "r",
    origin: "https://r.example",
    repository: "a",
    actions: ["pull"],
    repoAuth: false,
    signal: controller.signal,
  };
  const headers = new Headers({ "www-authenticate": 'Bearer realm="/t"' });
  const waiting = authorizer.challenged(request, { status: 401, headers }, undefined);
  queueMicrotask(() => controller.abort(new Error("stopped")));
  await assert.rejects(waiting, { message: "stopped" });
});
