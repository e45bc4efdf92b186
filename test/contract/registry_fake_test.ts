import type { RegistryHost } from "../../src/config/registry_host.ts";
import { makeClient, registryReference } from "../support/client.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import type { FakeFeatures } from "../support/fake_store.ts";
import { type Ability, type Place, transportContract } from "./contract.ts";

const ABILITIES: readonly Ability[] = ["sha512", "blob-delete", "tag-delete"];

/** A place in a fake registry. */
function open(features: Partial<FakeFeatures>, can: readonly Ability[], host: Partial<RegistryHost>): Place {
  const registry = new FakeRegistry({ features });
  const client = makeClient({ hosts: { [registry.host]: host } });
  let made = 0;
  return {
    transport: client.transport,
    can: new Set(can),
    fresh: () => Promise.resolve(registryReference(registry.host, `test/repository-${++made}`)),
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

const VARIANTS: readonly {
  name: string;
  features: Partial<FakeFeatures>;
  can?: readonly Ability[];
  host?: Partial<RegistryHost>;
}[] = [
  { name: "a registry with everything", features: {} },
  { name: "a registry without referrers, with small pages", features: { referrers: false, pageSize: 3 } },
  { name: "a registry that filters no referrers and pages them", features: { referrersFilter: false, pageSize: 2 } },
  {
    name: "a registry without HEAD, digests in headers and ranges",
    features: { head: false, headDigest: false, contentDigest: false, range: false },
  },
  {
    name: "a registry that takes chunks only, with odd ranges",
    features: { monolithicPut: false, uploadRange: "off-by-one", uploadLocation: "relative", mount: false },
  },
  {
    name: "a registry that is sent chunks, and says nothing of what it has",
    features: { uploadRange: "none", uploadStatus: false, uploadLocation: "query", chunkMinLength: 100_000 },
    host: { blobMax: 1000 },
  },
  {
    name: "a registry that takes no chunks and deletes no tags",
    features: { chunked: false, tagDelete: false, singlePost: false },
    host: { blobChunk: 1024 * 1024 },
  },
  { name: "a registry without any deletes", features: { tagDelete: false, blobDelete: false }, can: ["sha512"] },
];

for (const { name, features, can = ABILITIES, host = {} } of VARIANTS) {
  transportContract({ name: `contract: ${name}`, ignore: false }, () => Promise.resolve(open(features, can, host)));
}
