import { definePlugin } from "ferry/plugin";

export default definePlugin({
  name: "shout",
  summary: "A function for templates and a global for scripts",
  api: 1,
  commands: {},
  templateFunctions: {
    shout: {
      parameters: ["string", "int"],
      call: (text, times) => `${String(text).toUpperCase()}${"!".repeat(Number(times))}`,
    },
  },
  luaGlobals: {
    shout: ({ dryRun, script }) => ({ loud: (call) => `${call.text(1).toUpperCase()} ${script} ${dryRun}` }),
  },
});
