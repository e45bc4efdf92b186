/** The script in fish, which tells what it would offer. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { output } from "../cli/harness.ts";
import { needs, runOk } from "../support/programs.ts";
import { Place } from "./place.ts";

/** What fish offers for each line, when the cursor is at its end: candidates with their descriptions behind a tab. */
async function offered(place: Place, lines: readonly string[]): Promise<string[][]> {
  const script = `source script.fish; for line in $argv; complete -C $line; echo line; end`;
  const text = await runOk("fish", ["--no-config", "-c", script, ...lines], {
    env: { ...place.env, PATH: `${place.dir}/bin:/usr/local/bin:/usr/bin:/bin` },
    cwd: place.dir,
  });
  return text.split("line\n").slice(0, -1).map((part) => part.split("\n").slice(0, -1));
}

Deno.test({
  ...needs("fish: words, values, quotes, files and folders", "fish"),
  fn: async () => {
    await using place = await Place.open();
    await place.install();
    await Deno.writeTextFile(join(place.dir, "script.fish"), await output("completion", "fish"));
    const { dir, host } = place;
    const cases: [string, string[]][] = [
      ["ferry ta", ["tag\tWork with the tags of a repository"]],
      ["ferry registry lo", [
        "login\tStore a user name and password for a registry",
        "logout\tForget the user name and password for a registry",
      ]],
      ["ferry registry set --tls=d", ["--tls=disabled"]],
      ["ferry registry set --tls d", ["disabled"]],
      [`ferry tag ls ${host.slice(0, 5)}`, [`${host}/`]],
      [`ferry image digest ${host}/org/app:l`, [`${host}/org/app:latest`]],
      [`ferry image digest "${host}/org/app:l`, [`${host}/org/app:latest`]],
      [`ferry image digest ${host}/org/app:v1 --platform=linux/ar`, ["--platform=linux/arm64"]],
      // The second keeps fish from putting a blank behind the first.
      ["ferry tag ls ocidir://images/a", ["ocidir://images/app", "ocidir://images/app."]],
      [`ferry serve --dir ima`, ["images/"]],
      [`ferry serve --dir=${dir}/ima`, [`--dir=${dir}/images/`]],
      ["ferry serve --htpasswd scr", ["script.fish"]],
      ["ferry nope ", []],
      [`ferry tag ls (touch ${dir}/run) "$(touch ${dir}/run)" --li`, ["--limit\tstop after this many tags"]],
    ];
    const found = await offered(place, cases.map(([line]) => line));
    cases.forEach(([line, expected], at) => assert.deepEqual(found[at], expected, line));
    await assert.rejects(Deno.stat(join(dir, "run")), Deno.errors.NotFound);
  },
});
