/** Other tools against a server process over TLS: with passwords, with tokens, with certificates, and as a user who may only read. */
import assert from "node:assert/strict";
import { hashPassword } from "../../src/serve/access/bcrypt.ts";
import { makeCertificates } from "../support/certificates.ts";
import { writeLayout } from "../support/content.ts";
import { spawnServe } from "../support/ferry_process.ts";
import { needs, run, runOk } from "../support/programs.ts";
import { fullSample } from "../support/sample.ts";
import { loadOpenSsl } from "../../src/serve/listen/openssl.ts";

const RULES = JSON.stringify({
  rules: [
    { repository: "*", allow: ["pull", "push", "delete"], members: ["ann", "client"] },
    { repository: "*", allow: ["pull"], members: ["bob"] },
  ],
});

/** A user and the password. */
const USERS = { ann: "ann's", bob: "bob's" } as const;

/** A server process over TLS, and a folder with what the tools need. */
class TlsPlace implements AsyncDisposable {
  private constructor(
    readonly dir: string,
    readonly host: string,
    private readonly kill: () => Promise<void>,
  ) {}

  static async open(...flags: string[]): Promise<TlsPlace> {
    const dir = await Deno.makeTempDir({ prefix: "ferry-tls-" });
    const { ca, server, client } = await makeCertificates();
    await Deno.mkdir(`${dir}/certs`);
    const files = {
      "users":
        (await Promise.all(Object.entries(USERS).map(async ([user, word]) => `${user}:${await hashPassword(word)}`)))
          .join("\n"),
      "acl.json": RULES,
      "server.pem": server.cert,
      "server.key": server.key,
      "certs/ca.crt": ca,
      "certs/client.cert": client.cert,
      "certs/client.key": client.key,
    };
    for (const [name, text] of Object.entries(files)) await Deno.writeTextFile(`${dir}/${name}`, text);
    await writeLayout(fullSample(), `${dir}/layout`);
    const tls = ["--tls-cert", `${dir}/server.pem`, "--tls-key", `${dir}/server.key`];
    const more = flags.map((flag) => flag.replace("DIR", dir));
    const acl = flags.includes("--anonymous-read") ? [] : ["--acl", `${dir}/acl.json`];
    const { url, kill } = await spawnServe(`${dir}/registry`, "--delete", ...acl, ...tls, ...more);
    return new TlsPlace(dir, url.replace("https://", ""), kill);
  }

  /** Settings of regctl: who it is, and by what. */
  async regctl(
    who: { readonly user?: keyof typeof USERS; readonly certificate?: boolean },
  ): Promise<Record<string, string>> {
    const text = (name: string) => Deno.readTextFile(`${this.dir}/certs/${name}`);
    const host = {
      tls: "enabled",
      regcert: await text("ca.crt"),
      ...(who.certificate === true
        ? { clientCert: await text("client.cert"), clientKey: await text("client.key") }
        : {}),
      ...(who.user === undefined ? {} : { user: who.user, pass: USERS[who.user] }),
    };
    const file = `${this.dir}/regctl-${crypto.randomUUID()}.json`;
    await Deno.writeTextFile(file, JSON.stringify({ hosts: { [this.host]: host } }));
    return { REGCTL_CONFIG: file };
  }

  /** Settings of crane. */
  async crane(user: keyof typeof USERS): Promise<Record<string, string>> {
    const config = `${this.dir}/docker-${user}`;
    await Deno.mkdir(config, { recursive: true });
    const auths = { [this.host]: { auth: btoa(`${user}:${USERS[user]}`) } };
    await Deno.writeTextFile(`${config}/config.json`, JSON.stringify({ auths }));
    return { DOCKER_CONFIG: config, SSL_CERT_FILE: `${this.dir}/certs/ca.crt`, SSL_CERT_DIR: "/nonexistent" };
  }

  /** A folder for skopeo with the authority, and the client's certificate where it is to be shown. */
  async skopeo(certificate: boolean): Promise<string> {
    if (certificate) return `${this.dir}/certs`;
    await Deno.mkdir(`${this.dir}/certs-ca`, { recursive: true });
    await Deno.copyFile(`${this.dir}/certs/ca.crt`, `${this.dir}/certs-ca/ca.crt`);
    return `${this.dir}/certs-ca`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.dir, { recursive: true });
  }
}

async function fails(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { code, stderr } = await run(program, args, { env });
  assert.notEqual(code, 0, `${program} ${args.join(" ")}`);
  return stderr;
}

