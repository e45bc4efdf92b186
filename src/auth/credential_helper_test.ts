import assert from "node:assert/strict";
import { join } from "node:path";
import { FerryError } from "../errors.ts";
import { createCredentialHelper } from "./credential_helper.ts";
import { createHelperCache } from "./helper_cache.ts";

const ignore = Deno.build.os === "windows";

/** A folder with one helper, a shell script. */
async function helper(
  script: string,
  test: (folder: string, env: (name: string) => string | undefined) => Promise<void>,
) {
  const folder = await Deno.makeTempDir();
  try {
    const path = join(folder, "docker-credential-fake");
    await Deno.writeTextFile(path, `#!/bin/sh\ncd "${folder}"\n${script}\n`);
    await Deno.chmod(path, 0o755);
    await test(folder, (name) => name === "PATH" ? `relative:${join(folder, "missing")}::${folder}` : undefined);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function failsWith(pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof FerryError);
    assert.equal(error.code, "CREDENTIAL_HELPER_FAILED");
    assert.match([error.message, error.hint, error.detail].join("\n"), pattern);
    assert.doesNotMatch([error.message, error.hint, error.detail].join("\n"), /s3cr3t/);
    return true;
  };
}

Deno.test(
  { name: "get: the server on stdin, a credential from stdout", ignore },
  () =>
    helper(
      'cat > asked; echo "$*" > args; echo \'{"ServerURL":"x","Username":"bob","Secret":"s3cr3t"}\'',
      async (folder, env) => {
        const fake = createCredentialHelper("fake", { env });
        assert.equal(fake.program, "docker-credential-fake");
        assert.equal(await fake.locate(), join(folder, "docker-credential-fake"));
        assert.deepEqual(await fake.get("r.example:5000"), { kind: "basic", username: "bob", password: "s3cr3t" });
        assert.equal(await Deno.readTextFile(join(folder, "asked")), "r.example:5000");
        assert.equal(await Deno.readTextFile(join(folder, "args")), "get\n");
        assert.notEqual(await createCredentialHelper("docker-credential-fake", { env }).get("x"), undefined);
      },
    ),
);

Deno.test({ name: "get: <token> is an identity token; nothing found is nothing", ignore }, async () => {
  await helper(`echo '{"Username":"<token>","Secret":"t"}'`, async (_folder, env) => {
    assert.deepEqual(await createCredentialHelper("fake", { env }).get("x"), { kind: "identity", token: "t" });
  });
  for (
    const script of [
      "echo credentials not found in native keychain; exit 1",
      'echo \'{"Username":"","Secret":""}\'',
      "echo '{}'",
    ]
  ) {
    await helper(script, async (_folder, env) => {
      assert.equal(await createCredentialHelper("fake", { env }).get("x"), undefined, script);
    });
  }
});

Deno.test(
  { name: "store and erase speak the protocol", ignore },
  () =>
    helper('cat > "asked-$1"', async (folder, env) => {
      const fake = createCredentialHelper("fake", { env });
      await fake.store("r", { kind: "basic", username: "bob", password: 'p"w' });
      assert.deepEqual(JSON.parse(await Deno.readTextFile(join(folder, "asked-store"))), {
        ServerURL: "r",
        Username: "bob",
        Secret: 'p"w',
      });
      await fake.store("r", { kind: "identity", token: "t" });
      assert.deepEqual(JSON.parse(await Deno.readTextFile(join(folder, "asked-store"))), {
        ServerURL: "r",
        Username: "<token>",
        Secret: "t",
      });
      await fake.erase("r");
      assert.equal(await Deno.readTextFile(join(folder, "asked-erase")), "r");
    }),
);

Deno.test({ name: "failures say what was run and what it said, never a secret", ignore }, async () => {
  const cases: [string, RegExp][] = [
    [
      "echo the vault is locked; exit 3",
      /"docker-credential-fake" failed to get the credential for "r": the vault is locked\nunlock .*\nthe vault is locked/,
    ],
    ["echo no session >&2; exit 1", /no session/],
    ["echo not json s3cr3t", /no valid JSON/],
    [`echo '{"Secret":"s3cr3t"}'; exit 1`, /failed to get/],
    ["head -c 2000000 /dev/zero", /could not be run/],
  ];
  for (const [script, pattern] of cases) {
    await helper(script, async (_folder, env) => {
      await assert.rejects(createCredentialHelper("fake", { env }).get("r"), failsWith(pattern), script);
    });
  }
  await helper("exit 1", async (_folder, env) => {
    const fake = createCredentialHelper("fake", { env });
    await assert.rejects(fake.store("r", { kind: "identity", token: "s3cr3t" }), failsWith(/failed to store/));
    await assert.rejects(
      createCredentialHelper("other", { env }).get("r"),
      failsWith(/"docker-credential-other" was not found/),
    );
  });
});

Deno.test(
  { name: "a helper that hangs is ended, also when it left a child behind", ignore },
  () =>
    helper("sleep 30 & sleep 30", async (_folder, env) => {
      const began = performance.now();
      await assert.rejects(createCredentialHelper("fake", { env, timeout: 200 }).get("r"), failsWith(/took too long/));
      assert.ok(performance.now() - began < 10_000);
    }),
);

Deno.test("names that are paths or options are refused before anything runs", () => {
  for (
    const name of [
      "../evil",
      "/bin/sh",
      "a b",
      "x;id",
      "",
      "-x",
      "docker-credential-",
      "a\nb",
      "docker-credential-../x",
    ]
  ) {
    assert.throws(() => createCredentialHelper(name, { env: () => "/bin" }), failsWith(/is not a valid name/), name);
  }
});

Deno.test({
  name: "answers are used for a while, failures briefly, fresh ones at once; many ask together once",
  ignore,
}, () =>
  helper(
    'echo x >> count; n=$(wc -l < count); if [ -e fail ]; then echo broken; exit 1; fi; echo "{\\"Username\\":\\"u\\",\\"Secret\\":\\"s$n\\"}"',
    async (folder, env) => {
      const time = { now: 0 };
      const cache = createHelperCache({ env, now: () => time.now });
      const secret = async (options = {}) => {
        const credential = await cache.get("fake", "r", options);
        return credential?.kind === "basic" ? credential.password : undefined;
      };
      assert.deepEqual(await Promise.all([secret(), secret(), secret({ fresh: true })]), ["s1", "s1", "s1"]);
      time.now = 3_599_999;
      assert.equal(await secret(), "s1");
      assert.equal(await secret({ fresh: true }), "s2");
      assert.equal(await secret(), "s2");
      time.now += 3_600_000;
      assert.equal(await secret({ expire: 1000 }), "s3");
      time.now += 1000;
      assert.equal(await secret(), "s4");

      await Deno.writeTextFile(join(folder, "fail"), "");
      await assert.rejects(secret({ fresh: true }), failsWith(/broken/));
      await Deno.remove(join(folder, "fail"));
      time.now += 4999;
      await assert.rejects(secret(), failsWith(/broken/));
      time.now += 1;
      assert.equal(await secret(), "s6");
      cache.clear();
      assert.equal(await secret(), "s7");
      await assert.rejects(cache.get("../x", "r"), failsWith(/is not a valid name/));
    },
  ));
