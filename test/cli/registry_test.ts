import assert from "node:assert/strict";
import { basicAuth } from "../support/fake_auth.ts";
import { FakeRegistry, type FakeRegistryOptions } from "../support/fake_registry.ts";
import { writeLayout } from "./layout_fixture.ts";
import { run, type RunOptions, type RunResult, withoutClosing } from "./harness.ts";

/** What a test with a registry works with. */
interface Stage {
  readonly registry: FakeRegistry;
  /** Folder of the test. */
  readonly dir: string;
  /** A layout with images. */
  readonly app: string;
  /** Path of the configuration file, which does not exist. */
  readonly config: string;
  /** Runs a command line that knows the registry speaks plain HTTP. */
  ferry(args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** As {@linkcode ferry}, for what must succeed. */
  ok(...args: string[]): Promise<string>;
}

function withRegistry(name: string, test: (stage: Stage) => Promise<void>, options?: FakeRegistryOptions): void {
  Deno.test(name, async () => {
    const dir = await Deno.makeTempDir({ prefix: "ferry-cli-" });
    const registry = new FakeRegistry(options);
    const config = `${dir}/config/config.json`;
    const ferry = (args: readonly string[], more: RunOptions = {}) =>
      run(["--host", `reg=${registry.host},tls=disabled`, ...args], {
        ...more,
        env: { HOME: dir, FERRY_CONFIG: config, ...more.env },
      });
    try {
      await writeLayout(`${dir}/app`);
      await test({
        registry,
        dir,
        app: `ocidir://${dir}/app`,
        config,
        ferry,
        async ok(...args) {
          const { code, stderr, stdout } = await ferry(args);
          assert.deepEqual({ code, stderr: withoutClosing(stderr) }, { code: 0, stderr: "" }, args.join(" "));
          return stdout;
        },
      });
    } finally {
      await registry.close();
      await Deno.remove(dir, { recursive: true });
    }
  });
}

withRegistry("images go from a layout to a registry and back", async ({ app, dir, ok, registry }) => {
  const image = `${registry.host}/org/app`;
  assert.equal(await ok("image", "copy", "--referrers", `${app}:v1`, `${image}:v1`), `${image}:v1\n`);
  const digest = await ok("image", "digest", `${app}:v1`);
  assert.equal(await ok("image", "digest", `${image}:v1`), digest);
  assert.equal(
    await ok("manifest", "get", `${image}:v1`, "--format", "body"),
    await ok("manifest", "get", `${app}:v1`, "--format", "body"),
  );
  assert.equal(await ok("tag", "ls", image), "v1\n");
  await ok("image", "copy", `${image}:v1`, `${image}:v2`);
  assert.equal(await ok("tag", "ls", image), "v1\nv2\n");
  await ok("repo", "copy", image, `ocidir://${dir}/back`);
  assert.equal(await ok("tag", "ls", `ocidir://${dir}/back`), "v1\nv2\n");
  assert.equal(await ok("image", "digest", `ocidir://${dir}/back:v2`), digest);
  await ok("tag", "delete", `${image}:v1`);
  assert.equal(await ok("tag", "ls", image), "v2\n");
  assert.equal(await ok("repo", "ls", registry.host), "org/app\n");
  assert.equal(await ok("repo", "ls", registry.host, "--format", "{{.Repositories}}"), "[org/app]");
});

withRegistry("blobs and manifests over HTTP", async ({ app, ferry, ok, registry }) => {
  const place = `${registry.host}/a/b`;
  const { stdout } = await ferry(["blob", "put", place], { stdin: "hello" });
  const digest = stdout.trim();
  assert.equal(await ok("blob", "get", place, digest), "hello");
  assert.match(await ok("blob", "head", place, digest), /^Content-Length: 5\n/m);
  await ok("blob", "copy", place, `${registry.host}/c`, digest);
  assert.equal(await ok("blob", "get", `${registry.host}/c`, digest), "hello");
  await ok("blob", "delete", place, digest);
  assert.equal((await ferry(["blob", "get", place, digest])).code, 5);
  await ok("image", "copy", `${app}:amd`, `${place}:amd`);
  const manifest = await ok("manifest", "get", `${place}:amd`, "--format", "raw-body");
  assert.equal((await ferry(["manifest", "put", `${place}:again`], { stdin: manifest })).code, 0);
  assert.equal(await ok("tag", "ls", place), "again\namd\n");
  const name = `${place}@${(await ok("image", "digest", `${place}:amd`)).trim()}`;
  await ok("image", "delete", name);
  assert.equal((await ferry(["image", "digest", name])).code, 5);
});

withRegistry("failures of a registry have their exit codes", async ({ ferry, registry }) => {
  const missing = await ferry(["tag", "ls", `${registry.host}/nope`]);
  assert.equal(missing.code, 5);
  assert.match(missing.stderr, /^error: /);
  assert.equal(missing.stdout, "");
  const gone = await run(["image", "digest", "--host", "reg=127.0.0.1:1,tls=disabled", "127.0.0.1:1/a"]);
  assert.equal(gone.code, 7);
  assert.equal((await run(["image", "digest", "127.0.0.1:1/a"], { argv0: "regctl" })).code, 1);
});

withRegistry("login, whoami, logout", async ({ config, ferry, registry }) => {
  registry.auth = basicAuth("user", "secret");
  const place = `${registry.host}/a`;
  assert.equal((await ferry(["tag", "ls", place])).code, 4);
  assert.equal((await ferry(["registry", "whoami", registry.host])).code, 5);
  const login = await ferry(["registry", "login", registry.host, "-u", "user", "--pass-stdin"], { stdin: "secret\n" });
  assert.equal(login.code, 0);
  assert.equal(login.stdout, "");
  assert.match(login.stderr, /level=WARN msg="The password is stored in plain text/);
  assert.equal(login.stderr.split("\n").length, 2, "the check of the login must not warn");
  assert.equal((await Deno.stat(config)).mode! & 0o777, 0o600);
  assert.equal((await ferry(["registry", "whoami", registry.host])).stdout, "user\n");
  assert.equal((await ferry(["tag", "ls", place])).code, 5);
  const shown = await ferry(["registry", "config", registry.host]);
  assert.equal(shown.stdout.includes("secret"), false);
  assert.equal(JSON.parse(shown.stdout).user, "user");
  assert.equal((await ferry(["registry", "logout", registry.host])).code, 0);
  assert.equal((await ferry(["registry", "whoami", registry.host])).code, 5);
  assert.match((await ferry(["registry", "logout", registry.host])).stderr, /No login was stored/);
});

withRegistry("a login that the registry refuses is kept with a warning", async ({ ferry, registry }) => {
  registry.auth = basicAuth("user", "secret");
  const login = await ferry(["registry", "login", registry.host, "-u", "user", "-p", "wrong"]);
  assert.equal(login.code, 0);
  assert.match(login.stderr, /msg="Registry was not reached, the settings are kept"/);
  assert.equal(login.stderr.includes("wrong"), false);
  assert.equal((await ferry(["registry", "whoami", registry.host])).stdout, "user\n");
});

withRegistry("login refuses what cannot work", async ({ ferry, registry }) => {
  const login = async (...flags: string[]) => {
    const { code, stderr } = await ferry(["registry", "login", registry.host, ...flags]);
    return [code, stderr.split("\n")[0]];
  };
  assert.deepEqual(await login("--pass-stdin"), [2, 'error: Flag "--pass-stdin" needs a user name']);
  assert.deepEqual(await login("-u", "a", "-p", "b", "--pass-stdin"), [
    2,
    'error: Flags "--pass" and "--pass-stdin" exclude each other',
  ]);
  assert.deepEqual(await login(), [2, 'error: Nobody can answer "Enter Username:": standard input is no terminal']);
  assert.equal((await login("-u", "a", "-p", ""))[0], 2);
});

withRegistry("registry set changes what is given and nothing else", async ({ config, ferry, ok, registry }) => {
  const set = (...flags: string[]) => ferry(["registry", "set", "reg.example.org", "--skip-check", ...flags]);
  const host = async () => JSON.parse(await Deno.readTextFile(config)).hosts["reg.example.org"];
  assert.deepEqual(await set("--tls", "disabled", "--mirror", "a", "--mirror", "b", "--api-opts", "x=1"), {
    code: 0,
    stdout: "",
    stderr: "",
    exits: [],
  });
  await set("--priority", "3", "--req-per-sec=1.5", "--repo-auth", "--api-opts", "y=2");
  const { apiOpts, mirrors, priority, repoAuth, reqPerSec, tls } = await host();
  assert.deepEqual({ apiOpts, mirrors, priority, repoAuth, reqPerSec, tls }, {
    apiOpts: { x: "1", y: "2" },
    mirrors: ["a", "b"],
    priority: 3,
    repoAuth: true,
    reqPerSec: 1.5,
    tls: "disabled",
  });
  await set("--mirror", "", "--repo-auth=false");
  assert.equal((await host()).mirrors, undefined);
  assert.equal((await set("--api-opts", "x")).code, 2);
  assert.equal((await set("--priority", "-1")).code, 2);
  assert.equal(await ok("registry", "config", "reg.example.org", "--format", "{{.Priority}}"), "3");
  const all = await ok("registry", "config", "--format", "{{range $k, $v := .Hosts}}{{$k}} {{$v.TLS}}{{end}}");
  assert.equal(all, "reg.example.org disabled");
  const unknown = await ferry(["registry", "config", "nope.example.org"]);
  assert.deepEqual([unknown.code, unknown.stdout], [0, ""]);
  assert.match(unknown.stderr, /level=WARN msg="No configuration found for registry" registry=nope\.example\.org/);
  const reached = await ferry(["registry", "set", registry.host, "--tls", "disabled"]);
  assert.deepEqual([reached.code, reached.stderr], [0, ""]);
  assert.ok(registry.asked("GET", /^\/v2\/$/).length > 0);
});

withRegistry("config get and set", async ({ config, ferry, ok }) => {
  assert.equal(await ok("config", "get"), "{}\n");
  assert.equal(await ok("config", "get", "--format", "{{.Filename}}"), config);
  await ok("config", "set", "--docker-cred=false", "--blob-limit", "5", "--default-cred-helper", "docker-credential-x");
  assert.deepEqual(JSON.parse(await ok("config", "get")), {
    hostDefault: { credHelper: "docker-credential-x" },
    blobLimit: 5,
    incDockerCred: false,
  });
  await ok("config", "set", "--default-cred-helper", "", "--docker-cred");
  assert.deepEqual(JSON.parse(await ok("config", "get", "--format", "json")), { blobLimit: 5, incDockerCred: true });
  assert.equal((await ferry(["config", "set", "--blob-limit=-1"])).code, 2);
});

withRegistry("image ratelimit", async ({ app, ok, registry }) => {
  await ok("image", "copy", `${app}:amd`, `${registry.host}/a:v1`);
  const shown = JSON.parse(await ok("image", "ratelimit", `${registry.host}/a:v1`));
  assert.deepEqual(Object.keys(shown), ["Remain", "Limit", "Reset", "Set", "Policies"]);
});
