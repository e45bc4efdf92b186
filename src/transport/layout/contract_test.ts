import type { Reference } from "../../reference/reference.ts";
import { transportContract } from "../../../test/contract/contract.ts";
import { createLayoutTransport } from "./mod.ts";

for (const [name, gracePeriod] of [["a layout", undefined], ["a layout that collects garbage at once", 0]] as const) {
  transportContract({ name, ignore: false }, async () => {
    const folder = await Deno.makeTempDir({ prefix: "layout-contract-" });
    let made = 0;
    const fresh = (): Promise<Reference> =>
      Promise.resolve({
        scheme: "ocidir",
        registry: "",
        repository: "",
        tag: "",
        digest: "",
        path: `${folder}/layout ${++made}`,
      });
    return {
      transport: createLayoutTransport(gracePeriod === undefined ? {} : { gracePeriod }),
      can: new Set(["sha512", "blob-delete", "tag-delete", "dangling-manifests"] as const),
      fresh,
      [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
    };
  });
}
