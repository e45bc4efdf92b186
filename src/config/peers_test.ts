/** Which credential is used, at a registry that checks it, beside regctl and skopeo. */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { FerryRegistry } from "../../test/support/ferry_registry.ts";
import { needs, run } from "../../test/support/programs.ts";
import { createAuthorizer } from "../auth/flow.ts";
import { openConfiguration } from "./configuration.ts";

const GOOD = { username: "bob", password: "s3cr3t-good" };
const good = { auth: btoa(`${GOOD.username}:${GOOD.password}`) };
const bad = { auth: btoa("mallory:wrong") };

async function inHome(
  test: (home: string, put: (path: string, content: unknown) => Promise<void>) => Promise<void>,
): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await test(home, async (path, content) => {
      await Deno.mkdir(dirname(join(home, path)), { recursive: true });
      await Deno.writeTextFile(join(home, path), JSON.stringify(content));
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

/** Whether the registry lets ferry in with the credential that it chooses. */
async function ferryGetsIn(
  home: string,
  host: string,
  variables: Record<string, string>,
  repository = "team/app",
): Promise<boolean> {
  const { credentials } = await openConfiguration({ env: (name) => variables[name], home, etc: join(home, "etc") });
  const authorizer = createAuthorizer({ credentials, fetchToken: () => assert.fail("no token server was named") });
  const origin = `http://${host}`;
  const request = { registry: host, origin, repository, actions: ["pull"], repoAuth: false };
  for (let tries = 0; tries < 4; tries++) {
    const sent = await authorizer.authorize(request);
    const answer = await fetch(`${origin}/v2/${repository}/tags/list`, {
      headers: sent === undefined ? {} : { authorization: sent },
    });
    await answer.body?.cancel();
    if (answer.status !== 401) return answer.status === 404;
    try {
      if (!await authorizer.challenged(request, answer, sent)) return false;
    } catch (error) {
      assert.equal((error as { code?: string }).code, "UNAUTHORIZED");
      return false;
    }
  }
  throw new Error("The request was sent again and again");
}

type Make = (host: string) => unknown;

/** What lies where; `only`: the one of the two peers that reads such a place. */
const CASES: {
  readonly what: string;
  readonly docker?: Make;
  readonly podman?: Make;
  readonly inline?: Make;
  readonly only?: "regctl" | "skopeo";
}[] = [
  { what: "nothing" },
  { what: "docker's file", docker: (h) => ({ auths: { [h]: good } }) },
  { what: "docker's file, wrong password", docker: (h) => ({ auths: { [h]: bad } }) },
  { what: "docker's file, key as a URL", docker: (h) => ({ auths: { [`https://${h}`]: good } }) },
  {
    what: "docker's file, key as a URL with /v2/",
    docker: (h) => ({ auths: { [`http://${h}/v2/`]: good } }),
    only: "skopeo",
  },
  { what: "docker's file, another port", docker: (h) => ({ auths: { [h.split(":")[0]!]: good } }) },
  { what: "docker's file, empty entry", docker: (h) => ({ auths: { [h]: {} } }) },
  {
    what: "inline over the file",
    docker: (h) => ({ auths: { [h]: bad } }),
    inline: (h) => ({ auths: { [h]: good } }),
    only: "regctl",
  },
  { what: "podman's file", podman: (h) => ({ auths: { [h]: good } }), only: "skopeo" },
  {
    what: "podman's file, path over registry",
    podman: (h) => ({ auths: { [h]: bad, [`${h}/team`]: good } }),
    only: "skopeo",
  },
  {
    what: "podman's file, longest path",
    podman: (h) => ({ auths: { [h]: good, [`${h}/team`]: good, [`${h}/team/app`]: bad } }),
    only: "skopeo",
  },
  {
    what: "podman's file, path of others",
    podman: (h) => ({ auths: { [`${h}/teams`]: good } }),
    only: "skopeo",
  },
];

/** Cases whose credential is good. */
const LETS_IN = [
  "docker's file",
  "docker's file, key as a URL",
  "docker's file, key as a URL with /v2/",
  "inline over the file",
  "podman's file",
  "podman's file, path over registry",
];

/** Makes each case's files, and asks who gets in. */
async function eachCase(
  ask: (one: {
    readonly what: string;
    readonly only: "regctl" | "skopeo" | undefined;
    readonly host: string;
    readonly home: string;
    readonly variables: Record<string, string>;
  }) => Promise<void>,
): Promise<void> {
  await using registry = await FerryRegistry.start({ user: { ...GOOD, by: "password" } });
  const { host } = registry;
  for (const { what, docker, podman, inline, only } of CASES) {
    await inHome(async (home, put) => {
      const variables: Record<string, string> = { XDG_RUNTIME_DIR: join(home, "run") };
      if (docker !== undefined) await put(".docker/config.json", docker(host));
      if (podman !== undefined) await put("run/containers/auth.json", podman(host));
      if (inline !== undefined) variables["DOCKER_AUTH_CONFIG"] = JSON.stringify(inline(host));
      await ask({ what, only, host, home, variables });
    });
  }
}

Deno.test("ferry gets in where a good credential is kept, and nowhere else", async () => {
  const results: string[] = [];
  await eachCase(async ({ what, home, host, variables }) => {
    if (await ferryGetsIn(home, host, variables)) results.push(what);
  });
  assert.deepEqual(results, LETS_IN);
});

Deno.test(
  needs("regctl gets in where ferry does, and nowhere else", "regctl"),
  () =>
    eachCase(async ({ what, only, home, host, variables }) => {
      if (only === "skopeo") return;
      const env = { ...variables, HOME: home, REGCTL_CONFIG: join(home, "regctl.json"), DOCKER_CONFIG: "" };
      const args = ["--host", `reg=${host},tls=disabled`, "tag", "ls", `${host}/team/app`];
      const { stderr } = await run("regctl", args, { env });
      assert.equal(/not found|404/i.test(stderr), LETS_IN.includes(what), `${what}: ${stderr}`);
    }),
);

Deno.test(
  needs("skopeo gets in where ferry does, and nowhere else", "skopeo"),
  () =>
    eachCase(async ({ what, only, home, host, variables }) => {
      if (only === "regctl") return;
      const env = { ...variables, HOME: home, DOCKER_CONFIG: "" };
      const args = ["list-tags", "--tls-verify=false", `docker://${host}/team/app`];
      const { stderr } = await run("skopeo", args, { env });
      assert.equal(/not found|404|name unknown/i.test(stderr), LETS_IN.includes(what), `${what}: ${stderr}`);
    }),
);

Deno.test(
  needs("regctl reads what ferry writes, and ferry what regctl writes", "regctl"),
  () =>
    inHome(async (home) => {
      const file = join(home, "shared.json");
      const variables: Record<string, string> = { REGCTL_CONFIG: file };
      const env = { ...variables, HOME: home };
      const open = () => openConfiguration({ env: (name) => variables[name], home });
      await (await open()).login("docker.io", { kind: "basic", ...GOOD });
      await (await open()).login("r.example:5000", { kind: "identity", token: "t" });
      await (await open()).update((config) => ({
        ...config,
        hosts: { ...config.hosts, "s.example": { tls: "disabled", mirrors: ["m.example"], credExpire: "1h30m" } },
      }));
      assert.equal((await run("regctl", ["registry", "whoami", "docker.io"], { env })).stdout.trim(), "bob");
      assert.equal((await run("regctl", ["registry", "whoami", "r.example:5000"], { env })).stdout.trim(), "<token>");
      const shown = await run("regctl", ["registry", "config", "s.example"], { env });
      const { tls, mirrors } = JSON.parse(shown.stdout);
      assert.deepEqual([tls, mirrors], ["disabled", ["m.example"]]);

      const set = [
        "registry",
        "set",
        "--skip-check",
        "--tls",
        "insecure",
        "--repo-auth",
        "--req-concurrent",
        "5",
        "t.example",
      ];
      assert.equal((await run("regctl", set, { env })).code, 0);
      const login = ["registry", "login", "--skip-check", "-u", "alice", "--pass-stdin", "t.example"];
      assert.equal((await run("regctl", login, { env, stdin: "pw\n" })).code, 0);
      const config = await open();
      const host = await config.hosts.get("t.example");
      assert.deepEqual([host.tls, host.repoAuth, host.reqConcurrent], ["insecure", true, 5]);
      assert.deepEqual(await config.credentials.get("t.example", ""), {
        kind: "basic",
        username: "alice",
        password: "pw",
      });
      assert.equal(await config.whoami("docker.io"), "bob");
    }),
);
