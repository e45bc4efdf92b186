/**
 * The noun `artifact`.
 *
 * @module
 */
import { defineCommand, definePlugin } from "../../src/mod.ts";
import { get, list, put, tree } from "./specs.ts";

export default definePlugin({
  name: "artifact",
  summary: "Store and get artifacts, and what refers to images",
  commands: {
    list: defineCommand(list, () => import("./list.ts")),
    tree: defineCommand(tree, () => import("./tree.ts")),
    get: defineCommand(get, () => import("./get.ts")),
    put: defineCommand(put, () => import("./put.ts")),
  },
});
