import { equal, throws } from "node:assert/strict";
import { isPrivateHost } from "./address.ts";
import { answerError } from "./answer_error.ts";
import { connectionFailure, isTransient } from "./failure.ts";
import { proxyFor } from "./proxy.ts";
import { redirectTarget } from "./redirect.ts";

Deno.test("isPrivateHost knows this machine and private networks", () => {
  for (
    const host of [
      "localhost",
      "a.localhost",
      "127.0.0.1",
      "10.1.2.3",
      "172.16.0.1",
      "192.168.1.1",
      "169.254.169.254",
      "100.64.0.1",
      "[::1]",
      "[fd00::1]",
      "[fe80::1]",
      "[::ffff:7f00:1]",
      "0.0.0.0",
    ]
  ) {
    equal(isPrivateHost(host), true, host);
  }
  for (
    const host of [
      "example.com",
      "8.8.8.8",
      "172.32.0.1",
      "100.128.0.1",
      "[2001:db8::1]",
      "10.example.com",
      "fd.example.com",
    ]
  ) {
    equal(isPrivateHost(host), false, host);
  }
});

Deno.test("redirectTarget follows what is safe and refuses the rest", () => {
  const from = new URL("https://registry.example.com/v2/x/blobs/uploads/");
  equal(redirectTarget(from, "/v2/y?a=b").href, "https://registry.example.com/v2/y?a=b");
  equal(redirectTarget(from, "https://cdn.example.net/b").href, "https://cdn.example.net/b");
  equal(redirectTarget(from, "http://registry.example.com/z").href, "https://registry.example.com/z");
  for (
    const bad of [
      "http://cdn.example.net/b",
      "https://10.0.0.1/b",
      "https://localhost/b",
      "file:///etc/passwd",
      "https://u:p@a.b/",
    ]
  ) {
    throws(() => redirectTarget(from, bad), { name: "FerryError", code: "POLICY" }, bad);
  }
  for (const bad of [null, "", "https://"]) {
    throws(() => redirectTarget(from, bad), { name: "FerryError", code: "RESPONSE_INVALID" });
  }
  equal(
    redirectTarget(new URL("http://localhost:5000/v2/"), "http://127.0.0.1:5001/x").href,
    "http://127.0.0.1:5001/x",
  );
});

Deno.test("proxyFor reads the environment in either case", () => {
  const env = (values: Record<string, string>) => (name: string) => values[name];
  const find = (url: string, values: Record<string, string>) => proxyFor(new URL(url), env(values))?.href;
  equal(find("https://a.b/", { HTTPS_PROXY: "http://p:1" }), "http://p:1/");
  equal(find("http://a.b/", { HTTPS_PROXY: "http://p:1" }), undefined);
  equal(find("http://a.b/", { http_proxy: "p:1" }), "http://p:1/");
  equal(find("https://a.b/", { ALL_PROXY: "http://p:1" }), "http://p:1/");
  const through = (host: string, noProxy: string) =>
    find(`https://${host}/`, { HTTPS_PROXY: "http://p:1", NO_PROXY: noProxy });
  equal(through("a.b", "x, a.b"), undefined);
  equal(through("c.a.b", ".a.b"), undefined);
  equal(through("ca.b", "a.b"), "http://p:1/");
  equal(through("a.b:8443", "a.b:8443"), undefined);
  equal(through("a.b", "a.b:8443"), "http://p:1/");
  equal(through("10.1.2.3", "10.0.0.0/8"), undefined);
  equal(through("11.1.2.3", "10.0.0.0/8"), "http://p:1/");
  equal(through("a.b", "*"), undefined);
});

Deno.test("connectionFailure tells failures apart by the runtime's words", () => {
  const url = new URL("https://a.b:5000/v2/?token=secret");
  const codeOf = (text: string) => connectionFailure(new TypeError(text), "GET", url).code;
  equal(
    codeOf(
      "error sending request for url (https://a.b/): client error (Connect): received corrupt message of type InvalidContentType",
    ),
    "TLS",
  );
  equal(codeOf("client error (Connect): invalid peer certificate: UnknownIssuer"), "TLS");
  equal(codeOf("client error (Connect): dns error: failed to lookup address information"), "DNS");
  equal(codeOf("client error (Connect): tcp connect error: Connection refused (os error 111)"), "CONNECT");
  equal(codeOf("Signal timed out."), "TIMEOUT");
  equal(codeOf("connection reset by peer"), "CONNECTION_LOST");
  const plain = connectionFailure(new Error("InvalidContentType"), "GET", url);
  equal(plain.hint?.includes("--tls disabled a.b:5000"), true);
  equal(`${plain.message}${plain.detail}`.includes("secret"), false);
  equal(isTransient(plain), false);
  equal(isTransient(connectionFailure(new Error("reset"), "GET", url)), true);
});

Deno.test("answerError names the failure by status, code and what was asked", () => {
  const make = (status: number, body = "", headers: Record<string, string> = {}) =>
    answerError(
      { method: "GET", what: "manifest a.b/c:1", asked: "manifest", repository: "c", actions: ["pull"], path: "" },
      "a.b",
      { status, headers: new Headers(headers), body },
      0,
    );
  const said = (code: string) => JSON.stringify({ errors: [{ code, message: "no\u001b[31m" }] });
  equal(make(404).code, "MANIFEST_UNKNOWN");
  equal(make(404, said("NAME_UNKNOWN")).code, "NAME_UNKNOWN");
  equal(make(401).code, "UNAUTHORIZED");
  equal(make(401).hint?.includes("registry login a.b"), true);
  equal(make(403, said("DENIED")).code, "DENIED");
  equal(make(405).code, "UNSUPPORTED");
  equal(make(400, said("DIGEST_INVALID")).code, "DIGEST_MISMATCH");
  equal(make(503).code, "HTTP_5XX");
  equal(make(429, "", { "retry-after": "7" }).retryAfter, 7);
  equal(make(418).code, "HTTP_4XX");
  equal(make(200).code, "RESPONSE_INVALID");
  equal(make(400, said("X")).message.includes("\u001b"), false);
  equal(make(500, "<html>").message, "GET manifest a.b/c:1 failed with status 500");
});

Deno.test("connectionFailure looks at what happened, not at the host's name", () => {
  const url = new URL("https://tls-tunnel.alert.example/v2/");
  const refused =
    `error sending request for url (${url}): client error (Connect): tcp connect error: Connection refused`;
  equal(connectionFailure(new TypeError(refused), "GET", url).code, "CONNECT");
});
