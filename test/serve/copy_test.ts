/** The copy engine and the registry transport against this project's own server: everything that real registries are asked for. */
import assert from "node:assert/strict";
import type { RegistryHost } from "../../src/config/registry_host.ts";
import { withTag } from "../../src/reference/reference.ts";
import { rejectsWith } from "../contract/contract.ts";
import { makeCertificates } from "../support/certificates.ts";
import { credentialsOf, FakeClock, makeClient, registryReference, type TestClient } from "../support/client.ts";
import { spawnServe } from "../support/ferry_process.ts";
import { FerryRegistry, type FerryRegistryOptions, type RegistryUser } from "../support/ferry_registry.ts";
import { needs } from "../support/programs.ts";
import { plainSample } from "../support/sample.ts";
import { bytesSource, noise } from "../support/sources.ts";
import { thereAndBack } from "../support/there_and_back.ts";

const USER = { username: "ann", password: "p:w$ü" };

async function withRegistry(
  options: FerryRegistryOptions,
  host: Partial<RegistryHost>,
  work: (registry: FerryRegistry, client: TestClient) => Promise<void>,
): Promise<void> {
  await using registry = await FerryRegistry.start(options);
  await using client = makeClient({
    hosts: { [registry.host]: host },
    credentials: credentialsOf(
      options.user === undefined ? {} : { [registry.host]: `${options.user.username}:${options.user.password}` },
    ),
  });
  await work(registry, client);
}

const everything = (registry: FerryRegistry, client: TestClient) => thereAndBack(registry.host, client);

Deno.test("serve: everything goes there and back", () => withRegistry({}, {}, everything));

for (const by of ["password", "token"] as const) {
  Deno.test(`serve: the same by ${by}, and not with a wrong one`, () => {
    const user: RegistryUser = { ...USER, by, anonymousReads: true };
    return withRegistry({ user }, {}, async (registry, client) => {
      await thereAndBack(registry.host, client);
      const place = registryReference(registry.host, "first/place", "single");
      await using stranger = makeClient();
      await stranger.transport.getManifest(place);
      await rejectsWith(stranger.transport.putBlob(place, bytesSource(noise(2, 100))), "UNAUTHORIZED", "DENIED");
      await using liar = makeClient({ credentials: credentialsOf({ [registry.host]: "ann:wrong" }) });
      await rejectsWith(liar.transport.putBlob(place, bytesSource(noise(1, 100))), "UNAUTHORIZED");
    });
  });
}

Deno.test({
  ...needs("serve: the same with TLS", "openssl"),
  fn: async () => {
    const { server, ca } = await makeCertificates();
    const user: RegistryUser = { ...USER, by: "token" };
    await withRegistry({ certificate: server, user }, { tls: "enabled", ca: [ca] }, everything);
  },
});

Deno.test("serve: with deletes switched off a tag that is to be deleted stays as it was", () =>
  withRegistry({ registry: { allowDelete: false } }, {}, async (registry, { transport }) => {
    const place = registryReference(registry.host, "r");
    const content = plainSample();
    const image = content.manifest("docker");
    for (const { digest } of [...image.layers, image.config!]) {
      await transport.putBlob(place, bytesSource(content.blobs.get(digest)!));
    }
    const { descriptor } = await transport.putManifest(withTag(place, "keep"), image);
    await rejectsWith(transport.deleteTag(withTag(place, "keep")), "UNSUPPORTED");
    await rejectsWith(transport.deleteManifest({ ...place, digest: descriptor.digest }), "UNSUPPORTED");
    await rejectsWith(transport.deleteBlob(place, image.config!.digest), "UNSUPPORTED");
    assert.equal((await transport.headManifest(withTag(place, "keep")))?.digest, descriptor.digest);
  }));

Deno.test("serve: its catalog is listed in pages", () =>
  withRegistry({}, {}, async (registry, { transport }) => {
    const names = ["a", "b/c", "d"];
    for (const name of names) await transport.putBlob(registryReference(registry.host, name), bytesSource(noise(3, 9)));
    assert.deepEqual(await transport.listRepositories(registry.host), names);
    assert.deepEqual(await transport.listRepositories(registry.host, { limit: 2 }), names.slice(0, 2));
    assert.deepEqual(await transport.listRepositories(registry.host, { last: "a" }), names.slice(1));
  }));

Deno.test("serve: one that is killed in the middle of an upload is an error of the line", async () => {
  const dir = await Deno.makeTempDir({ prefix: "ferry-serve-" });
  const server = await spawnServe(dir);
  try {
    await using client = makeClient({ stallMs: 2000, clock: new FakeClock() });
    let killed: Promise<void> | undefined;
    const onBytes = () => {
      killed ??= server.kill();
    };
    const big = bytesSource(noise(3, 30 * 1024 * 1024), { piece: 512 * 1024 });
    const place = registryReference(new URL(server.url).host, "r");
    const error = await rejectsWith(client.transport.putBlob(place, big, { onBytes }), "CONNECT", "CONNECTION_LOST");
    assert.equal(error.exit, 7);
    await killed;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