for (const auth of ["token", "basic"] as const) {
  const flags = ["--htpasswd", "DIR/users", "--auth", auth];

  Deno.test({
    ...needs(`serve: regctl over TLS by ${auth}`, "regctl", "openssl"),
    fn: async () => {
      await using place = await TlsPlace.open(...flags);
      const ann = await place.regctl({ user: "ann" });
      const bob = await place.regctl({ user: "bob" });
      const image = `${place.host}/team/app:v1`;
      await runOk("regctl", ["image", "copy", "--referrers", `ocidir://${place.dir}/layout:multi`, image], {
        env: ann,
      });
      const digest = await runOk("regctl", ["image", "digest", `ocidir://${place.dir}/layout:multi`]);
      for (const env of [ann, bob]) {
        await runOk("regctl", ["image", "copy", image, `ocidir://${place.dir}/back:v1`], { env });
        assert.equal(await runOk("regctl", ["image", "digest", `ocidir://${place.dir}/back:v1`]), digest);
        assert.equal(await runOk("regctl", ["tag", "ls", `${place.host}/team/app`], { env }), "v1\n");
        assert.equal(await runOk("regctl", ["repo", "ls", place.host], { env }), "team/app\n");
      }
      await fails("regctl", ["image", "copy", image, `${place.host}/team/app:v2`], bob);
      await fails("regctl", ["image", "copy", `ocidir://${place.dir}/layout:multi`, `${place.host}/other:v1`], bob);
      await fails("regctl", ["tag", "delete", image], bob);
      await fails("regctl", ["image", "digest", image], await place.regctl({}));
      await runOk("regctl", ["tag", "delete", image], { env: ann });
      await fails("regctl", ["image", "digest", image], ann);
    },
  });

  Deno.test({
    ...needs(`serve: skopeo over TLS by ${auth}`, "skopeo", "openssl"),
    fn: async () => {
      await using place = await TlsPlace.open(...flags);
      const certs = await place.skopeo(false);
      const image = `docker://${place.host}/team/app:v1`;
      const as = (user: keyof typeof USERS, kind: "" | "src-" | "dest-" = "") => [
        `--${kind}cert-dir=${certs}`,
        `--${kind}creds=${user}:${USERS[user]}`,
      ];
      await runOk("skopeo", ["copy", "--all", ...as("ann", "dest-"), `oci:${place.dir}/layout:multi`, image]);
      const raw = await runOk("skopeo", ["inspect", "--raw", `oci:${place.dir}/layout:multi`]);
      for (const user of ["ann", "bob"] as const) {
        assert.equal(await runOk("skopeo", ["inspect", "--raw", ...as(user), image]), raw);
        await runOk("skopeo", ["copy", "--all", ...as(user, "src-"), image, `oci:${place.dir}/back-${user}:v1`]);
        assert.match(await runOk("skopeo", ["list-tags", ...as(user), `docker://${place.host}/team/app`]), /"v1"/);
      }
      await fails("skopeo", ["copy", "--all", ...as("bob", "dest-"), `oci:${place.dir}/layout:multi`, `${image}2`]);
      await fails("skopeo", ["delete", ...as("bob"), image]);
      await fails("skopeo", ["inspect", "--raw", `--cert-dir=${certs}`, "--no-creds", image]);
      await fails("skopeo", ["inspect", "--raw", `--cert-dir=${certs}`, "--creds=ann:wrong", image]);
      await runOk("skopeo", ["delete", ...as("ann"), image]);
      await fails("skopeo", ["inspect", "--raw", ...as("ann"), image]);
    },
  });

  Deno.test({
    ...needs(`serve: crane over TLS by ${auth}`, "crane", "regctl", "openssl"),
    fn: async () => {
      await using place = await TlsPlace.open(...flags);
      const [ann, bob] = [await place.crane("ann"), await place.crane("bob")];
      const image = `${place.host}/team/app:v1`;
      await runOk("regctl", ["image", "copy", `ocidir://${place.dir}/layout:multi`, image], {
        env: await place.regctl({ user: "ann" }),
      });
      await runOk("crane", ["copy", image, `${place.host}/team/copy:v2`], { env: ann });
      const digest = (await runOk("crane", ["digest", image], { env: ann })).trim();
      for (const env of [ann, bob]) {
        assert.equal((await runOk("crane", ["digest", `${place.host}/team/copy:v2`], { env })).trim(), digest);
        assert.equal(await runOk("crane", ["ls", `${place.host}/team/copy`], { env }), "v2\n");
        assert.equal(await runOk("crane", ["catalog", place.host], { env }), "team/app\nteam/copy\n");
        await runOk("crane", ["pull", "--format=oci", image, `${place.dir}/pulled`], { env });
      }
      await fails("crane", ["copy", image, `${place.host}/team/copy:v3`], bob);
      await fails("crane", ["delete", `${place.host}/team/copy@${digest}`], bob);
      await runOk("crane", ["delete", `${place.host}/team/copy@${digest}`], { env: ann });
      await fails("crane", ["digest", `${place.host}/team/copy:v2`], ann);
    },
  });
}

