/** The script in zsh, at a terminal of zsh's own. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { output } from "../cli/harness.ts";
import { needs, runOk } from "../support/programs.ts";
import { Place } from "./place.ts";

/** Types each line and Tab into an interactive zsh; gives what the line became, and all that was shown meanwhile. */
const DRIVER = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "source $1/rc"
zpty -r z shown '*READY*'
shift
for line in "$@"; do
  zpty -w -n z "$line"$'\\t'$'\\x18b'
  zpty -r z shown '*<<*>>*'
  print -rn -- "$shown"$'\\0'
done
zpty -d z
`;

async function typed(place: Place, lines: readonly string[]): Promise<{ line: string; shown: string }[]> {
  const env = Object.entries(place.env).map(([name, value]) => `export ${name}='${value}'`);
  const rc = `${env.join("\n")}
stty -echo; PS1=; cd "${place.dir}"; path=("${place.dir}/bin" $path)
autoload -U compinit; compinit -u -D; source "${place.dir}/script.zsh"
setopt no_beep; unset zle_bracketed_paste
show() { print -r -- "<<$BUFFER>>"; BUFFER=; zle redisplay }
zle -N show; bindkey '^Xb' show
print RE''ADY
`;
  await Deno.writeTextFile(join(place.dir, "rc"), rc);
  const text = await runOk("zsh", ["-f", "-c", DRIVER, "zsh", place.dir, ...lines], {
    env: { ...place.env, TERM: "dumb", COLUMNS: "120" },
  });
  return text.split("\0").slice(0, -1).map((shown) => ({ shown, line: /<<([^]*)>>/.exec(shown)?.[1] ?? "" }));
}

async function open(): Promise<Place> {
  const place = await Place.open();
  await place.install();
  await Deno.writeTextFile(join(place.dir, "script.zsh"), await output("completion", "zsh"));
  return place;
}

Deno.test({
  ...needs("zsh: what Tab makes of a line", "zsh"),
  fn: async () => {
    await using place = await open();
    const { dir, host } = place;
    const lines: [string, string][] = [
      ["ferry ta", "ferry tag "],
      ["ferry tag ls --li", "ferry tag ls --limit "],
      ["ferry registry set --tls=d", "ferry registry set --tls=disabled "],
      ["ferry registry set --tls d", "ferry registry set --tls disabled "],
      [`ferry tag ls ${host.slice(0, 5)}`, `ferry tag ls ${host}/`],
      [`ferry image digest ${host}/org/app:l`, `ferry image digest ${host}/org/app:latest `],
      [`ferry image digest "${host}/org/app:l`, `ferry image digest "${host}/org/app:latest" `],
      [
        `ferry image digest ${host}/org/app:v1 --platform=linux/ar`,
        `ferry image digest ${host}/org/app:v1 --platform=linux/arm64 `,
      ],
      ["ferry image digest ocidir://images/empt", "ferry image digest ocidir://images/empty\\ folder/"],
      [`ferry serve --dir=${dir}/ima`, `ferry serve --dir=${dir}/images/`],
      ["ferry serve --htpasswd script", "ferry serve --htpasswd script.zsh "],
      [`ferry tag ls "$(touch ${dir}/run)" --li`, `ferry tag ls "$(touch ${dir}/run)" --limit `],
    ];
    const found = await typed(place, lines.map(([line]) => line));
    assert.deepEqual(found.map(({ line }) => line), lines.map(([, result]) => result));
    await assert.rejects(Deno.stat(join(dir, "run")), Deno.errors.NotFound);
  },
});

Deno.test({
  ...needs("zsh: a list of candidates, with what they are", "zsh"),
  fn: async () => {
    await using place = await open();
    const [verbs, tags] = await typed(place, ["ferry registry ", `ferry image digest ${place.host}/org/app:`]);
    assert.match(verbs!.shown, /login +-- Store a user name and password for a registry/);
    assert.match(verbs!.shown, /logout +-- Forget the user name and password for a registry/);
    for (const tag of ["amd", "latest", "sbom", "v1"]) assert.ok(tags!.shown.includes(`/org/app:${tag}`), tag);
  },
});
