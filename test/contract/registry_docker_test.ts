import { makeClient, registryReference } from "../support/client.ts";
import { DockerRegistry } from "../support/docker_registry.ts";
import { needs } from "../support/programs.ts";
import { type Place, transportContract } from "./contract.ts";

async function open(): Promise<Place> {
  const registry = await DockerRegistry.start();
  const client = makeClient();
  let made = 0;
  return {
    transport: client.transport,
    // It stores sha512 manifests not at all, and deletes tags only by way of a manifest of their own.
    can: new Set(["blob-delete", "tag-delete"]),
    fresh: () => Promise.resolve(registryReference(registry.host, `test/repository-${++made}`)),
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await registry.close();
    },
  };
}

transportContract(needs("contract: Debian's docker-registry", "docker-registry"), open);
