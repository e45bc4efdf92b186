import assert from "node:assert/strict";
import type { RegistryHost } from "../../src/config/registry_host.ts";
import { copyImage } from "../../src/copy/mod.ts";
import { withTag } from "../../src/reference/reference.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { rejectsWith } from "../contract/contract.ts";
import { makeCertificates } from "../support/certificates.ts";
import {
  credentialsOf,
  FakeClock,
  layoutReference,
  makeClient,
  registryReference,
  type TestClient,
} from "../support/client.ts";
import { checkLayout, writeLayout } from "../support/content.ts";
import { DockerRegistry, type DockerRegistryOptions } from "../support/docker_registry.ts";
import { JWT_ISSUER, JWT_SERVICE, JwtTokens } from "../support/jwt_tokens.ts";
import { needs } from "../support/programs.ts";
import { plainSample } from "../support/sample.ts";
import { bytesSource, noise } from "../support/sources.ts";

/** Copies every tag of the sample from a layout to the registry, from there to another repository, and back to a layout. */
async function thereAndBack(registry: DockerRegistry, client: TestClient): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-copy-" });
  const layouts = createLayoutTransport();
  try {
    const content = plainSample();
    await writeLayout(content, `${dir}/from`);
    const from = layoutReference(`${dir}/from`);
    const first = registryReference(registry.host, "first/place");
    const second = registryReference(registry.host, "second/place");
    const back = layoutReference(`${dir}/back`);
    const along = { referrers: true, digestTags: true };
    for (const [tag, digest] of content.tags) {
      const options = { sourceTransport: layouts, targetTransport: client.transport, ...along };
      const there = await copyImage({ ...options, source: withTag(from, tag), target: withTag(first, tag) });
      assert.equal(there.descriptor.digest, digest, tag);
      const remote = { sourceTransport: client.transport, targetTransport: client.transport, ...along };
      const across = await copyImage({ ...remote, source: withTag(first, tag), target: withTag(second, tag) });
      assert.equal(across.descriptor.digest, digest, tag);
      assert.equal(across.bytes, 0, "within a registry no bytes move");
      const home = { sourceTransport: client.transport, targetTransport: layouts, ...along };
      await copyImage({ ...home, source: withTag(second, tag), target: withTag(back, tag) });
    }
    const { blobs, tags } = await checkLayout(`${dir}/back`);
    for (const [tag, digest] of content.tags) assert.equal(tags.get(tag), digest, tag);
    for (const digest of [...content.manifests.keys(), ...content.blobs.keys()]) assert(blobs.has(digest), digest);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

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
  fn: () => withRegistry({}, {}, undefined, thereAndBack),
});

Deno.test({
  ...needs("docker-registry: the same with TLS and htpasswd", "docker-registry", "openssl", "htpasswd"),
  fn: async () => {
    const { server, ca } = await makeCertificates();
    const htpasswd = { username: "ann", password: "p:w$ü" };
    const tls = { tls: "enabled" as const, ca: [ca] };
    await withRegistry({ certificate: server, htpasswd }, tls, "ann:p:w$ü", thereAndBack);
  },
});

Deno.test({
  ...needs("docker-registry: the same with its own certificate pinned", "docker-registry", "openssl"),
  fn: async () => {
    const { selfSigned } = await makeCertificates();
    const tls = { tls: "enabled" as const, ca: [selfSigned.cert] };
    await withRegistry({ certificate: selfSigned }, tls, undefined, thereAndBack);
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
      await thereAndBack(registry, client);
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
