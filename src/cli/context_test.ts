import assert from "node:assert/strict";
import { FakeRegistry } from "../../test/support/fake_registry.ts";
import { basicAuth } from "../../test/support/fake_auth.ts";
import { parseReference } from "../reference/parse.ts";
import type { Context, RegistriesOptions } from "../plugin.ts";
import { openContext } from "./context.ts";
import { NO_PLUGINS } from "../user_plugin/user_plugins.ts";
import { builtInServices } from "./services.ts";

const silent = () => {};

/** Runs with a context whose home is an empty folder with a configuration file. */
async function withContext(config: unknown, test: (context: Context, home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  await Deno.writeTextFile(`${home}/config.json`, JSON.stringify(config));
  const variables: Record<string, string> = {
    HOME: home,
    DOCKER_CONFIG: home,
    XDG_CONFIG_HOME: home,
    XDG_RUNTIME_DIR: home,
    FERRY_CONFIG: `${home}/config.json`,
    REGCTL_CONFIG: `${home}/config.json`,
  };
  const open = openContext({
    services: builtInServices(),
    plugins: NO_PLUGINS,
    program: "ferry",
    log: { trace: silent, debug: silent, info: silent, warn: silent, error: silent },
    clock: { now: Date.now, sleep: () => Promise.resolve() },
    env: (name) => variables[name],
    hosts: [],
    userAgent: undefined,
    signal: new AbortController().signal,
    onCopyEvent: undefined,
    terminal: {
      isInteractive: () => false,
      stdin: () => new Blob([]).stream(),
      read: () => Promise.resolve(null),
      setRaw: silent,
      show: silent,
    },
  });
  try {
    await test(open.context, home);
  } finally {
    await open.close();
    await Deno.remove(home, { recursive: true });
  }
}

/** Tags of a repository as a context sees them. */
async function tagsOf(context: Context, host: string): Promise<readonly string[]> {
  const reference = parseReference(`${host}/repo`);
  return (await (await context.transport(reference)).listTags(reference)).tags;
}

Deno.test("a file's registries go over the configured ones, with connections of their own", async () => {
  await using registry = new FakeRegistry({ auth: basicAuth("someone", "right") });
  registry.repository("repo").tags.set("v1", "sha256:0");
  const { host } = registry;
  const config = { hosts: { [host]: { tls: "disabled", user: "someone", pass: "wrong", reqConcurrent: 2 } } };
  await withContext(config, async (context) => {
    const entry = { registry: host, user: "someone", pass: "right" };
    const options: RegistriesOptions = { hosts: [entry], userAgent: "mirror/1", blobLimit: 77 };
    const own = context.withRegistries(options);
    assert.deepEqual(await tagsOf(own, host), ["v1"]);
    assert.equal(registry.requests.at(-1)?.headers.get("user-agent"), "mirror/1");
    await assert.rejects(tagsOf(context, host), { code: "UNAUTHORIZED" });
    const settings = await (await own.config()).hosts.get(host);
    assert.deepEqual([settings.tls, settings.reqConcurrent, settings.blobMax], ["disabled", 2, 77]);
    assert.equal((await (await own.config()).credentials.find(host, "repo"))?.from, "creds");
    // A context made from that one has its own registries only.
    const other = own.withRegistries({ hosts: [{ registry: host, pass: "other", user: "someone" }] });
    await assert.rejects(tagsOf(other, host), { code: "UNAUTHORIZED" });
    await other.close();
    await own.close();
    await own.close();
  });
});

Deno.test("the configuration file, and docker's, count or not", async () => {
  const host = "registry.example.org";
  const config = { hosts: { [host]: { tls: "insecure", pathPrefix: "a" } } };
  await withContext(config, async (context, home) => {
    const login = { auths: { [host]: { auth: btoa("docker:secret") } } };
    await Deno.writeTextFile(`${home}/config.json`, JSON.stringify({ ...config, ...login }));
    const look = async (options: Omit<RegistriesOptions, "hosts">) => {
      const { credentials, hosts } = await context.withRegistries({ hosts: [], ...options }).config();
      return [(await hosts.get(host)).tls, (await credentials.find(host, ""))?.credential.kind];
    };
    assert.deepEqual(await look({}), ["insecure", "basic"]);
    assert.deepEqual(await look({ skipConfig: true }), ["enabled", "basic"]);
    assert.deepEqual(await look({ skipDockerConfig: true }), ["insecure", undefined]);
    assert.deepEqual(await look({ skipConfig: true, skipDockerConfig: true }), ["enabled", undefined]);
  });
});
