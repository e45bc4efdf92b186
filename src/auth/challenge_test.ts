import assert from "node:assert/strict";
import fc from "fast-check";
import { parseChallenges } from "./challenge.ts";

function plain(value: string | string[]): unknown[] {
  return parseChallenges(value).map(({ scheme, token68, params }) => [scheme, token68, Object.fromEntries(params)]);
}

Deno.test("one challenge: quoted values keep commas, names and scheme fold to lower case", () => {
  assert.deepEqual(
    plain('BEARER Realm="https://auth.docker.io/token",SERVICE=registry.docker.io, scope="repository:a/b:pull,push"'),
    [["bearer", "", {
      realm: "https://auth.docker.io/token",
      service: "registry.docker.io",
      scope: "repository:a/b:pull,push",
    }]],
  );
});

Deno.test("escapes in quoted strings", () => {
  assert.deepEqual(plain(String.raw`Basic realm="say \"hi, you\" \\ now", charset="UTF-8"`), [
    ["basic", "", { realm: 'say "hi, you" \\ now', charset: "UTF-8" }],
  ]);
});

Deno.test("several challenges in one header and in several", () => {
  const expected = [
    ["negotiate", "", {}],
    ["basic", "", { realm: "a, b" }],
    ["bearer", "", { realm: "https://t/", service: "s" }],
  ];
  assert.deepEqual(plain('Negotiate, Basic realm="a, b", Bearer realm="https://t/", service="s"'), expected);
  assert.deepEqual(plain(["Negotiate", 'Basic realm="a, b"', 'Bearer realm="https://t/",service="s"']), expected);
});

Deno.test("token68 with and without padding, then another challenge", () => {
  assert.deepEqual(plain('Negotiate YWJj/+==, NTLM TlRM, Basic realm="x"'), [
    ["negotiate", "YWJj/+==", {}],
    ["ntlm", "TlRM", {}],
    ["basic", "", { realm: "x" }],
  ]);
});

Deno.test("what registries really send wrong is read as meant", () => {
  const bearer = (params: Record<string, string>) => [["bearer", "", params]];
  assert.deepEqual(plain("Bearer realm=https://h/token,service=x"), bearer({ realm: "https://h/token", service: "x" }));
  assert.deepEqual(plain('Bearer realm="r" service="s"'), bearer({ realm: "r", service: "s" }));
  assert.deepEqual(plain('Bearer , realm = "r" ,, service = s ,'), bearer({ realm: "r", service: "s" }));
  assert.deepEqual(plain('Bearer realm="r'), bearer({ realm: "r" }));
  assert.deepEqual(plain('Bearer realm="first", realm="second"'), bearer({ realm: "first" }));
  assert.deepEqual(plain('stray="x", Bearer realm="r"'), bearer({ realm: "r" }));
  assert.deepEqual(plain('"odd" ; thing, Bearer realm="r"'), bearer({ realm: "r" }));
  assert.deepEqual(plain('Bearer realm="r",scope=""'), bearer({ realm: "r", scope: "" }));
});

Deno.test("nothing to read gives nothing", () => {
  for (const text of ["", " ", ",,,", '"', "=", "===", "\\"]) assert.deepEqual(plain(text), [], JSON.stringify(text));
});

Deno.test("a parameter of the name __proto__ is only a parameter", () => {
  const [challenge] = parseChallenges('Bearer __proto__="x", realm="r"');
  assert.equal(challenge?.params.get("__proto__"), "x");
  assert.equal(challenge?.params.get("constructor"), undefined);
});

const quoted = fc.string({ unit: fc.constantFrom(...'ab ,=\\"/:%é'.split("")) });
const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);

Deno.test("property: well-formed challenges come back as they were written", () => {
  const challenge = fc.record({
    scheme: token,
    params: fc.uniqueArray(fc.tuple(token, quoted), { selector: ([name]) => name, minLength: 1, maxLength: 4 }),
  });
  fc.assert(fc.property(fc.array(challenge, { minLength: 1, maxLength: 4 }), (challenges) => {
    const text = challenges.map(({ scheme, params }) =>
      `${scheme} ` + params.map(([name, value]) => `${name}="${value.replace(/[\\"]/g, "\\$&")}"`).join(", ")
    ).join(", ");
    assert.deepEqual(
      parseChallenges(text).map(({ scheme, params }) => [scheme, [...params]]),
      challenges.map(({ scheme, params }) => [scheme, params]),
    );
  }));
});

Deno.test("property: no text makes it throw or run away", () => {
  const noise = fc.string({ unit: fc.constantFrom(...'Bearer Basic=",\\ \t\r\n;/+aZ0~\0é'.split("")), maxLength: 200 });
  fc.assert(
    fc.property(fc.oneof(noise, fc.string({ unit: "binary" })), (text) => {
      for (const { scheme, token68, params } of parseChallenges(text)) {
        assert.match(scheme, /^[!#$%&'*+\-.^_`|~0-9a-z]+$/);
        assert.ok(token68 === "" || params.size === 0);
      }
    }),
    { numRuns: 1000 },
  );
});
