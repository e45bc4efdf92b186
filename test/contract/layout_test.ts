import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { layoutReference } from "../support/client.ts";
import { type Place, transportContract } from "./contract.ts";

async function open(): Promise<Place> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-contract-" });
  let made = 0;
  return {
    transport: createLayoutTransport(),
    can: new Set(["sha512", "blob-delete", "tag-delete"]),
    fresh: () => Promise.resolve(layoutReference(`${dir}/layout-${++made}`)),
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

transportContract({ name: "contract: an OCI image layout", ignore: false }, open);
