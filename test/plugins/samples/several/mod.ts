import { defineCommand, definePlugin, defineSpec, type InputOf } from "ferry/plugin";
import { shout } from "./lib/shout.ts";
import words from "./lib/words.json" with { type: "json" };

export const say = defineSpec({
  summary: "Say hello",
  flags: { loud: { type: "boolean", summary: "say it loud" } },
});

export type Input = InputOf<typeof say>;

export default definePlugin({
  name: "several",
  summary: "Several modules",
  version: words.version,
  api: 1,
  commands: { say: defineCommand(say, () => import("./lib/say.ts")) },
  templateFunctions: { shoutOut: { parameters: ["string"], call: (text) => shout(String(text)) } },
});
