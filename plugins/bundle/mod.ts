/**
 * The noun `bundle`.
 *
 * @module
 */
import { defineCommand, definePlugin } from "../../src/mod.ts";
import { create, list, push, verify } from "./specs.ts";

export default definePlugin({
  name: "bundle",
  summary: "Take images to places without a network",
  commands: {
    create: defineCommand(create, () => import("./create.ts")),
    list: defineCommand(list, () => import("./list.ts")),
    verify: defineCommand(verify, () => import("./verify.ts")),
    push: defineCommand(push, () => import("./push.ts")),
  },
});
