import { defineCommand, definePlugin, defineSpec } from "ferry/plugin";

/** Data of `greet say`. */
export const say = defineSpec({
  summary: "Greet an image",
  args: [{ name: "image", type: "reference", required: true, summary: "image to greet" }],
  flags: { mood: { type: "string", choices: ["glad", "sad"], default: "glad", summary: "how" } },
});

export default definePlugin({
  name: "greet",
  summary: "Greet images",
  version: "1.0.0",
  api: 1,
  aliases: ["hi"],
  commands: {
    say: defineCommand(say, () => import("./say.ts")),
    data: defineCommand({ summary: "Print the plugin's own data" }, () => import("./data.ts")),
  },
});
