import assert from "node:assert/strict";
import type { RegistryHost } from "../../src/config/registry_host.ts";
import { withTag } from "../../src/reference/reference.ts";
import { rejectsWith } from "../contract/contract.ts";
import { canMakeCertificates, type Certificates, makeCertificates } from "../support/certificates.ts";
import { registryReference } from "../support/client.ts";
import { DockerRegistry } from "../support/docker_registry.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { redirect } from "../support/faults.ts";
import type { ServerCertificate } from "../support/http_server.ts";
import { needs } from "../support/programs.ts";
import { bytesSource, noise, readAll } from "../support/sources.ts";
import { type Bench, bench, sourceOf } from "./harness.ts";

let made: Promise<Certificates> | undefined;
const certificates = (): Promise<Certificates> => made ??= makeCertificates();

function secure(certificate: ServerCertificate, host: Partial<RegistryHost>): Bench {
  return bench({ certificate }, (registry) => ({ hosts: { [registry.host]: { tls: "enabled", ...host } } }));
}

/** Reads, writes big and small, and reads again. */
async function exercise(b: Bench): Promise<void> {
  assert.equal((await b.transport.getManifest(withTag(b.place, "v1"))).descriptor.digest, b.image.descriptor.digest);
  assert.deepEqual(await readAll((await sourceOf(b).open(0)).body), b.blob);
  const bytes = noise(77, 700_000);
  const { descriptor } = await b.transport.putBlob(b.place, bytesSource(bytes));
  assert.deepEqual(b.registry.repository("r").blobs.get(descriptor.digest), bytes);
  await b.transport.putBlob(b.place, bytesSource(noise(78, 200_000), { digest: "", size: -1, reopenable: false }));
  await b.transport.putManifest(withTag(b.place, "v2"), b.image);
  await b.transport.deleteTag(withTag(b.place, "v2"));
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ ...needs(`TLS: ${name}`, "openssl"), fn });
}

test("a certificate of an own CA", async () => {
  const { server, ca } = await certificates();
  await using b = secure(server, { ca: [ca] });
  await exercise(b);
});

test("several CAs in one text, and texts around them", async () => {
  const { server, ca, selfSigned } = await certificates();
  await using b = secure(server, { ca: [`# mine\n${selfSigned.cert}\n# theirs\n${ca}\n`] });
  await exercise(b);
});

test("a certificate that nobody vouches for is refused, not tried again, and the hint says what to do", async () => {
  const { server } = await certificates();
  await using b = secure(server, {});
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "TLS");
  assert.equal(error.exit, 7);
  assert.match(error.message, /not trusted/);
  assert.match(error.hint ?? "", /cacert/);
  assert.equal(b.registry.requests.length, 0);
  await rejectsWith(b.transport.putBlob(b.place, bytesSource(noise(1, 10))), "TLS");
});

test("a certificate for another name is refused although the CA is right", async () => {
  const { otherHost, ca } = await certificates();
  await using b = secure(otherHost, { ca: [ca] });
  const error = await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "TLS");
  assert.match(error.message, /another name/);
  await rejectsWith(b.transport.putBlob(b.place, bytesSource(noise(1, 10))), "TLS");
});

test("insecure takes every certificate", async () => {
  const { selfSigned, otherHost } = await certificates();
  for (const certificate of [selfSigned, otherHost]) {
    await using b = secure(certificate, { tls: "insecure" });
    await exercise(b);
  }
});

test("insecure is for its host alone", async () => {
  const { selfSigned } = await certificates();
  await using b = secure(selfSigned, { tls: "insecure" });
  await using other = new FakeRegistry({ certificate: selfSigned });
  b.registry.repository("r").copyTo(other.repository("r"));
  b.registry.faults.add({ path: /blobs\/sha256/, times: 9, action: redirect((r) => `${other.origin}${r.target}`) });
  // Settings of the harness are plain HTTP for hosts that it does not know; the redirect names https all the same.
  await rejectsWith(sourceOf(b).open(0), "TLS");
  assert.equal(other.requests.length, 0);
});

test("a certificate that signed itself and is given as its own CA is taken", async () => {
  const { selfSigned } = await certificates();
  await using b = secure(selfSigned, { ca: [selfSigned.cert] });
  await exercise(b);
});

