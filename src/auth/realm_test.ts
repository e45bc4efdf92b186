import assert from "node:assert/strict";
import { isLoopback, resolveRealm } from "./realm.ts";

Deno.test("realms that are followed", () => {
  const cases: [string, string, string][] = [
    ["https://auth.docker.io/token", "https://registry-1.docker.io", "https://auth.docker.io/token"],
    ["/v2/token?x=1", "https://r.example:5000", "https://r.example:5000/v2/token?x=1"],
    ["token", "http://r.example:5000", "http://r.example:5000/token"],
    ["//other.example/t", "https://r.example", "https://other.example/t"],
    ["http://auth.example/t", "http://r.example", "http://auth.example/t"],
    ["https://auth.example/t#part", "http://r.example", "https://auth.example/t"],
    ["http://127.0.0.1:5001/t", "http://registry:5000", "http://127.0.0.1:5001/t"],
    ["https://localhost:5001/t", "https://localhost:5000", "https://localhost:5001/t"],
    ["https://127.0.0.1/t", "https://localhost:5000", "https://127.0.0.1/t"],
    ["https://10.0.0.5/t", "https://r.example", "https://10.0.0.5/t"],
  ];
  for (const [realm, origin, expected] of cases) assert.equal(resolveRealm(realm, origin).href, expected);
});

Deno.test("realms that credentials do not go to", () => {
  const cases: [string, string][] = [
    ["http://auth.example/t", "https://r.example"],
    ["http://r.example/t", "https://r.example"],
    ["http://localhost/t", "https://r.example"],
    ["https://user:secret@auth.example/t", "https://r.example"],
    ["https://user@auth.example/t", "https://r.example"],
    ["ftp://auth.example/t", "https://r.example"],
    ["file:///etc/passwd", "http://r.example"],
    ["https://169.254.169.254/t", "https://r.example"],
    ["http://169.254.169.254/latest", "http://r.example"],
    ["http://[fe80::1]/t", "http://r.example"],
    ["http://[::ffff:169.254.169.254]/t", "http://r.example"],
    ["https://127.0.0.1/t", "https://r.example"],
    ["https://2130706433/t", "https://r.example"],
    ["https://[::1]/t", "https://r.example"],
    ["https://[::ffff:127.0.0.1]/t", "https://r.example"],
    ["https://app.localhost/t", "https://r.example"],
  ];
  for (const [realm, origin] of cases) {
    assert.throws(() => resolveRealm(realm, origin), (error: Error & { code: string; detail?: string }) => {
      assert.equal(error.code, "POLICY", realm);
      assert.ok(!`${error.message}${error.detail}`.includes("secret"));
      return true;
    });
  }
  assert.throws(() => resolveRealm("https://", "https://r.example"), { code: "RESPONSE_INVALID" });
});

Deno.test("loopback names and addresses", () => {
  for (const host of ["localhost", "a.localhost", "127.1.2.3", "[::1]", "[::ffff:7f00:1]"]) {
    assert.ok(isLoopback(host), host);
  }
  for (const host of ["localhost.example", "128.0.0.1", "[::2]", "127.example"]) assert.ok(!isLoopback(host), host);
});
