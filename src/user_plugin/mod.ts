/**
 * What the noun `plugin` needs besides the store.
 *
 * @module
 */
export { addsOf, addsWords } from "./adds.ts";
export { buildPlugin, type Built } from "./build.ts";
export { pluginFiles } from "./new_plugin.ts";
export { writeAll } from "./stage.ts";
