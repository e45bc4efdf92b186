/** TLS, and certificates of clients. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { parseAcl } from "../../src/serve/access/acl.ts";
import { createAuthority, USERS_ONLY } from "../../src/serve/access/authority.ts";
import { hashPassword } from "../../src/serve/access/bcrypt.ts";
import { parseHtpasswd, PasswordChecker } from "../../src/serve/access/htpasswd.ts";
import { loadOpenSsl } from "../../src/serve/listen/openssl.ts";
import { canMakeCertificates, type Certificates, makeCertificates } from "../support/certificates.ts";
import { bytesOf, Place, someBytes } from "./harness.ts";

const CERTIFICATES = canMakeCertificates() ? await makeCertificates() : undefined;

/** Name and ignore flag of a test that needs OpenSSL: the program, and with `library` the library as well. */
function withOpenSsl(name: string, library: boolean): { name: string; ignore: boolean } {
  if (CERTIFICATES === undefined) return { name: `${name} (skipped: openssl is not installed)`, ignore: true };
  if (library && !hasLibrary()) return { name: `${name} (skipped: libssl is not installed)`, ignore: true };
  return { name, ignore: false };
}

function hasLibrary(): boolean {
  try {
    loadOpenSsl().close();
    return true;
  } catch {
    return false;
  }
}

const certificates = (): Certificates => CERTIFICATES!;

/** The client of the test authority, or nobody known. */
function clientOf(shows?: { readonly cert: string; readonly key: string }): Deno.HttpClient {
  return Deno.createHttpClient({ caCerts: [certificates().ca], ...shows });
}

const RULES = JSON.stringify({
  rules: [
    { repository: "public/*", allow: ["pull"], anonymous: true },
    { repository: "*", allow: ["pull", "push"], members: ["client"] },
    { repository: "*", allow: ["pull", "push", "delete"], members: ["ann"] },
  ],
});

async function guardOf(options: { readonly rules?: boolean; readonly users?: boolean } = {}) {
  const users = parseHtpasswd(options.users === true ? `ann:${await hashPassword("pw")}` : "", "users");
  const acl = options.rules === true ? parseAcl(RULES, "acl") : USERS_ONLY;
  return createAuthority({
    passwords: options.users === true ? new PasswordChecker(() => users, Date.now) : undefined,
    tokens: undefined,
    acl: () => acl,
    externalUrl: undefined,
    tls: true,
  });
}

async function openMutual(required: boolean, options: Parameters<typeof guardOf>[0] = {}): Promise<Place> {
  const { ca, server } = certificates();
  return await Place.open({
    server: { tls: server, clients: { ca, required }, guard: await guardOf(options) },
  });
}

Deno.test({
  ...withOpenSsl("serve: TLS speaks HTTP/2 and HTTP/1.1, and keeps to the limits of connections", false),
  fn: async () => {
    const { server } = certificates();
    await using place = await Place.open({ server: { tls: server, headTimeout: 200, connections: 2 } });
    for (const http2 of [true, false]) {
      using client = Deno.createHttpClient({ caCerts: [certificates().ca], http2, http1: !http2 });
      const bytes = someBytes(3_000_000);
      const digest = digestOf(bytes);
      (await place.send("POST", `/v2/a/blobs/uploads/?digest=${digest}`, { client, body: bytes })).is(201);
      assert.deepEqual((await place.send("GET", `/v2/a/blobs/${digest}`, { client })).is(200).bytes, bytes);
    }
    // No handshake at all, and something else than one.
    using silent = await Deno.connect({ hostname: "127.0.0.1", port: place.port });
    using plain = await Deno.connect({ hostname: "127.0.0.1", port: place.port });
    await plain.write(bytesOf("GET /v2/ HTTP/1.1\r\nhost: a\r\n\r\n"));
    assert.equal(await silent.read(new Uint8Array(1)), null);
    while (await plain.read(new Uint8Array(1000)).catch(() => null) !== null);
    // A handshake, and nothing behind it; with two of them there is no room for a third.
    const connect = () => Deno.connectTls({ hostname: "127.0.0.1", port: place.port, caCerts: [certificates().ca] });
    using first = await connect();
    using second = await connect();
    await Promise.all([first.handshake(), second.handshake()]);
    using third = await connect();
    const buffer = new Uint8Array(1000);
    const read = await third.read(buffer);
    assert.match(new TextDecoder().decode(buffer.subarray(0, read ?? 0)), /^HTTP\/1\.1 503 /);
    for (const quiet of [first, second]) while (await quiet.read(buffer).catch(() => null) !== null);
    using client = clientOf();
    (await place.send("GET", "/v2/", { client })).is(200);
  },
});

