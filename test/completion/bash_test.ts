/** The script in bash: by hand, as bash-completion calls it, and at a terminal. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { output } from "../cli/harness.ts";
import { isInstalled, needs, runOk } from "../support/programs.ts";
import { Place } from "./place.ts";

const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";

/** What bash has in COMPREPLY for each line, when the cursor is at its end. */
async function replies(place: Place, lines: readonly string[], before = ""): Promise<string[][]> {
  const bin = join(place.dir, "bin");
  const script = `${before}
PATH="${bin}:$PATH" COLUMNS=100
source "${place.dir}/script.bash"
for line in "$@"; do
  COMP_LINE=$line COMP_POINT=\${#line} COMP_TYPE=9 COMP_KEY=9
  read -ra COMP_WORDS <<<"$line"
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  $(complete -p ferry | sed 's/.*-F \\([^ ]*\\).*/\\1/') ferry
  echo "line"
  for reply in "\${COMPREPLY[@]}"; do echo "=$reply"; done
done`;
  const text = await runOk("bash", ["--noprofile", "--norc", "-c", script, "bash", ...lines], {
    env: place.env,
    cwd: place.dir,
  });
  return text.split("line\n").slice(1).map((part) =>
    part.split("\n").slice(0, -1).map((reply) => reply.replace(/^=/, ""))
  );
}

async function open(): Promise<Place> {
  const place = await Place.open();
  await place.install();
  await Deno.writeTextFile(join(place.dir, "script.bash"), await output("completion", "bash"));
  return place;
}

/** Line, and what is offered for it. */
function cases(host: string, dir: string): [string, string[]][] {
  const [address, port] = host.split(":");
  return [
    ["ferry ta", ["tag"]],
    ["ferry registry lo", [
      "login   (Store a user name and password for a registry)",
      "logout  (Forget the user name and password for a registry)",
    ]],
    ["ferry tag ls --li", ["--limit"]],
    ["ferry registry set --tls=d", ["disabled"]],
    ["ferry registry set --tls d", ["disabled"]],
    [`ferry tag ls ${host.slice(0, 5)}`, [`${host}/`]],
    // What stands before a colon stays as it is.
    [`ferry tag ls ${address}:`, [`${port}/`]],
    [`ferry image digest ${host}/org/app:l`, ["latest"]],
    [`ferry image digest ${host}/org/app:`, ["amd", "latest", "sbom", "v1"]],
    [`ferry image digest "${host}/org/app:l`, [`${host}/org/app:latest`]],
    [`ferry image digest '${host}'/org/app:l`, ["latest"]],
    [`ferry image copy --referrers-src=${host}/org/apple`, [`${port}/org/apple`]],
    [`ferry image digest -p linux/ar ${host}/org/app:v1 --platform=linux/ar`, ["linux/arm64"]],
    [`ferry image digest ocidir://${dir}/images/empt`, [`//${dir}/images/empty\\ folder/`]],
    [`ferry image digest "ocidir://${dir}/images/empt`, [`ocidir://${dir}/images/empty folder/`]],
    [`ferry image digest ocidir://${dir}/images/app:v`, ["v1"]],
    [`ferry serve --dir ${dir}/ima`, [`${dir}/images`]],
    [`ferry serve --dir=${dir}/ima`, [`${dir}/images`]],
    ["ferry tag ls x 2>/dev/null >f --li", ["--limit"]],
    ["ferry tag ls x >--li", []],
    ["ferry nope ", []],
    // Nothing of the line is run.
    [`ferry tag ls $(touch ${dir}/run) \`touch ${dir}/run\` "$(touch ${dir}/run)" --li`, ["--limit"]],
  ];
}

Deno.test({
  ...needs("bash: words, values behind colons and equal signs, quotes, folders", "bash"),
  fn: async () => {
    await using place = await open();
    const all = cases(place.host, place.dir);
    const found = await replies(place, all.map(([line]) => line));
    all.forEach(([line, expected], at) => assert.deepEqual(found[at], expected, line));
    await assert.rejects(Deno.stat(join(place.dir, "run")), Deno.errors.NotFound);
  },
});

Deno.test({
  ...needs("bash: where colon and equal sign are no breaks, the whole word is offered", "bash"),
  fn: async () => {
    await using place = await open();
    const found = await replies(
      place,
      ["ferry registry set --tls=d", `ferry image digest ${place.host}/org/app:l`],
      "COMP_WORDBREAKS=$' \\t\\n'",
    );
    assert.deepEqual(found, [["--tls=disabled"], [`${place.host}/org/app:latest`]]);
  },
});

Deno.test({
  name: "bash: with the bash-completion package" +
    (isPackaged() ? "" : " (skipped: bash-completion is not installed)"),
  ignore: !isPackaged(),
  fn: async () => {
    await using place = await open();
    const [found] = await replies(place, [`ferry image digest ${place.host}/org/app:l`], `source ${BASH_COMPLETION}`);
    assert.deepEqual(found, ["latest"]);
  },
});

function isPackaged(): boolean {
  try {
    return isInstalled("bash") && Deno.statSync(BASH_COMPLETION).isFile;
  } catch {
    return false;
  }
}

Deno.test({
  ...needs("bash at a terminal: what Tab makes of a line", "bash", "tmux"),
  fn: async () => {
    await using place = await open();
    const { dir, host } = place;
    const typed = join(dir, "typed");
    const env = Object.entries(place.env).map(([name, value]) => `export ${name}='${value}'`);
    const rc = `${env.join("\n")}
PATH="${dir}/bin:$PATH" PS1='$ '
source "${dir}/script.bash"
bind 'set bell-style none'
keep() { printf '%s\\n' "$READLINE_LINE" >>"${typed}"; READLINE_LINE=; }
bind -x '"\\C-xb": keep'
`;
    await Deno.writeTextFile(join(dir, "rc"), rc);
    const tmux = (...args: string[]) => runOk("tmux", ["-S", join(dir, "tmux"), "-f", "/dev/null", ...args]);
    await tmux("new-session", "-d", "-x", "200", "-y", "50", `cd "${dir}" && bash --noprofile --rcfile rc -i`);
    try {
      const lines: [string, string][] = [
        ["ferry ta", "ferry tag "],
        [`ferry tag ls ${host.slice(0, 5)}`, `ferry tag ls ${host}/`],
        [`ferry image digest ${host}/org/app:l`, `ferry image digest ${host}/org/app:latest `],
        [`ferry image digest "${host}/org/app:l`, `ferry image digest "${host}/org/app:latest" `],
        ["ferry registry set --tls=d", "ferry registry set --tls=disabled "],
        ["ferry image digest ocidir://images/empt", "ferry image digest ocidir://images/empty\\ folder/"],
        ["true && FOO=1 ferry tag l", "true && FOO=1 ferry tag ls "],
        ["ferry serve --dir=imag", "ferry serve --dir=images/"],
        ["ferry version >scr", "ferry version >script.bash "],
      ];
      for (const [line] of lines) {
        await tmux("send-keys", "-l", line);
        await tmux("send-keys", "Tab", "C-x", "b");
      }
      const running = () => tmux("has-session");
      assert.deepEqual(await readLines(typed, lines.length, running), lines.map(([, result]) => result));
    } finally {
      await tmux("kill-server");
    }
  },
});

/** Lines of a file that another process writes, when there are so many; `running` fails where it is no more. */
async function readLines(path: string, count: number, running: () => Promise<unknown>): Promise<string[]> {
  for (;;) {
    const lines = (await Deno.readTextFile(path).catch(() => "")).split("\n").slice(0, -1);
    if (lines.length >= count) return lines;
    await running();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
