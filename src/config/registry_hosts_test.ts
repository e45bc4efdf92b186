import assert from "node:assert/strict";
import { delimiter, dirname, join } from "node:path";
import { certsFolders } from "./certs_d.ts";
import type { ConfigFile } from "./config_file.ts";
import { parseHostFlag } from "./host_flag.ts";
import { credentialOfEntry } from "./host_settings.ts";
import { DEFAULT_REQ_CONCURRENT } from "./registry_host.ts";
import { createRegistryHosts } from "./registry_hosts.ts";

const env = () => undefined;
const nowhere = { env, home: "", etc: "/nonexistent" };

function hosts(file: ConfigFile, ...flags: string[]) {
  return createRegistryHosts({ file: () => file, flags: flags.map(parseHostFlag), certs: nowhere });
}

Deno.test("defaults", async () => {
  assert.deepEqual(await hosts({}).get("localhost:5000"), {
    name: "localhost:5000",
    hostname: "localhost:5000",
    tls: "enabled",
    ca: [],
    pathPrefix: "",
    mirrors: [],
    priority: 0,
    repoAuth: false,
    apiOpts: {},
    blobChunk: 1_048_576,
    blobMax: -1,
    reqPerSec: 0,
    reqConcurrent: DEFAULT_REQ_CONCURRENT,
  });
  for (const name of ["docker.io", "index.docker.io", "registry-1.docker.io"]) {
    const host = await hosts({}).get(name);
    assert.deepEqual([host.name, host.hostname], ["docker.io", "registry-1.docker.io"]);
  }
});

Deno.test("hostDefault, hosts, flags: each over the one before; nothing set is nothing said", async () => {
  const file: ConfigFile = {
    blobLimit: 7,
    hostDefault: { tls: "insecure", reqConcurrent: 2, repoAuth: true, mirrors: ["m"], reqPerSec: 1 },
    hosts: {
      r: { tls: "", reqConcurrent: 0, reqPerSec: 5, hostname: "h:1", pathPrefix: "/p/", blobMax: 9, priority: 3 },
      "docker.io": { mirrors: ["mirror.example", "index.docker.io"], regcert: "PEM" },
    },
  };
  const r = await hosts(file, "reg=r,tls=disabled", "reg=other,tls=disabled").get("r");
  assert.deepEqual(
    [r.tls, r.reqConcurrent, r.repoAuth, r.mirrors, r.reqPerSec, r.hostname, r.pathPrefix, r.blobMax, r.priority],
    ["disabled", 2, true, ["m"], 5, "h:1", "p", 9, 3],
  );
  const unknown = await hosts(file).get("u");
  assert.deepEqual([unknown.tls, unknown.blobMax, unknown.hostname], ["insecure", 7, "u"]);
  const hub = await hosts(file).get("docker.io");
  assert.deepEqual([hub.tls, hub.repoAuth, hub.mirrors, hub.ca], ["enabled", false, ["mirror.example", "docker.io"], [
    "PEM",
  ]]);
});

Deno.test("deprecated keys: scheme and dns still count, api does not", async () => {
  const file: ConfigFile = {
    hosts: {
      a: { scheme: "http", dns: ["a.internal:5000", "b"], api: "v2" },
      b: { scheme: "http", tls: "insecure", hostname: "h", dns: ["x"] },
    },
  };
  const a = await hosts(file).get("a");
  const b = await hosts(file).get("b");
  assert.deepEqual([a.tls, a.hostname, b.tls, b.hostname], ["disabled", "a.internal:5000", "insecure", "h"]);
});

Deno.test("names of Docker Hub share their entries", async () => {
  const hub = await hosts({
    hosts: { "registry-1.docker.io": { reqPerSec: 1, priority: 1 }, "docker.io": { priority: 2 } },
  }).get("docker.io");
  assert.deepEqual([hub.reqPerSec, hub.priority], [1, 2]);
});

Deno.test("a registry called like a property of every object has the defaults", async () => {
  for (const name of ["constructor", "__proto__", "toString"]) {
    assert.equal((await hosts({ hosts: {} }).get(name)).hostname, name);
  }
});

Deno.test("settings follow the file", async () => {
  let file: ConfigFile = {};
  const all = createRegistryHosts({ file: () => file, flags: [], certs: nowhere });
  assert.equal((await all.get("r")).tls, "enabled");
  assert.equal(all.get("r"), all.get("r"));
  file = { hosts: { r: { tls: "disabled" } } };
  assert.equal((await all.get("r")).tls, "disabled");
});

