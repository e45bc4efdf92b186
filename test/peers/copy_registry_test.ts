import assert from "node:assert/strict";
import type { RegistryHost } from "../../src/config/registry_host.ts";
import { withTag } from "../../src/reference/reference.ts";
import { rejectsWith } from "../contract/contract.ts";
import { makeCertificates } from "../support/certificates.ts";
import { credentialsOf, FakeClock, makeClient, registryReference, type TestClient } from "../support/client.ts";
import { DockerRegistry, type DockerRegistryOptions } from "../support/docker_registry.ts";
import { JWT_ISSUER, JWT_SERVICE, JwtTokens } from "../support/jwt_tokens.ts";
import { needs } from "../support/programs.ts";
import { plainSample } from "../support/sample.ts";
import { bytesSource, noise } from "../support/sources.ts";
import { thereAndBack } from "../support/there_and_back.ts";

const everything = (registry: DockerRegistry, client: TestClient) => thereAndBack(registry.host, client);

async function withRegistry(
  options: DockerRegistryOptions,
  host: Partial<RegistryHost>,
  user: string | undefined,
  work: (registry: DockerRegistry, client: TestClient) => Promise<void>,
): Promise<void> {
  await using registry = await DockerRegistry.start(options);
  await using client = makeClient({
    hosts: { [registry.host]: host },
    credentials: credentialsOf(user === undefined ? {} : { [registry.host]: user }),
  });
  await work(registry, client);
}

Deno.test({
  ...needs("docker-registry: everything goes there and back", "docker-registry"),
  fn: () => withRegistry({}, {}, undefined, everything),
});

Deno.test({
  ...needs("docker-registry: the same with TLS and htpasswd", "docker-registry", "openssl", "htpasswd"),
  fn: async () => {
    const { server, ca } = await makeCertificates();
    const htpasswd = { username: "ann", password: "p:w$ü" };
    const tls = { tls: "enabled" as const, ca: [ca] };
    await withRegistry({ certificate: server, htpasswd }, tls, "ann:p:w$ü", everything);
  },
});

Deno.test({
  ...needs("docker-registry: the same with its own certificate pinned", "docker-registry", "openssl"),
  fn: async () => {
    const { selfSigned } = await makeCertificates();
    const tls = { tls: "enabled" as const, ca: [selfSigned.cert] };
    await withRegistry({ certificate: selfSigned }, tls, undefined, everything);
  },
});

Deno.test({
  ...needs("docker-registry: a wrong password is UNAUTHORIZED", "docker-registry", "htpasswd"),
  fn: async () => {
    const htpasswd = { username: "ann", password: "right" };
    await withRegistry({ htpasswd }, {}, "ann:wrong", async (registry, client) => {
      const place = registryReference(registry.host, "r");
      await rejectsWith(client.transport.listTags(place), "UNAUTHORIZED");
      await rejectsWith(client.transport.putBlob(place, bytesSource(noise(1, 100))), "UNAUTHORIZED");
      await rejectsWith(client.transport.ping(place), "UNAUTHORIZED");
    });
  },
});

Deno.test({
  ...needs("docker-registry: tokens of a server of its own", "docker-registry", "openssl"),
  fn: async () => {
    await using tokens = await JwtTokens.start("ann:pw");
    const token = { realm: tokens.realm, service: JWT_SERVICE, issuer: JWT_ISSUER, cert: tokens.cert };
    await withRegistry({ token }, {}, "ann:pw", async (registry, client) => {
      await thereAndBack(registry.host, client);
      const asked = tokens.requests.length;
      assert(tokens.requests.every(({ status }) => status === 200));
      assert(asked <= 6, `${asked} tokens: ${JSON.stringify(tokens.requests)}`);
      await using stranger = makeClient();
      const place = registryReference(registry.host, "first/place", "single");
      await stranger.transport.getManifest(place);
      await rejectsWith(stranger.transport.putBlob(place, bytesSource(noise(2, 100))), "UNAUTHORIZED", "DENIED");
      const { digest } = (await client.transport.headManifest(place))!;
      await client.transport.deleteManifest({ ...place, tag: "", digest });
      assert.equal(await client.transport.headManifest(place), undefined);
    });
  },
});

Deno.test({
  ...needs("docker-registry: with deletes switched off a tag that is to be deleted stays as it was", "docker-registry"),
  fn: () =>
    withRegistry({ delete: false }, {}, undefined, async (registry, client) => {
      const { transport } = client;
      const place = registryReference(registry.host, "r");
      const content = plainSample();
      for (const blob of content.manifest("docker").layers) {
        await transport.putBlob(place, bytesSource(content.blobs.get(blob.digest)!));
      }
      await transport.putBlob(place, bytesSource(content.blobs.get(content.manifest("docker").config!.digest)!));
      const { descriptor } = await transport.putManifest(withTag(place, "keep"), content.manifest("docker"));
      await rejectsWith(transport.deleteTag(withTag(place, "keep")), "UNSUPPORTED");
      await rejectsWith(transport.deleteManifest({ ...place, digest: descriptor.digest }), "UNSUPPORTED");
      await rejectsWith(transport.deleteBlob(place, content.manifest("docker").config!.digest), "UNSUPPORTED");
      assert.equal((await transport.headManifest(withTag(place, "keep")))?.digest, descriptor.digest);
    }),
});

Deno.test({
  ...needs("docker-registry: its catalog is listed in pages", "docker-registry"),
  fn: () =>
    withRegistry({}, {}, undefined, async (registry, { transport }) => {
      const names = ["a", "b/c", "d"];
      const content = plainSample();
      const image = content.manifest("docker");
      for (const name of names) {
        const place = registryReference(registry.host, name);
        for (const { digest } of [...image.layers, image.config!]) {
          await transport.putBlob(place, bytesSource(content.blobs.get(digest)!));
        }
        await transport.putManifest(withTag(place, "t"), image);
      }
      assert.deepEqual(await transport.listRepositories(registry.host), names);
      assert.deepEqual(await transport.listRepositories(registry.host, { limit: 2 }), names.slice(0, 2));
      assert.deepEqual(await transport.listRepositories(registry.host, { last: "a" }), names.slice(1));
    }),
});

Deno.test({
  ...needs("docker-registry: one that is killed in the middle of an upload is an error of the line", "docker-registry"),
  fn: async () => {
    await using registry = await DockerRegistry.start();
    await using client = makeClient({ stallMs: 2000, clock: new FakeClock() });
    const place = registryReference(registry.host, "r");
    let killed: Promise<void> | undefined;
    const onBytes = () => {
      killed ??= registry.kill();
    };
    const big = bytesSource(noise(3, 30 * 1024 * 1024), { piece: 512 * 1024 });
    const error = await rejectsWith(client.transport.putBlob(place, big, { onBytes }), "CONNECT", "CONNECTION_LOST");
    assert.equal(error.exit, 7);
    await killed;
  },
});
