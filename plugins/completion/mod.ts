/**
 * The noun `completion`: scripts that make a shell ask the program what may stand at the cursor.
 *
 * @module
 */
import { defineCommand, definePlugin, defineSpec } from "../../src/mod.ts";

const flags = {
  "no-descriptions": { type: "boolean", summary: "offer names alone, without what they do" },
} as const;

const ASKS =
  "Registries with a login or settings, their repositories, tags, and the platforms of an image are offered as well, as " +
  "far as they answer at once: within a fifth of a second, or the duration in FERRY_COMPLETION_TIMEOUT. " +
  "Credentials are used as by every command.";

/** Data of `completion bash`. */
export const bash = defineSpec({
  summary: "Print the completion script for bash",
  description: `It needs nothing but bash: the bash-completion package only loads it by itself.\n\n${ASKS}`,
  flags,
  examples: [
    { command: "completion bash >/etc/bash_completion.d/ferry", does: "complete in every new shell, for everybody" },
    {
      command: "completion bash >~/.local/share/bash-completion/completions/ferry",
      does: "the same for yourself, with the bash-completion package",
    },
  ],
});

/** Data of `completion zsh`. */
export const zsh = defineSpec({
  summary: "Print the completion script for zsh",
  description: "The folder must be in fpath before compinit runs in ~/.zshrc. There, this does as well:\n\n" +
    `  source <(ferry completion zsh)\n\n${ASKS}`,
  flags,
  examples: [
    { command: "completion zsh >/usr/local/share/zsh/site-functions/_ferry", does: "complete in every new shell" },
  ],
});

/** Data of `completion fish`. */
export const fish = defineSpec({
  summary: "Print the completion script for fish",
  description: ASKS,
  flags,
  examples: [
    { command: "completion fish >~/.config/fish/completions/ferry.fish", does: "complete in every new shell" },
  ],
});

/** Data of `completion powershell`. */
export const powershell = defineSpec({
  summary: "Print the completion script for PowerShell",
  description: ASKS,
  flags,
  examples: [
    { command: "completion powershell | Out-String | Invoke-Expression", does: "complete; put it into your profile" },
  ],
});

export default definePlugin({
  name: "completion",
  summary: "Print completion scripts for shells",
  commands: {
    bash: defineCommand(bash, () => import("./bash.ts")),
    zsh: defineCommand(zsh, () => import("./zsh.ts")),
    fish: defineCommand(fish, () => import("./fish.ts")),
    powershell: defineCommand(powershell, () => import("./powershell.ts")),
  },
});
