import assert from "node:assert/strict";
import { proxyFor } from "../../src/http/proxy.ts";
import { canMakeCertificates, makeCertificates } from "../support/certificates.ts";
import { registryReference } from "../support/client.ts";
import { spawnCopy } from "../support/copy_process.ts";
import { basicAuth, TokenServer } from "../support/fake_auth.ts";
import { FakeRegistry, type FakeRegistryOptions } from "../support/fake_registry.ts";
import { needs } from "../support/programs.ts";
import { ForwardProxy } from "../support/proxy.ts";
import { plainSample } from "../support/sample.ts";

/** Copies an image between two registries in a process of its own, with this environment. */
async function copied(
  options: { readonly from?: FakeRegistryOptions; readonly to?: FakeRegistryOptions; readonly tls?: boolean },
  env: Record<string, string>,
  ca: string[] = [],
) {
  const from = new FakeRegistry(options.from);
  const to = new FakeRegistry(options.to);
  try {
    const content = plainSample();
    content.copyTo(from.repository("a"));
    const settings = options.tls === true ? { tls: "enabled" as const, ca } : {};
    const { result, error } = await spawnCopy({
      source: registryReference(from.host, "a", "multi"),
      target: registryReference(to.host, "b", "multi"),
      hosts: { [from.host]: settings, [to.host]: settings },
      users: { [from.host]: "ann:pw", [to.host]: "ann:pw" },
    }, { NO_PROXY: "", no_proxy: "", ...env }).done;
    const good = to.repository("b").tags.get("multi") === content.tags.get("multi");
    return { result, error, good, from, to };
  } finally {
    await from.close();
    await to.close();
  }
}

Deno.test("HTTP_PROXY is used for reading, writing and uploads, with its own credential", async () => {
  await using proxy = new ForwardProxy("me:p%w");
  const url = proxy.url.replace("http://", "http://me:p%25w@");
  const { good, error, from, to } = await copied({}, { HTTP_PROXY: url });
  assert(good, error);
  const requests = from.requests.length + to.requests.length;
  assert.equal(proxy.requests.filter(({ authorization }) => authorization !== null).length, requests);
  for (const host of [from.host, to.host]) assert(proxy.requests.some((request) => request.host === host));
  assert([...from.requests, ...to.requests].every(({ headers }) => !headers.has("proxy-authorization")));
});

Deno.test("the registry's password goes through the proxy to the registry", async () => {
  await using proxy = new ForwardProxy();
  const { good, error } = await copied({ to: { auth: basicAuth("ann", "pw") } }, { http_proxy: proxy.url });
  assert(good, error);
});

Deno.test("token servers are asked through the proxy", async () => {
  await using proxy = new ForwardProxy();
  await using tokens = new TokenServer({ users: { ann: "pw" }, expiresIn: 300 });
  const { good, error } = await copied({ from: { auth: tokens } }, { HTTP_PROXY: proxy.url });
  assert(good, error);
  assert(proxy.requests.some(({ host }) => host === new URL(tokens.realm).host));
});

Deno.test("NO_PROXY goes around it, also for uploads", async () => {
  await using proxy = new ForwardProxy();
  for (const none of ["127.0.0.1", "*", "example.com, 127.0.0.0/8"]) {
    const { good, error } = await copied({}, { HTTP_PROXY: proxy.url, NO_PROXY: none });
    assert(good, error);
    assert.deepEqual(proxy.requests, [], none);
  }
});

Deno.test("a proxy that is not there is an error and is not gone around", async () => {
  const { result, error, to, from } = await copied({}, { HTTP_PROXY: "http://127.0.0.1:1" });
  assert.equal(result, undefined);
  assert.match(error, /CONNECT|refused/);
  assert.equal(from.requests.length + to.requests.length, 0);
});

Deno.test({
  ...needs("HTTPS_PROXY is tunnelled through with CONNECT, uploads too", "openssl"),
  fn: async () => {
    assert(canMakeCertificates());
    const { server, ca } = await makeCertificates();
    await using proxy = new ForwardProxy("me:pw");
    const options = { from: { certificate: server }, to: { certificate: server }, tls: true };
    const { good, error, from, to } = await copied(options, { HTTPS_PROXY: proxy.url.replace("//", "//me:pw@") }, [ca]);
    assert(good, error);
    assert(proxy.requests.every(({ method }) => method === "CONNECT"));
    for (const host of [from.host, to.host]) assert(proxy.requests.some((request) => request.host === host));
    assert([...from.requests, ...to.requests].every(({ headers }) => !headers.has("proxy-authorization")));
    assert(proxy.sent > 10_000);
  },
});

Deno.test({
  ...needs("an insecure host is reached through HTTPS_PROXY as well", "openssl"),
  fn: async () => {
    const { selfSigned } = await makeCertificates();
    await using proxy = new ForwardProxy();
    await using from = new FakeRegistry({ certificate: selfSigned });
    await using to = new FakeRegistry({ certificate: selfSigned });
    plainSample().copyTo(from.repository("a"));
    const { error } = await spawnCopy({
      source: registryReference(from.host, "a", "multi"),
      target: registryReference(to.host, "b", "multi"),
      hosts: { [from.host]: { tls: "insecure" }, [to.host]: { tls: "enabled", ca: [selfSigned.cert] } },
    }, { HTTPS_PROXY: proxy.url, NO_PROXY: "", no_proxy: "" }).done;
    assert.notEqual(to.repository("b").tags.get("multi"), undefined, error);
    for (const { host } of [from, to]) assert(proxy.requests.some((request) => request.host === host), host);
  },
});

Deno.test("which proxy serves which URL", () => {
  const env = (values: Record<string, string>) => (name: string) => values[name];
  const of = (url: string, values: Record<string, string>) => proxyFor(new URL(url), env(values))?.href;
  const both = { HTTP_PROXY: "http://h:1", HTTPS_PROXY: "http://s:2" };
  assert.equal(of("http://x/", both), "http://h:1/");
  assert.equal(of("https://x/", both), "http://s:2/");
  assert.equal(of("https://x/", { ALL_PROXY: "p:3" }), "http://p:3/");
  assert.equal(of("http://x/", { http_proxy: "http://low:1", HTTP_PROXY: "http://up:1" }), "http://low:1/");
  assert.equal(of("https://x/", { HTTP_PROXY: "http://h:1" }), undefined);
  for (const none of ["x", "*", ".example, x", "x:443", "X"]) {
    assert.equal(of("https://x/", { ...both, NO_PROXY: none }), undefined, none);
  }
  for (const none of ["y", "x:80", "xx", "example"]) {
    assert.equal(of("https://x/", { ...both, NO_PROXY: none }), "http://s:2/", none);
  }
  assert.equal(of("https://a.b.example/", { ...both, no_proxy: ".example" }), undefined);
  assert.equal(of("https://a.b.example/", { ...both, no_proxy: "b.example" }), undefined);
  assert.equal(of("https://ab.example/", { ...both, no_proxy: "b.example" }), "http://s:2/");
  assert.equal(of("http://10.1.2.3/", { ...both, no_proxy: "10.0.0.0/8" }), undefined);
  assert.equal(of("http://11.1.2.3/", { ...both, no_proxy: "10.0.0.0/8" }), "http://h:1/");
  assert.equal(of("http://[::1]/", { ...both, no_proxy: "::1" }), undefined);
});