Deno.test({
  ...needs("serve: skopeo logs in where everybody may read", "skopeo", "openssl"),
  fn: async () => {
    await using place = await TlsPlace.open("--htpasswd", "DIR/users", "--auth", "basic", "--anonymous-read");
    const certs = await place.skopeo(false);
    const image = `docker://${place.host}/team/app:v1`;
    const layout = `oci:${place.dir}/layout:multi`;
    const to = [`--dest-cert-dir=${certs}`, `--dest-creds=ann:${USERS.ann}`];
    await runOk("skopeo", ["copy", "--all", ...to, layout, image]);
    await runOk("skopeo", ["inspect", "--raw", `--cert-dir=${certs}`, "--no-creds", image]);
    await fails("skopeo", ["copy", `--dest-cert-dir=${certs}`, "--dest-no-creds", layout, `${image}2`]);
  },
});

/** Name and ignore flag of a test that needs the library as well. */
function needsLibrary(name: string, ...programs: string[]): { name: string; ignore: boolean } {
  const found = needs(name, ...programs);
  if (found.ignore) return found;
  try {
    loadOpenSsl().close();
    return found;
  } catch {
    return { name: `${name} (skipped: libssl is not installed)`, ignore: true };
  }
}

Deno.test({
  ...needsLibrary("serve: regctl shows a certificate", "regctl", "openssl"),
  fn: async () => {
    await using place = await TlsPlace.open("--client-ca", "DIR/certs/ca.crt");
    const env = await place.regctl({ certificate: true });
    const image = `${place.host}/team/app:v1`;
    await runOk("regctl", ["image", "copy", "--referrers", `ocidir://${place.dir}/layout:multi`, image], { env });
    await runOk("regctl", ["image", "copy", "--referrers", image, `ocidir://${place.dir}/back:v1`], { env });
    assert.equal(
      await runOk("regctl", ["image", "digest", `ocidir://${place.dir}/back:v1`]),
      await runOk("regctl", ["image", "digest", `ocidir://${place.dir}/layout:multi`]),
    );
    assert.equal(await runOk("regctl", ["tag", "ls", `${place.host}/team/app`], { env }), "v1\n");
    await fails("regctl", ["image", "digest", image], await place.regctl({}));
    await runOk("regctl", ["tag", "delete", image], { env });
  },
});

Deno.test({
  ...needsLibrary(
    "serve: skopeo shows a certificate, or a password where certificates are only asked for",
    "skopeo",
    "openssl",
  ),
  fn: async () => {
    const flags = ["--client-ca", "DIR/certs/ca.crt", "--client-auth", "request", "--htpasswd", "DIR/users"];
    await using place = await TlsPlace.open(...flags);
    const [shown, hidden] = [await place.skopeo(true), await place.skopeo(false)];
    const image = `docker://${place.host}/team/app:v1`;
    const layout = `oci:${place.dir}/layout:multi`;
    await runOk("skopeo", ["copy", "--all", `--dest-cert-dir=${shown}`, "--dest-no-creds", layout, image]);
    const raw = await runOk("skopeo", ["inspect", "--raw", layout]);
    assert.equal(await runOk("skopeo", ["inspect", "--raw", `--cert-dir=${shown}`, "--no-creds", image]), raw);
    const bob = [`--cert-dir=${hidden}`, `--creds=bob:${USERS.bob}`];
    assert.equal(await runOk("skopeo", ["inspect", "--raw", ...bob, image]), raw);
    await fails("skopeo", ["inspect", "--raw", `--cert-dir=${hidden}`, "--no-creds", image]);
    await fails("skopeo", ["delete", ...bob, image]);
    await runOk("skopeo", ["delete", `--cert-dir=${shown}`, "--no-creds", image]);
  },
});
