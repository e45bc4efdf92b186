import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { authFilePaths, readAuthFiles } from "./auth_files.ts";

const env = (variables: Record<string, string>) => (name: string) => variables[name];
const linux = Deno.build.os === "linux";

Deno.test({ name: "paths in order of precedence", ignore: !linux }, () => {
  assert.deepEqual(authFilePaths({ env: env({}), home: "/h" }), [
    "/h/.docker/config.json",
    `/run/containers/${Deno.uid()}/auth.json`,
    "/h/.config/containers/auth.json",
  ]);
  assert.deepEqual(
    authFilePaths({
      env: env({ DOCKER_CONFIG: "/d", XDG_RUNTIME_DIR: "/run/user/7", XDG_CONFIG_HOME: "/x" }),
      home: "/h",
    }),
    ["/d/config.json", "/run/user/7/containers/auth.json", "/x/containers/auth.json"],
  );
  assert.deepEqual(authFilePaths({ env: env({ REGISTRY_AUTH_FILE: "/a.json" }), home: "/h" }), [
    "/a.json",
    "/h/.docker/config.json",
  ]);
  assert.deepEqual(
    authFilePaths({ env: env({ XDG_RUNTIME_DIR: "/r", DOCKER_CONFIG: "", XDG_CONFIG_HOME: "rel" }), home: "" }),
    [
      "/r/containers/auth.json",
    ],
  );
});

Deno.test("files are read in order; missing ones are no matter, broken ones are told and ignored", async () => {
  const home = await Deno.makeTempDir();
  try {
    const put = async (path: string, text: string) => {
      await Deno.mkdir(dirname(join(home, path)), { recursive: true });
      await Deno.writeTextFile(join(home, path), text);
    };
    await put(".docker/config.json", '{"auths": {"a": {"auth": "c2VjcmV0');
    await put("auth.json", '{"credsStore":"two"}');
    const warnings: string[] = [];
    const files = await readAuthFiles({
      env: env({ DOCKER_AUTH_CONFIG: '{"credsStore":"one"}', REGISTRY_AUTH_FILE: join(home, "auth.json") }),
      home,
      warn: (message) => void warnings.push(message),
    });
    assert.deepEqual(files.map(({ name, config }) => [name, config.credsStore]), [
      ["DOCKER_AUTH_CONFIG", "one"],
      [join(home, "auth.json"), "two"],
    ]);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^Credentials in ".*config\.json" are ignored: it is not valid JSON$/);

    await Deno.remove(join(home, ".docker/config.json"));
    await Deno.mkdir(join(home, ".docker/config.json"));
    warnings.length = 0;
    const none = await readAuthFiles({
      env: env({ DOCKER_AUTH_CONFIG: "{", REGISTRY_AUTH_FILE: join(home, "missing.json") }),
      home,
      warn: (message) => void warnings.push(message),
    });
    assert.deepEqual(none, []);
    assert.equal(warnings.length, 2);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
