/**
 * The noun `index`.
 *
 * @module
 */
import { defineCommand, definePlugin } from "../../src/mod.ts";
import { add, create, deleteEntry } from "./specs.ts";

export default definePlugin({
  name: "index",
  summary: "Make and change indexes: images of several platforms under one name",
  commands: {
    create: defineCommand(create, () => import("./create.ts")),
    add: defineCommand(add, () => import("./add.ts")),
    delete: defineCommand(deleteEntry, () => import("./delete.ts")),
  },
});
