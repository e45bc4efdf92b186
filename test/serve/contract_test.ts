/** The rules of all transports, kept by the registry transport against this project's own server. */
import { type Place as ContractPlace, transportContract } from "../contract/contract.ts";
import { makeClient, registryReference } from "../support/client.ts";
import { Place } from "./harness.ts";

async function open(): Promise<ContractPlace> {
  const place = await Place.open();
  const client = makeClient();
  let made = 0;
  return {
    transport: client.transport,
    can: new Set(["sha512", "blob-delete", "tag-delete"]),
    fresh: () => Promise.resolve(registryReference(place.host, `test/repository-${++made}`)),
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
    },
  };
}

transportContract({ name: "contract: serve", ignore: false }, open);
