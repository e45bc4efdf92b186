/**
 * The noun `image`.
 *
 * @module
 */
import { defineCommand, definePlugin } from "../../src/mod.ts";
import { copy } from "./copy_spec.ts";
import { deleteImage, digest, inspect, manifest, ratelimit } from "./specs.ts";

export default definePlugin({
  name: "image",
  summary: "Copy, inspect and delete images",
  commands: {
    copy: defineCommand(copy, () => import("./copy.ts")),
    inspect: defineCommand(inspect, () => import("./inspect.ts")),
    digest: defineCommand(digest, () => import("./digest.ts")),
    manifest: defineCommand(manifest, () => import("./manifest.ts")),
    ratelimit: defineCommand(ratelimit, () => import("./ratelimit.ts")),
    delete: defineCommand(deleteImage, () => import("./delete.ts")),
  },
});