test("the same when many requests come at once", async () => {
  const { selfSigned } = await certificates();
  await using b = secure(selfSigned, { ca: [selfSigned.cert] });
  const heads = Array.from({ length: 6 }, () => b.transport.headManifest(withTag(b.place, "v1")));
  for (const head of await Promise.all(heads)) assert.equal(head?.digest, b.image.descriptor.digest);
});

test("the same when an upload comes first", async () => {
  const { selfSigned } = await certificates();
  await using b = secure(selfSigned, { ca: [selfSigned.cert] });
  const bytes = noise(79, 300_000);
  await b.transport.putBlob(b.place, bytesSource(bytes));
});

test("a pinned host that shows another certificate is refused before anything is sent", async () => {
  const { selfSigned } = await certificates();
  const other = (await makeCertificates()).selfSigned;
  await using b = secure(other, { ca: [selfSigned.cert] });
  await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "TLS");
  assert.equal(b.registry.requests.length, 0);
});

test("a CA that is no certificate is CONFIG_INVALID", async () => {
  const { server } = await certificates();
  for (const ca of ["/etc/ssl/ca.pem", "", "-----BEGIN CERTIFICATE-----\n"]) {
    await using b = secure(server, { ca: [ca] });
    await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "CONFIG_INVALID");
  }
});

test("TLS spoken to a plain server: the hint says how to switch it off", async () => {
  await using b = bench({}, (registry) => ({ hosts: { [registry.host]: { tls: "enabled" } } }));
  for (const tls of ["enabled", "insecure"] as const) {
    await using c = bench({}, (registry) => ({ hosts: { [registry.host]: { tls } } }));
    const error = await rejectsWith(c.transport.getManifest(withTag(c.place, "v1")), "TLS");
    assert.match(error.hint ?? "", /--tls disabled/, `${tls}: ${error.message}`);
  }
  const error = await rejectsWith(b.transport.putBlob(b.place, bytesSource(noise(1, 10))), "TLS");
  assert.match(error.hint ?? "", /--tls disabled/);
});

test("a client certificate whose key is another's is refused and does not end the process", async () => {
  const { server, ca, client, otherHost } = await certificates();
  await using b = secure(server, { ca: [ca], clientCert: client.cert, clientKey: otherHost.key });
  await rejectsWith(b.transport.getManifest(withTag(b.place, "v1")), "CONFIG_INVALID");
  await using c = secure(server, { ca: [ca], clientCert: client.cert });
  await rejectsWith(c.transport.getManifest(withTag(c.place, "v1")), "CONFIG_INVALID");
});

Deno.test({
  ...needs("TLS: a registry that wants a client certificate", "openssl", "docker-registry"),
  fn: async () => {
    assert(canMakeCertificates());
    const { server, ca, client } = await certificates();
    await using registry = await DockerRegistry.start({ certificate: server, clientCa: ca });
    const settings = { ca: [ca], clientCert: client.cert, clientKey: client.key };
    for (const tls of ["enabled", "insecure"] as const) {
      await using b = bench({}, { hosts: { [registry.host]: { tls, ...settings } } });
      const bytes = noise(80, 400_000);
      const place = registryReference(registry.host, `with/${tls}`);
      const { descriptor } = await b.transport.putBlob(place, bytesSource(bytes));
      const stream = await b.transport.blobSource(place, descriptor).open(0);
      assert.deepEqual(await readAll(stream.body), bytes);
    }
    await using stranger = bench({}, { hosts: { [registry.host]: { tls: "enabled", ca: [ca] } } });
    const place = registryReference(registry.host, "with/out");
    await rejectsWith(stranger.transport.listTags(place), "TLS");
    await rejectsWith(stranger.transport.putBlob(place, bytesSource(noise(81, 10))), "TLS");
  },
});

Deno.test({
  ...needs("TLS: plain HTTP spoken to a TLS registry: the hint says what it is", "openssl", "docker-registry"),
  fn: async () => {
    const { server } = await certificates();
    await using registry = await DockerRegistry.start({ certificate: server });
    await using b = bench();
    const place = registryReference(registry.host, "r");
    const works = [() => b.transport.listTags(place), () => b.transport.putBlob(place, bytesSource(noise(82, 10)))];
    for (const work of works) {
      const error = await rejectsWith(work(), "TLS");
      assert.match(error.hint ?? "", /--tls enabled/);
    }
  },
});