Deno.test({
  ...withOpenSsl("serve: a client is known by its certificate, and without one it is not let in", true),
  fn: async () => {
    await using place = await openMutual(true);
    using known = clientOf(certificates().client);
    const bytes = someBytes(3_000_000);
    const digest = digestOf(bytes);
    (await place.send("POST", `/v2/a/blobs/uploads/?digest=${digest}`, { client: known, body: bytes })).is(201);
    const blobs = await Promise.all(
      Array.from({ length: 8 }, () => place.send("GET", `/v2/a/blobs/${digest}`, { client: known })),
    );
    for (const blob of blobs) assert.deepEqual(blob.is(200).bytes, bytes);
    // None, one that is not for clients, and one of another authority.
    const { selfSigned, server } = certificates();
    for (const shows of [undefined, server, selfSigned]) {
      using stranger = clientOf(shows);
      await assert.rejects(place.send("GET", "/v2/", { client: stranger }), TypeError);
    }
    using other = clientOf((await makeCertificates()).client);
    await assert.rejects(place.send("GET", "/v2/", { client: other }), TypeError);
    (await place.send("GET", "/v2/", { client: known })).is(200);
  },
});

Deno.test({
  ...withOpenSsl("serve: the access file knows the common name of a certificate", true),
  fn: async () => {
    await using place = await openMutual(true, { rules: true });
    using known = clientOf(certificates().client);
    const digest = digestOf(bytesOf("x"));
    (await place.send("POST", `/v2/a/blobs/uploads/?digest=${digest}`, { client: known, body: "x" })).is(201);
    (await place.send("DELETE", `/v2/a/blobs/${digest}`, { client: known })).is(403, "DENIED");
  },
});

Deno.test({
  ...withOpenSsl("serve: where certificates are only asked for, others log in, or read what everybody may", true),
  fn: async () => {
    await using place = await openMutual(false, { rules: true, users: true });
    using known = clientOf(certificates().client);
    using nobody = clientOf();
    using stranger = clientOf((await makeCertificates()).client);
    const digest = digestOf(bytesOf("x"));
    const upload = `/v2/public/a/blobs/uploads/?digest=${digest}`;
    (await place.send("POST", upload, { client: known, body: "x" })).is(201);
    (await place.send("GET", `/v2/public/a/blobs/${digest}`, { client: nobody })).is(200);
    (await place.send("POST", upload, { client: nobody, body: "x" })).is(401, "UNAUTHORIZED");
    const headers = { authorization: `Basic ${btoa("ann:pw")}` };
    (await place.send("DELETE", `/v2/public/a/blobs/${digest}`, { client: nobody, headers })).is(202);
    // A password counts more than a certificate: it was given for this one request.
    (await place.send("POST", upload, { client: known, headers, body: "x" })).is(201);
    (await place.send("DELETE", `/v2/public/a/blobs/${digest}`, { client: known, headers })).is(202);
    await assert.rejects(place.send("GET", "/v2/", { client: stranger }), TypeError);
  },
});

Deno.test({
  ...withOpenSsl("serve: a handshake that stands still is given up, and a client that leaves leaves nothing", true),
  fn: async () => {
    const { ca, server } = certificates();
    await using place = await Place.open({
      server: {
        tls: server,
        clients: { ca, required: true },
        headTimeout: 200,
        keepAliveTimeout: 200,
        guard: await guardOf(),
      },
    });
    using silent = await Deno.connect({ hostname: "127.0.0.1", port: place.port });
    using plain = await Deno.connect({ hostname: "127.0.0.1", port: place.port });
    await plain.write(bytesOf("GET /v2/ HTTP/1.1\r\n\r\n"));
    while (await plain.read(new Uint8Array(1000)).catch(() => null) !== null);
    assert.equal(await silent.read(new Uint8Array(1)), null);
    const socket = await Deno.connectTls({
      hostname: "127.0.0.1",
      port: place.port,
      caCerts: [ca],
      ...certificates().client,
    });
    await socket.write(bytesOf("GET /v2/ HTTP/1.1\r\nhost: a\r\n\r\n"));
    const buffer = new Uint8Array(10_000);
    const read = await socket.read(buffer);
    assert.match(new TextDecoder().decode(buffer.subarray(0, read ?? 0)), /^HTTP\/1\.1 200 /);
    // It waits too long for another request.
    while (await socket.read(buffer).catch(() => null) !== null);
    socket.close();
    using known = clientOf(certificates().client);
    (await place.send("GET", "/v2/", { client: known })).is(200);
  },
});

Deno.test({
  ...withOpenSsl("serve: certificates that cannot be used are refused at the start", true),
  fn: async () => {
    const { ca, server, client } = certificates();
    const start = (tls: { cert: string; key: string }, authority: string) =>
      Place.open({ server: { tls, clients: { ca: authority, required: true } } }).then((place) =>
        place[Symbol.asyncDispose]()
      );
    for (
      const [tls, authority, what] of [
        [{ ...server, cert: "none" }, ca, /--tls-cert/],
        [{ ...server, key: client.key }, ca, /--tls-key/],
        [{ ...server, key: "none" }, ca, /--tls-key/],
        [server, "none", /--client-ca/],
      ] as const
    ) {
      await assert.rejects(start(tls, authority), { code: "TLS", message: what });
    }
  },
});
