/** What is logged at the lowest level of a conversation that is full of secrets. */
import assert from "node:assert/strict";
import { run } from "../cli/harness.ts";
import { writeLayout } from "../cli/layout_fixture.ts";
import { TokenServer } from "../support/fake_auth.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { headers, redirect, status } from "../support/faults.ts";

const PASSWORD = "pass word+/=?&";
const SIGNATURE = "c2lnbmVkLXVybC1vZi1hLWJsb2I";
const COOKIE = "session-cookie-of-a-gateway";
const IDENTITY = "identity-token-of-an-account";

/** A place with secrets of every kind: passwords, tokens, cookies, signed URLs. */
async function withSecrets(
  test: (place: {
    readonly registry: FakeRegistry;
    readonly tokens: TokenServer;
    readonly layout: string;
    ferry(...args: string[]): Promise<{ readonly code: number; readonly stderr: string }>;
    secrets(): string[];
    /** Takes the login out of ferry's configuration and writes docker's. */
    config(docker: object): Promise<void>;
  }) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-secrets-" });
  try {
    await using tokens = new TokenServer({ users: { someone: PASSWORD }, refreshTokens: [IDENTITY] });
    await using registry = new FakeRegistry({ auth: tokens, features: { uploadLocation: "query" } });
    const settings = { tls: "disabled", user: "someone", pass: PASSWORD };
    await Deno.writeTextFile(`${dir}/ferry.json`, JSON.stringify({ hosts: { [registry.host]: settings } }));
    await writeLayout(`${dir}/app`);
    const cookies = headers({
      "set-cookie": `session=${COOKIE}`,
      "x-auth-token": COOKIE,
      "authentication-info": `nextnonce="${COOKIE}"`,
      "x-signed": `https://user:${COOKIE}@cdn.example.org/x?sig=${SIGNATURE}`,
    });
    registry.faults.add({ path: /\/manifests\//, times: Infinity, action: cookies });
    const encoder = new TextEncoder();
    await test({
      registry,
      tokens,
      layout: `ocidir://${dir}/app`,
      ferry: (...args) => run(args, { env: { FERRY_CONFIG: `${dir}/ferry.json`, DOCKER_CONFIG: dir, HOME: dir } }),
      config: async (docker) => {
        const plain = { hosts: { [registry.host]: { tls: "disabled" } } };
        await Deno.writeTextFile(`${dir}/ferry.json`, JSON.stringify(plain));
        await Deno.writeTextFile(`${dir}/config.json`, JSON.stringify(docker));
      },
      secrets: () => {
        const sent = [
          ...registry.requests.map(({ headers }) => headers.get("authorization")),
          ...tokens.requests.map((
            { authorization },
          ) => authorization),
        ].filter((text) => text !== null);
        assert.ok(sent.some((text) => text.startsWith("Bearer ")) && sent.some((text) => text.startsWith("Basic ")));
        const states = registry.requests.map(({ query }) => query.get("_state") ?? "").filter((text) => text !== "");
        const raw = [
          PASSWORD,
          SIGNATURE,
          COOKIE,
          IDENTITY,
          ...states,
          ...sent.map((text) => text.replace(/^\w+ /, "")),
        ];
        return [...new Set(raw.flatMap((text) => [text, encodeURIComponent(text), encoder.encode(text).toBase64()]))];
      },
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

for (const form of ["text", "json"]) {
  Deno.test(`at trace, ${form} logs show every request, and no secret of it`, () =>
    withSecrets(async ({ ferry, layout, registry, secrets, tokens }) => {
      const flags = ["-v", "trace", "--log-format", form];
      const up = await ferry("image", "copy", "--referrers", ...flags, `${layout}:v1`, `${registry.host}/app:v1`);
      assert.equal(up.code, 0, up.stderr);
      const cdn = new FakeRegistry();
      try {
        registry.repository("app").copyTo(cdn.repository("app"));
        registry.faults.add({
          method: "GET",
          path: /\/blobs\/sha/,
          times: 2,
          action: redirect(({ target }) => `http://user:${COOKIE}@${cdn.host}${target}?X-Amz-Signature=${SIGNATURE}`),
        });
        const down = await ferry("image", "copy", ...flags, `${registry.host}/app:v1`, `${layout}:back`);
        assert.equal(down.code, 0, down.stderr);
        registry.faults.clear();
        registry.faults.add({ path: /./, times: 1, action: status(500, { "set-cookie": COOKIE }) });
        registry.faults.add({ path: /./, times: Infinity, action: status(403, { "set-cookie": COOKIE }, "DENIED") });
        const failed = await ferry("manifest", "get", ...flags, `${registry.host}/app:v1`);
        assert.equal(failed.code, 4, failed.stderr);
        const logged = up.stderr + down.stderr + failed.stderr;
        for (const secret of secrets()) assert.equal(logged.includes(secret), false, `${secret} in ${logged}`);
        const lines = logged.split("\n");
        const sent = lines.filter((line) => line.includes("request sent"));
        const answered = lines.filter((line) => /msg=request |"msg":"request"/.test(line));
        assert.ok(
          sent.length >= answered.length && answered.length > 20,
          `${sent.length} sent, ${answered.length} answered`,
        );
        assert.ok(logged.includes("***"), "it is shown that something is left out");
        assert.equal(lines.filter((line) => line.includes("token request")).length, tokens.requests.length);
        if (form === "json") {
          for (const line of lines.slice(0, -1)) assert.doesNotThrow(() => JSON.parse(line), line);
        }
      } finally {
        await cdn.close();
      }
    }));
}

Deno.test("what a token server says of a password or an identity token is told without it", async () => {
  for (
    const [secret, auth] of [[PASSWORD, undefined], [IDENTITY, {
      auth: btoa("<token>:"),
      identitytoken: IDENTITY,
    }]] as const
  ) {
    await withSecrets(async ({ config, ferry, registry, tokens }) => {
      if (auth !== undefined) await config({ auths: { [registry.host]: auth } });
      tokens.faults.add({
        times: Infinity,
        action: () => ({
          status: 401,
          headers: { "content-type": "application/json", "set-cookie": COOKIE },
          body: JSON.stringify({ details: `nothing is known of ${secret}` }),
        }),
      });
      const { code, stderr } = await ferry("manifest", "get", "-v", "trace", `${registry.host}/app:v1`);
      assert.equal(code, 4, stderr);
      assert.match(stderr, /^error: Token server .* refused the credential/m);
      assert.match(stderr, /^detail: .*nothing is known of/m);
      const sent = tokens.requests.flatMap(({ authorization, parameters }) => [
        parameters.get("refresh_token") ?? "",
        parameters.get("password") ?? "",
        atob(authorization?.replace(/^Basic /, "") ?? ""),
      ]);
      assert.ok(sent.some((text) => text.includes(secret)), "the secret was sent");
      assert.equal(stderr.includes(secret) || stderr.includes(COOKIE), false, stderr);
    });
  }
});
