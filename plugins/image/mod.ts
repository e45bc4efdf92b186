/**
 * The noun `image`.
 *
 * @module
 */
import { defineCommand, definePlugin } from "../../src/mod.ts";
import { exportSpec, importSpec } from "./archive_specs.ts";
import { copy } from "./copy_spec.ts";
import { getFile } from "./get_file_spec.ts";
import { size, verify } from "./look_specs.ts";
import { checkBase, create } from "./make_specs.ts";
import { mod } from "./mod_spec.ts";
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
    "get-file": defineCommand(getFile, () => import("./get_file.ts")),
    create: defineCommand(create, () => import("./create.ts")),
    mod: defineCommand(mod, () => import("./mod_image.ts")),
    "check-base": defineCommand(checkBase, () => import("./check_base.ts")),
    export: defineCommand(exportSpec, () => import("./export.ts")),
    import: defineCommand(importSpec, () => import("./import.ts")),
    size: defineCommand(size, () => import("./size.ts")),
    verify: defineCommand(verify, () => import("./verify.ts")),
    delete: defineCommand(deleteImage, () => import("./delete.ts")),
  },
});
