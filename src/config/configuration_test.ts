import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { FerryError } from "../errors.ts";
import { type Configuration, type ConfigurationOptions, openConfiguration } from "./configuration.ts";

const unix = Deno.build.os !== "windows";
const auth = (user: string) => ({ auth: btoa(`${user}:p`) });

interface Home {
  readonly path: string;
  readonly warnings: string[];
  readonly variables: Record<string, string>;
  readonly put: (path: string, content: unknown) => Promise<void>;
  readonly read: (path: string) => Promise<Record<string, unknown>>;
  readonly open: (options?: Partial<ConfigurationOptions>) => Promise<Configuration>;
}

/** A home folder of its own, with a helper `docker-credential-vault` that keeps secrets in files. */
async function inHome(test: (home: Home) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempDir();
  const warnings: string[] = [];
  const variables: Record<string, string> = {
    PATH: `${join(path, "bin")}:/usr/bin:/bin`,
    XDG_RUNTIME_DIR: join(path, "run"),
  };
  const put: Home["put"] = async (name, content) => {
    await Deno.mkdir(dirname(join(path, name)), { recursive: true });
    await Deno.writeTextFile(join(path, name), typeof content === "string" ? content : JSON.stringify(content));
  };
  try {
    await put(
      "bin/docker-credential-vault",
      `#!/bin/sh
cd "${path}" && mkdir -p vault && input=$(cat) && server=$(echo "$input" | sed 's/.*"ServerURL":"\\([^"]*\\)".*/\\1/')
file=vault/$(echo "$server" | tr '/:' '__')
case "$1" in
store) echo "$input" > "$file" ;;
get) if [ -e "$file" ]; then cat "$file"; else echo "credentials not found in native keychain"; exit 1; fi ;;
erase) rm "$file" ;;
esac
`,
    );
    await Deno.chmod(join(path, "bin/docker-credential-vault"), 0o755);
    await test({
      path,
      warnings,
      variables,
      put,
      read: async (name) => JSON.parse(await Deno.readTextFile(join(path, name))),
      open: (options) =>
        openConfiguration({
          env: (name) => variables[name],
          home: path,
          etc: join(path, "etc"),
          log: { warn: (message) => void warnings.push(message) },
          ...options,
        }),
    });
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

const bob = { kind: "basic", username: "bob", password: "s3cr3t" } as const;

Deno.test("nothing configured: an empty file, nobody, and no place is read but where the file may be", () =>
  inHome(async ({ open, path, warnings }) => {
    const config = await open();
    assert.equal(config.filename, join(path, ".config/ferry/config.json"));
    assert.deepEqual(config.file, {});
    assert.equal(await config.whoami("r.example"), undefined);
    assert.deepEqual(warnings, []);
  }));

Deno.test("regctl's file is read and written where it is; called as regctl, ferry's is not looked at", () =>
  inHome(async ({ open, put, path, read }) => {
    await put(".regctl/config.json", { hosts: { r: { user: "bob", pass: "p" } } });
    const config = await open();
    assert.equal(config.filename, join(path, ".regctl/config.json"));
    assert.equal(await config.whoami("r"), "bob");
    await config.update((file) => ({ ...file, hosts: { ...file.hosts, s: { tls: "disabled" } } }));
    assert.deepEqual(Object.keys((await read(".regctl/config.json"))["hosts"] ?? {}), ["r", "s"]);
    await put(".config/ferry/config.json", {});
    assert.equal((await open()).filename, join(path, ".config/ferry/config.json"));
    assert.equal((await open({ as: "regctl" })).filename, join(path, ".regctl/config.json"));
  }));

Deno.test("broken files of docker are only read when a credential is asked for, and never stop it", () =>
  inHome(async ({ open, put, warnings }) => {
    await put(".docker/config.json", "{");
    await put(".config/containers/auth.json", { auths: { "r.example": auth("podman") } });
    const config = await open();
    assert.deepEqual(warnings, []);
    assert.equal(await config.whoami("r.example"), "podman");
    assert.equal(await config.whoami("r.example"), "podman");
    assert.equal(warnings.length, 1);
  }));

Deno.test("precedence: --host, hosts, DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE, docker's file, podman's files, hostDefault", () =>
  inHome(async ({ open, put, path, variables }) => {
    const host = "r.example";
    const runtime = "run/containers/auth.json";
    await put(".config/ferry/config.json", {
      hosts: { [host]: { user: "hosts", pass: "p" } },
      hostDefault: { user: "default", pass: "p" },
    });
    await put("named.json", { auths: { [host]: auth("named") } });
    await put(".docker/config.json", { auths: { [host]: auth("docker") } });
    await put(runtime, { auths: { [host]: auth("runtime") } });
    await put(".config/containers/auth.json", { auths: { [host]: auth("podman") } });
    variables["DOCKER_AUTH_CONFIG"] = JSON.stringify({ auths: { [host]: auth("inline") } });
    variables["REGISTRY_AUTH_FILE"] = join(path, "named.json");
    const who = async (options?: Partial<ConfigurationOptions>) => await (await open(options)).whoami(host);
    assert.equal(await who({ hostFlags: [`reg=${host},user=flag,pass=p`, `reg=${host},user=last,pass=p`] }), "last");
    assert.equal(await who({ hostFlags: [`reg=${host},tls=disabled`] }), "hosts");
    assert.equal(await who(), "hosts");
    await put(".config/ferry/config.json", { hostDefault: { user: "default", pass: "p" } });
    assert.equal(await who(), "inline");
    delete variables["DOCKER_AUTH_CONFIG"];
    assert.equal(await who(), "named");
    delete variables["REGISTRY_AUTH_FILE"];
    assert.equal(await who(), "docker");
    await put(".docker/config.json", {});
    assert.equal(await who(), "runtime");
    await put(runtime, "{}");
    assert.equal(await who(), "podman");
    await put(".config/ferry/config.json", { hostDefault: { user: "default", pass: "p" }, incDockerCred: false });
    assert.equal(await who(), "default");
    assert.equal(await (await open()).whoami("docker.io"), undefined);
  }));

Deno.test("the place of a credential is told", () =>
  inHome(async ({ open, put, path }) => {
    await put(".docker/config.json", { auths: { "r.example/team": auth("team"), "r.example": auth("all") } });
    const { credentials } = await open();
    const found = await credentials.find("r.example", "team/app");
    assert.deepEqual(found, {
      credential: { kind: "basic", username: "team", password: "p" },
      from: join(path, ".docker/config.json"),
    });
    assert.equal((await credentials.get("r.example", "other"))?.kind, "basic");
  }));

Deno.test({
  name: "login without a helper goes to the file, mode 600, in plain text; logout takes it away",
  ignore: !unix,
}, () =>
  inHome(async ({ open, read, path }) => {
    const config = await open();
    const filename = join(path, ".config/ferry/config.json");
    assert.deepEqual(await config.login("https://index.docker.io/v1/", bob), { stored: "file", where: filename });
    assert.deepEqual(await read(".config/ferry/config.json"), {
      hosts: { "docker.io": { user: "bob", pass: "s3cr3t" } },
    });
    assert.equal((await Deno.stat(filename)).mode! & 0o777, 0o600);
    assert.equal(await config.whoami("docker.io"), "bob");
    assert.ok(!JSON.stringify(config.redacted()).includes("s3cr3t"));
    assert.deepEqual((await config.login("docker.io", { kind: "identity", token: "s3cr3t" })).stored, "file");
    assert.deepEqual(await read(".config/ferry/config.json"), { hosts: { "docker.io": { token: "s3cr3t" } } });
    assert.equal(await config.whoami("docker.io"), "<token>");
    assert.equal(await config.logout("docker.io"), true);
    assert.deepEqual(await read(".config/ferry/config.json"), { hosts: {} });
    assert.equal(await config.logout("docker.io"), false);
    await assert.rejects(config.login("r", { kind: "registry", token: "s3cr3t" }), { code: "ARGUMENT_INVALID" });
  }));

Deno.test({
  name: "login keeps the other settings of the registry, and replaces an older credential of any kind",
  ignore: !unix,
}, () =>
  inHome(async ({ open, put, read }) => {
    await put(".config/ferry/config.json", { hosts: { "r.example": { tls: "disabled", token: "old", "x-more": 1 } } });
    await (await open()).login("r.example", bob);
    assert.deepEqual(await read(".config/ferry/config.json"), {
      hosts: { "r.example": { tls: "disabled", "x-more": 1, user: "bob", pass: "s3cr3t" } },
    });
    assert.equal(await (await open()).logout("r.example"), true);
    assert.deepEqual(await read(".config/ferry/config.json"), {
      hosts: { "r.example": { tls: "disabled", "x-more": 1 } },
    });
  }));

Deno.test({
  name: "login stores with the helper that docker's file names, and clears what would hide it",
  ignore: !unix,
}, () =>
  inHome(async ({ open, put, read, path }) => {
    for (const docker of [{ credsStore: "vault" }, { credHelpers: { "r.example:5000": "vault" } }]) {
      await put(".docker/config.json", docker);
      await put(".config/ferry/config.json", { hosts: { "r.example:5000": { user: "old", pass: "old" } } });
      const config = await open();
      assert.deepEqual(await config.login("r.example:5000", bob), {
        stored: "helper",
        where: "docker-credential-vault",
      });
      assert.deepEqual(await read(".config/ferry/config.json"), { hosts: {} });
      assert.deepEqual(await read("vault/r.example_5000"), {
        ServerURL: "r.example:5000",
        Username: "bob",
        Secret: "s3cr3t",
      });
      assert.equal(await config.whoami("r.example:5000"), "bob");
      assert.equal(await (await open()).whoami("r.example:5000"), "bob");
      assert.equal(await config.logout("r.example:5000"), true);
      assert.equal(await config.whoami("r.example:5000"), undefined);
      assert.equal(await config.logout("r.example:5000"), false);
    }
    assert.deepEqual([...Deno.readDirSync(join(path, "vault"))], []);
    const config = await open();
    await config.login("docker.io", { kind: "identity", token: "t" });
    await put(".docker/config.json", { credsStore: "vault" });
    await (await open()).login("docker.io", { kind: "identity", token: "t" });
    assert.equal((await read("vault/https___index.docker.io_v1_"))["Username"], "<token>");
  }));

Deno.test({
  name: "login stores with the helper of the registry's own settings; logout takes that out as well",
  ignore: !unix,
}, () =>
  inHome(async ({ open, put, read }) => {
    await put(".config/ferry/config.json", {
      hosts: { r: { credHelper: "docker-credential-vault", credHost: "special", tls: "disabled" } },
    });
    const config = await open();
    assert.equal((await config.login("r", bob)).stored, "helper");
    assert.equal((await read("vault/special"))["Username"], "bob");
    assert.equal(await config.whoami("r"), "bob");
    assert.equal(await config.logout("r"), true);
    assert.deepEqual(await read(".config/ferry/config.json"), { hosts: { r: { tls: "disabled" } } });
  }));

Deno.test({
  name: "docker's helper that is not installed: the file, with a warning; the registry's own: an error",
  ignore: !unix,
}, () =>
  inHome(async ({ open, put, warnings }) => {
    await put(".docker/config.json", { credsStore: "desktop" });
    assert.equal((await (await open()).login("r", bob)).stored, "file");
    assert.match(warnings[0] ?? "", /"docker-credential-desktop" was not found/);
    await put(".config/ferry/config.json", { hosts: { r: { credHelper: "docker-credential-desktop" } } });
    await assert.rejects((await open()).login("r", bob), (error: unknown) => {
      assert.ok(error instanceof FerryError && error.code === "CREDENTIAL_HELPER_FAILED");
      assert.ok(!`${error.message}${error.hint}${error.detail}`.includes("s3cr3t"));
      return true;
    });
  }));

Deno.test("wrong flags and wrong files are told at once", () =>
  inHome(async ({ open, put }) => {
    await assert.rejects(open({ hostFlags: ["user=x"] }), { code: "FLAG_INVALID" });
    await put(".config/ferry/config.json", '{"hosts":1}');
    await assert.rejects(open(), { code: "CONFIG_INVALID", message: /config\.json:1:10 / });
  }));

Deno.test("update gives the file as it is on disk, and settings follow", () =>
  inHome(async ({ open, put }) => {
    const config = await open();
    assert.equal((await config.hosts.get("r")).tls, "enabled");
    await put(".config/ferry/config.json", { hosts: { other: { tls: "insecure" } } });
    await config.update((file) => ({ ...file, hosts: { ...file.hosts, r: { tls: "disabled" } } }));
    assert.deepEqual(config.file.hosts, { other: { tls: "insecure" }, r: { tls: "disabled" } });
    assert.equal((await config.hosts.get("r")).tls, "disabled");
    assert.equal((await config.hosts.get("other")).tls, "insecure");
  }));
