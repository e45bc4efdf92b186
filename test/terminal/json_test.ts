/** `--format json` of every command that there is. */
import assert from "node:assert/strict";
import { plugins } from "../../plugins/mod.ts";
import { run, withoutClosing } from "../cli/harness.ts";
import { type LayoutFixture, writeLayout } from "../cli/layout_fixture.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { addImage, addLayer } from "../support/images.ts";

interface Stage extends LayoutFixture {
  readonly dir: string;
  /** The layout as a reference without tag. */
  readonly app: string;
  /** A registry with `app:v1`, an image whose layer is a real archive. */
  readonly host: string;
  /** Digest of that layer. */
  readonly archive: string;
}

/** Words behind noun and verb. */
type Words = (stage: Stage) => readonly string[];

/** A command that gives data. */
interface Row {
  readonly words: Words;
  readonly stdin?: string;
  /** Its exit code, 0 unless given. */
  readonly exit?: number;
}

const NOTHING: Words = () => [];
const SYNC: Words = ({ dir }) => ["-c", `${dir}/sync.yml`];
const BOT: Words = ({ dir }) => ["-c", `${dir}/bot.yml`];
const LAYERS: Words = ({ archive, host }) => [`${host}/app`, archive, `${host}/app`, archive];
const INDEX = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';

/** Every command that gives data, in an order in which each finds what it needs. */
const DATA: Readonly<Record<string, Row>> = {
  "image copy": { words: ({ app, dir }) => [`${app}:v1`, `ocidir://${dir}/to:v1`] },
  "image inspect": { words: ({ app }) => [`${app}:amd`] },
  "image digest": { words: ({ app }) => [`${app}:v1`] },
  "image manifest": { words: ({ app }) => [`${app}:v1`] },
  "image ratelimit": { words: ({ app }) => [`${app}:v1`] },
  "image create": { words: ({ app }) => [`${app}:new`] },
  "image check-base": { words: ({ app }) => [`${app}:amd`, "--base", `${app}:amd`] },
  "image export": { words: ({ app, dir }) => [`${app}:amd`, `${dir}/image.tar`] },
  "image import": { words: ({ dir }) => [`ocidir://${dir}/imported:v1`, `${dir}/image.tar`] },
  "image size": { words: ({ app }) => [`${app}:v1`] },
  "image verify": { words: ({ app }) => [`${app}:v1`] },
  "image mod": { words: ({ app }) => [`${app}:amd`, "--annotation", "a=b", "--create", `${app}:changed`] },
  "bundle create": { words: ({ app, dir }) => ["-o", `${dir}/bundle.tar`, `${app}:amd`] },
  "bundle list": { words: ({ dir }) => [`${dir}/bundle.tar`] },
  "bundle verify": { words: ({ dir }) => [`${dir}/bundle.tar`] },
  "bundle push": { words: ({ dir }) => [`${dir}/bundle.tar`, "--to", `ocidir://${dir}/pushed`] },
  "plugin init": { words: ({ dir }) => ["hello", "--folder", `${dir}/hello`] },
  "plugin add": { words: ({ dir }) => ["--yes", `${dir}/hello`] },
  "plugin list": { words: NOTHING },
  "plugin doctor": { words: NOTHING },
  "plugin disable": { words: () => ["hello"] },
  "plugin enable": { words: () => ["hello"] },
  "plugin build": { words: ({ dir }) => [`${dir}/one.ts`, "--output", `${dir}/one.js`] },
  "plugin remove": { words: () => ["hello"] },
  "tag ls": { words: ({ app }) => [app] },
  "artifact list": { words: ({ app }) => [`${app}:v1`] },
  "artifact tree": { words: ({ app }) => [`${app}:v1`] },
  "artifact put": { words: ({ app }) => [`${app}:art`, "--artifact-type", "a/b"], stdin: "text" },
  "repo ls": { words: ({ host }) => [host] },
  "repo copy": { words: ({ app, dir }) => [app, `ocidir://${dir}/all`] },
  "index create": { words: ({ app }) => [`${app}:idx`, "--ref", `${app}:amd`] },
  "index add": { words: ({ app }) => [`${app}:idx`, "--ref", `${app}:sbom`] },
  "index delete": { words: ({ app, artifact }) => [`${app}:idx`, "--digest", artifact.digest] },
  "manifest get": { words: ({ app }) => [`${app}:v1`] },
  "manifest head": { words: ({ app }) => [`${app}:v1`] },
  "manifest put": { words: ({ app }) => [`${app}:put`], stdin: INDEX },
  "manifest diff": { words: ({ app }) => [`${app}:amd`, `${app}:sbom`] },
  "blob get": { words: ({ app, config }) => [app, config.digest] },
  "blob head": { words: ({ app, config }) => [app, config.digest] },
  "blob put": { words: ({ app }) => [app], stdin: "x" },
  "blob copy": { words: ({ app, config, dir }) => [app, `ocidir://${dir}/blobs`, config.digest] },
  "blob delete": { words: ({ config, dir }) => [`ocidir://${dir}/blobs`, config.digest] },
  "blob diff-config": { words: ({ app, config }) => [app, config.digest, app, config.digest] },
  "blob diff-layer": { words: LAYERS },
  "registry login": { words: ({ host }) => [host, "-u", "a", "-p", "b"] },
  "registry set": { words: ({ host }) => [host, "--tls", "disabled"] },
  "registry config": { words: ({ host }) => [host] },
  "registry whoami": { words: ({ host }) => [host] },
  "registry logout": { words: ({ host }) => [host] },
  "image get-file": { words: ({ host }) => [`${host}/app:v1`, "file-1.bin"] },
  "blob get-file": { words: ({ archive, host }) => [`${host}/app`, archive, "file-1.bin"] },
  "bot check": { words: BOT },
  "bot schema": { words: NOTHING },
  "serve gc": { words: ({ dir }) => [dir] },
  "sync check": { words: SYNC, exit: 10 },
  "sync once": { words: SYNC },
  "sync schema": { words: NOTHING },
  "config get": { words: NOTHING },
  "config set": { words: () => ["--docker-cred=false"] },
  "completion bash": { words: NOTHING },
  "completion zsh": { words: NOTHING },
  "completion fish": { words: NOTHING },
  "completion powershell": { words: NOTHING },
  "version": { words: NOTHING },
  "ref": { words: () => ["alpine"] },
  "digest": { words: NOTHING, stdin: "x" },
  "tag delete": { words: ({ app }) => [`${app}:latest`] },
  "manifest delete": { words: ({ app, artifact }) => [`${app}@${artifact.digest}`] },
  "image delete": { words: ({ app, index }) => [`${app}@${index.digest}`] },
};

