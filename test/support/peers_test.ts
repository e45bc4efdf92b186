import assert from "node:assert/strict";
import { makeCertificates } from "./certificates.ts";
import { DockerRegistry } from "./docker_registry.ts";
import { TokenServer } from "./fake_auth.ts";
import { FakeRegistry } from "./fake_registry.ts";
import { needs } from "./programs.ts";
import { ForwardProxy } from "./proxy.ts";

Deno.test({
  ...needs(
    "docker-registry starts with TLS, client certificates and htpasswd, and leaves nothing",
    "docker-registry",
    "openssl",
    "htpasswd",
  ),
  fn: async () => {
    const certificates = await makeCertificates();
    const user = { username: "ann", password: "secret" };
    const registry = await DockerRegistry.start({
      certificate: certificates.server,
      clientCa: certificates.ca,
      htpasswd: user,
    });
    using stranger = Deno.createHttpClient({ caCerts: [certificates.ca] });
    using client = Deno.createHttpClient({ caCerts: [certificates.ca], ...certificates.client });
    const url = `https://${registry.host}/v2/`;
    const headers = { authorization: `Basic ${btoa("ann:secret")}` };
    await assert.rejects(fetch(url, { client: stranger, headers }));
    const refused = await fetch(url, { client });
    await refused.body?.cancel();
    assert.equal(refused.status, 401);
    const accepted = await fetch(url, { client, headers });
    await accepted.body?.cancel();
    assert.equal(accepted.status, 200);
    await registry.close();
    await assert.rejects(Deno.stat(registry.storage), Deno.errors.NotFound);
  },
});

Deno.test({
  ...needs("the fake registry speaks TLS, also with a certificate that signed itself", "openssl"),
  fn: async () => {
    const certificates = await makeCertificates();
    await using good = new FakeRegistry({ certificate: certificates.server });
    await using selfSigned = new FakeRegistry({ certificate: certificates.selfSigned });
    using client = Deno.createHttpClient({ caCerts: [certificates.ca] });
    assert.deepEqual(await (await fetch(`${good.origin}/v2/`, { client })).json(), {});
    await assert.rejects(fetch(`${selfSigned.origin}/v2/`, { client }), /UnknownIssuer|CaUsedAsEndEntity/);
  },
});

Deno.test("the proxy forwards, tunnels, counts and asks for its own credential", async () => {
  await using registry = new FakeRegistry();
  await using proxy = new ForwardProxy("me:pw");
  using stranger = Deno.createHttpClient({ proxy: { url: proxy.url } });
  using client = Deno.createHttpClient({
    proxy: { url: proxy.url, basicAuth: { username: "me", password: "pw" } },
  });
  const refused = await fetch(`${registry.origin}/v2/`, { client: stranger });
  await refused.body?.cancel();
  assert.equal(refused.status, 407);
  assert.deepEqual(await (await fetch(`${registry.origin}/v2/`, { client })).json(), {});
  assert.deepEqual(proxy.requests.map(({ method, host }) => `${method} ${host}`), [
    `GET ${registry.host}`,
    `GET ${registry.host}`,
  ]);
  assert.equal(registry.requests.length, 1);
  using tunnel = await Deno.connect({ hostname: "127.0.0.1", port: Number(new URL(proxy.url).port) });
  const head = `CONNECT ${registry.host} HTTP/1.1\r\nproxy-authorization: Basic ${btoa("me:pw")}\r\n\r\n`;
  await tunnel.write(new TextEncoder().encode(head));
  const buffer = new Uint8Array(1000);
  assert.match(new TextDecoder().decode(buffer.subarray(0, await tunnel.read(buffer) ?? 0)), /^HTTP\/1.1 200/);
  await tunnel.write(new TextEncoder().encode("GET /v2/ HTTP/1.1\r\nhost: x\r\n\r\n"));
  assert.match(new TextDecoder().decode(buffer.subarray(0, await tunnel.read(buffer) ?? 0)), /^HTTP\/1.1 200/);
  assert.equal(registry.requests.length, 2);
});

Deno.test("the token server gives tokens for the scopes that were asked for, until they end", async () => {
  let now = 0;
  await using tokens = new TokenServer({ users: { ann: "pw" }, anonymous: ["pull"], expiresIn: 100, now: () => now });
  await using registry = new FakeRegistry({ auth: tokens });
  registry.repository("r").tags.set("a", "sha256:0");
  const list = async (token: string): Promise<Response> => {
    const response = await fetch(`${registry.origin}/v2/r/tags/list`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await response.body?.cancel();
    return response;
  };
  const refusal = await list("none");
  assert.equal(
    refusal.headers.get("www-authenticate"),
    `Bearer realm="${tokens.realm}",service="fake",scope="repository:r:pull",error="invalid_token"`,
  );
  const ask = async (scope: string): Promise<string> => {
    const response = await fetch(`${tokens.realm}?service=fake&scope=${scope}`);
    return (await response.json()).token;
  };
  const token = await ask("repository:r:pull");
  assert.equal((await list(token)).status, 200);
  assert.equal((await list(await ask("repository:other:pull"))).status, 401);
  now = 100_001;
  assert.equal((await list(token)).status, 401);
});