Deno.test("credential settings: duration or nanoseconds, and what a helper is asked for", () => {
  assert.equal(credentialOfEntry("r", { credExpire: "1h30m" }).credExpire, 5_400_000);
  assert.equal(credentialOfEntry("r", { credExpire: 2_000_000_000 }).credExpire, 2000);
  assert.equal(credentialOfEntry("r", {}).credExpire, undefined);
  assert.equal(credentialOfEntry("r", {}).credHost, "r");
  assert.equal(credentialOfEntry("r", { hostname: "h:1" }).credHost, "h:1");
  assert.equal(credentialOfEntry("r", { hostname: "h:1", credHost: "c" }).credHost, "c");
  assert.equal(credentialOfEntry("docker.io", {}).credHost, "https://index.docker.io/v1/");
});

Deno.test("certs.d: all CAs, the first whole client certificate of the strongest folder", async () => {
  const root = await Deno.makeTempDir();
  try {
    const put = async (path: string, text = path) => {
      await Deno.mkdir(dirname(join(root, path)), { recursive: true });
      await Deno.writeTextFile(join(root, path), text);
    };
    await put("etc/docker/certs.d/r.example:5000/ca.crt");
    await put("etc/docker/certs.d/r.example:5000/client.cert");
    await put("etc/docker/certs.d/r.example:5000/client.key");
    await put("etc/containers/certs.d/r.example:5000/b.crt");
    await put("etc/docker/certs.d/h.example/host.crt");
    await put("home/.config/docker/certs.d/r.example:5000/a.cert");
    await put("home/.config/containers/certs.d/r.example:5000/z.cert");
    await put("home/.config/containers/certs.d/r.example:5000/z.key");
    await put("home/.config/containers/certs.d/r.example:5000/readme.txt");
    const warnings: string[] = [];
    const certs = {
      env,
      home: join(root, "home"),
      etc: join(root, "etc"),
      warn: (message: string) => void warnings.push(message),
    };
    const file: ConfigFile = { hosts: { "r.example:5000": { hostname: "h.example", regcert: "own" } } };
    const host = await createRegistryHosts({ file: () => file, flags: [], certs }).get("r.example:5000");
    assert.deepEqual(host.ca, [
      "own",
      "etc/docker/certs.d/r.example:5000/ca.crt",
      "etc/docker/certs.d/h.example/host.crt",
      "etc/containers/certs.d/r.example:5000/b.crt",
    ]);
    assert.equal(host.clientCert, "home/.config/containers/certs.d/r.example:5000/z.cert");
    assert.equal(host.clientKey, "home/.config/containers/certs.d/r.example:5000/z.key");
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /a\.cert" is ignored: "a\.key" is missing$/);

    const own: ConfigFile = { hosts: { "r.example:5000": { clientCert: "c", clientKey: "k" } } };
    const configured = await createRegistryHosts({ file: () => own, flags: [], certs }).get("r.example:5000");
    assert.deepEqual([configured.clientCert, configured.clientKey, configured.ca.length], ["c", "k", 2]);

    for (const off of [{ incDockerCert: false }, { hosts: { "r.example:5000": { tls: "disabled" } } }]) {
      const without = await createRegistryHosts({ file: () => off, flags: [], certs }).get("r.example:5000");
      assert.deepEqual([without.ca, without.clientCert], [[], undefined]);
    }
    await put("etc/docker/x.crt");
    const escaped = await createRegistryHosts({ file: () => ({}), flags: [], certs }).get("..");
    assert.deepEqual(escaped.ca, []);
    assert.deepEqual(certsFolders({ env: () => "/xdg", home: "/h" })[0], "/xdg/docker/certs.d");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("SSL_CERT_DIR: certificates of its folders are trusted, each once; the system's own folder is left out", async () => {
  const root = await Deno.makeTempDir();
  try {
    const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;
    await Deno.mkdir(join(root, "a", "folder"), { recursive: true });
    await Deno.mkdir(join(root, "b"));
    await Deno.writeTextFile(join(root, "a", "one.pem"), pem("one"));
    await Deno.symlink("one.pem", join(root, "a", "5d30f3c5.0"));
    await Deno.writeTextFile(join(root, "a", "key.pem"), "-----BEGIN PRIVATE KEY-----\n");
    await Deno.writeTextFile(join(root, "b", "two.crt"), pem("two"));
    const folders = [join(root, "a"), "/etc/ssl/certs/", join(root, "missing"), join(root, "b")].join(delimiter);
    const certs = { ...nowhere, env: (name: string) => name === "SSL_CERT_DIR" ? folders : undefined };
    for (const incDockerCert of [true, false]) {
      const all = createRegistryHosts({ file: () => ({ incDockerCert }), flags: [], certs });
      assert.deepEqual((await all.get("r")).ca, [pem("one"), pem("two")]);
    }
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});