/** Commands whose output is content and not data: they say that they have none instead of losing the content. */
const CONTENT: Readonly<Record<string, Words>> = {
  "artifact get": ({ app }) => [`${app}:sbom`],
  "sync config": SYNC,
};

/** Commands that run until they are stopped, or show what a script says while it runs, or ask the person at the terminal. */
const LASTING: ReadonlySet<string> = new Set([
  "serve",
  "serve hash",
  "sync server",
  "bot server",
  "bot once",
  "bot run",
  "bot repl",
]);

async function withStage(test: (stage: Stage, ferry: typeof run) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "ferry-json-" });
  try {
    const fixture = await writeLayout(`${dir}/app`);
    await using registry = new FakeRegistry();
    const content = registry.repository("app");
    const layer = addLayer(content, 1);
    addImage(content, { tag: "v1", layers: [layer] });
    const app = `ocidir://${dir}/app`;
    const sync = { version: 1, sync: [{ source: `${app}:v1`, target: `ocidir://${dir}/synced:v1`, type: "image" }] };
    await Deno.writeTextFile(`${dir}/sync.yml`, JSON.stringify(sync));
    await Deno.writeTextFile(
      `${dir}/one.ts`,
      'export default { name: "one", api: 1, summary: "one", commands: {} };\n',
    );
    await Deno.writeTextFile(
      `${dir}/bot.yml`,
      JSON.stringify({ version: 1, scripts: [{ name: "a", script: "x = 1" }] }),
    );
    const env = { HOME: dir, FERRY_CONFIG: `${dir}/ferry.json`, DOCKER_CONFIG: dir };
    const ferry: typeof run = (words, options = {}) =>
      run([...words, "--host", `reg=${registry.host},tls=disabled`, "--format", "json"], { env, ...options });
    await test({ ...fixture, dir, app, host: registry.host, archive: layer.descriptor.digest }, ferry);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function allCommands(): Promise<string[]> {
  const names: string[] = [];
  for (const { load, name } of plugins) {
    for (const verb of Object.keys((await load()).default.commands)) names.push(verb === "" ? name : `${name} ${verb}`);
  }
  return names;
}

Deno.test("every command is in one of the tables of this file", async () => {
  const known = new Set([...Object.keys(DATA), ...Object.keys(CONTENT), ...LASTING]);
  const missing = (await allCommands()).filter((name) => !known.has(name));
  assert.deepEqual(missing, [], "a row for DATA: what it is called with, so that --format json of it is JSON");
});

Deno.test("--format json gives one JSON value, whatever the command", () =>
  withStage(async (stage, ferry) => {
    const there = new Set(await allCommands());
    for (const [name, { exit = 0, stdin = "", words }] of Object.entries(DATA)) {
      if (!there.has(name)) continue;
      const { code, stderr, stdout } = await ferry([...name.split(" "), ...words(stage)], { stdin });
      assert.equal(code, exit, `${name}: ${stderr}`);
      assert.doesNotMatch(withoutClosing(stderr), /^error:/m, name);
      assert.doesNotThrow(() => JSON.parse(stdout), `${name}: ${stdout}`);
      assert.ok(stdout.endsWith("\n"), name);
    }
  }));

Deno.test("--format json is refused where there is only content", () =>
  withStage(async (stage, ferry) => {
    const there = new Set(await allCommands());
    for (const [name, words] of Object.entries(CONTENT)) {
      if (!there.has(name)) continue;
      const { code, stderr, stdout } = await ferry([...name.split(" "), ...words(stage)]);
      assert.deepEqual([code, stdout], [2, ""], `${name}: ${stderr}`);
      assert.match(stderr, /^error: Flag "--format" .*\nhint: leave it out/, name);
    }
  }));
