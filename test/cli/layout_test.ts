import assert from "node:assert/strict";
import { type LayoutFixture, writeLayout } from "./layout_fixture.ts";
import { failure, output, run } from "./harness.ts";

/** The line that stays on a terminal, where the bars are gone that a slow machine may have shown. */
// deno-lint-ignore no-control-regex
const AFTER_BARS = /(?:^|\x1b\[\?25h)Copied [^\x1b]*\n$/;

/** Runs a test with a folder that holds the layout `app`. */
function withLayout(name: string, test: (at: string, fixture: LayoutFixture, dir: string) => Promise<void>): void {
  Deno.test(name, async () => {
    const dir = await Deno.makeTempDir({ prefix: "ferry-cli-" });
    try {
      await test(`ocidir://${dir}/app`, await writeLayout(`${dir}/app`), dir);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  });
}

withLayout("tag ls", async (app) => {
  assert.equal(await output("tag", "ls", app), "amd\nlatest\nsbom\nv1\n");
  assert.equal(await output("tag", "ls", `${app}:v1`), "amd\nlatest\nsbom\nv1\n");
  assert.equal(await output("tag", "ls", app, "--include", "a|v|lat"), "");
  assert.equal(await output("tag", "ls", app, "--include", "amd|v1"), "amd\nv1\n");
  assert.equal(await output("tag", "ls", "--exclude=.*b.*", app, "--exclude", "amd"), "latest\nv1\n");
  assert.equal(await output("tag", "ls", app, "--limit", "2"), "amd\nlatest\n");
  assert.equal(await output("tag", "ls", app, "--format", '{{ join .Tags "," }}'), "amd,latest,sbom,v1");
  assert.equal(await output("tag", "ls", app, "--format", "{{.Name}}"), app);
  assert.deepEqual(JSON.parse(await output("tag", "ls", app, "--format", "json")), {
    name: app,
    tags: ["amd", "latest", "sbom", "v1"],
  });
  assert.equal((await failure(["tag", "ls", `${app}x`]))[0], 5);
});

withLayout("manifest get and head", async (app, fixture) => {
  const { amd64, arm64 } = fixture.images;
  assert.equal(
    await output("manifest", "get", `${app}:v1`, "--format", "raw-body"),
    fixture.text(fixture.index.digest),
  );
  assert.equal(
    await output("image", "manifest", `${app}:v1`, "--list", "--format", "body"),
    fixture.text(fixture.index.digest),
  );
  assert.equal(
    await output("manifest", "get", "-plinux/arm64", `${app}:v1`, "--format", "raw-body"),
    fixture.text(arm64.digest),
  );
  assert.equal(await output("manifest", "head", `${app}:v1`), `${fixture.index.digest}\n`);
  assert.equal(await output("image", "digest", app), `${fixture.index.digest}\n`);
  assert.equal(await output("image", "digest", `${app}:v1`, "--platform=linux/amd64"), `${amd64.digest}\n`);
  assert.equal(await output("manifest", "head", `${app}:v1`, "--format", "digest"), `${fixture.index.digest}\n`);
  assert.equal(
    await output("manifest", "head", `${app}:v1`, "--format", "raw-headers"),
    `Content-Length: ${fixture.index.size}\nContent-Type: ${fixture.index.mediaType}\n` +
      `Docker-Content-Digest: ${fixture.index.digest}\n`,
  );
  assert.equal(
    await output(
      "manifest",
      "get",
      `${app}:v1`,
      "--format",
      "{{range .Manifests}}{{println .Platform .Digest}}{{end}}",
    ),
    `linux/amd64 ${amd64.digest}\nlinux/arm64 ${arm64.digest}\nunknown/unknown ` +
      `${JSON.parse(fixture.text(fixture.index.digest)).manifests[2].digest}\n`,
  );
  assert.equal(
    await output("manifest", "get", `${app}:amd`, "--format", "{{range .Layers}}{{.Size}} {{end}}"),
    "4 112000 ",
  );
  assert.deepEqual(
    JSON.parse(await output("manifest", "get", `${app}:amd`, "--format", "json")),
    JSON.parse(fixture.text(amd64.digest)),
  );
});

withLayout("manifests that are not there, and fields that they do not have", async (app) => {
  assert.deepEqual((await failure(["manifest", "get", `${app}:nope`]))[0], 5);
  assert.deepEqual((await failure(["manifest", "head", `${app}:nope`]))[0], 5);
  const [code, stderr] = await failure(["image", "digest", `${app}:v1`, "-p", "linux/s390x"]);
  assert.equal(code, 5);
  assert.match(stderr, /hint: the index has linux\/amd64, linux\/arm64/);
  assert.deepEqual(await failure(["image", "manifest", "--require-list", `${app}:amd`]), [
    9,
    `error: Manifest "${app}:amd" is no index but "application/vnd.oci.image.manifest.v1+json"\n`,
  ]);
  const wrongField = await failure(["manifest", "get", `${app}:amd`, "--format", "{{.Manifests}}"]);
  assert.equal(wrongField[0], 2);
  assert.match(wrongField[1], /can't evaluate field Manifests/);
});

withLayout("image inspect", async (app, { config, text }) => {
  const inspect = (...more: string[]) => output("image", "inspect", "-p", "linux/amd64", `${app}:v1`, ...more);
  assert.equal(await inspect(), `${JSON.stringify(JSON.parse(text(config.digest)), null, 2)}\n`);
  assert.equal(await output("image", "config", "-p", "linux/amd64", `${app}:v1`), await inspect());
  assert.equal(await inspect("--format", "raw-body"), text(config.digest));
  assert.equal(await inspect("--format", '{{index .Config.Labels "org.example.a"}}'), "1 <x> & y");
  assert.equal(await inspect("--format", "{{.Created}} {{.OS}}"), "2021-01-01 00:00:00 +0000 UTC linux");
  assert.equal(
    await inspect("--format", "{{json .Config.Labels}}"),
    '{"org.example.a":"1 <x> & y","org.example.b":"2"}\n',
  );
  assert.equal(await inspect("--format", "{{.GetDescriptor.Digest}}"), config.digest);
  const [code, stderr] = await failure(["image", "inspect", `${app}:sbom`]);
  assert.equal(code, 9);
  assert.match(stderr, /is no image: its config is "application\/vnd\.oci\.empty\.v1\+json"/);
});

withLayout("blobs: get, head, put, copy, delete", async (app, { config, text }, dir) => {
  const get = (digest: string) => output("blob", "get", app, digest);
  assert.equal(await get(config.digest), text(config.digest));
  assert.equal(await output("layer", "pull", app, config.digest), text(config.digest));
  assert.equal(
    await output("blob", "head", app, config.digest),
    `Content-Length: ${config.size}\nContent-Type: application/octet-stream\nDocker-Content-Digest: ${config.digest}\n`,
  );
  const put = await run(["blob", "put", app], { stdin: "hello\n" });
  const digest = "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
  assert.deepEqual(put, { code: 0, stdout: `${digest}\n`, stderr: "", exits: [] });
  assert.equal(
    (await run(["blob", "put", app, "--format", "{{.Size}} {{.Digest}}"], { stdin: "hello\n" })).stdout,
    `6 ${digest}`,
  );
  assert.equal(await get(digest), "hello\n");
  const wrong = await run(["blob", "put", app, "--digest", `sha256:${"1".repeat(64)}`], { stdin: "other" });
  assert.equal(wrong.code, 6);
  const other = `ocidir://${dir}/other`;
  assert.equal(await output("blob", "copy", app, other, digest), "");
  assert.equal(await output("blob", "get", other, digest), "hello\n");
  assert.equal(await output("blob", "rm", app, digest), "");
  assert.equal((await failure(["blob", "head", app, digest]))[0], 5);
  assert.equal((await failure(["blob", "get", app, digest]))[0], 5);
  assert.equal((await failure(["blob", "copy", app, other, `sha256:${"0".repeat(64)}`]))[0], 5);
});

withLayout("a blob that is not what its digest says fails at its end", async (app, { layers, path }) => {
  const { digest } = layers[0]!;
  await Deno.writeTextFile(`${path}/blobs/sha256/${digest.slice(7)}`, "evil");
  const { code, stderr } = await run(["blob", "get", app, digest]);
  assert.equal(code, 6);
  assert.match(stderr, /^error: Digest of blob/);
});

withLayout("manifest put and delete", async (app, fixture) => {
  const { amd64 } = fixture.images;
  const stdin = fixture.text(amd64.digest);
  const put = (...args: string[]) => run(["manifest", "put", ...args], { stdin });
  assert.deepEqual(await put(`${app}:new`), { code: 0, stdout: "", stderr: "", exits: [] });
  assert.equal((await put(app, "--by-digest")).stdout, `${amd64.digest}\n`);
  assert.equal((await put(`${app}:x`, "--format", "{{.Manifest.GetDescriptor.Digest}}")).stdout, amd64.digest);
  assert.equal(await output("image", "digest", `${app}:new`), `${amd64.digest}\n`);
  assert.equal((await run(["manifest", "put", `${app}:bad`], { stdin: "{" })).code, 6);
  const [code, stderr] = await failure(["image", "delete", `${app}:new`]);
  assert.equal(code, 2);
  assert.match(stderr, /has no digest\nhint: /);
  assert.equal(await output("manifest", "delete", `${app}:new`, "--force-tag-dereference"), "");
  assert.equal(await output("tag", "ls", app), "latest\nsbom\nv1\n");
  const missing = `${app}@${amd64.digest}`;
  assert.equal((await failure(["image", "delete", missing]))[0], 5);
  assert.equal(await output("image", "rm", "--ignore-missing", missing), "");
});

withLayout("tag delete", async (app) => {
  assert.equal(await output("tag", "delete", `${app}:v1`), "");
  assert.equal(await output("tag", "ls", app), "amd\nlatest\nsbom\n");
  assert.equal((await failure(["tag", "rm", `${app}:v1`]))[0], 5);
  assert.equal(await output("tag", "rm", `${app}:v1`, "--ignore-missing"), "");
  assert.equal((await failure(["tag", "rm", app]))[0], 2);
  assert.equal((await failure(["tag", "rm", `${app}:a@sha256:${"0".repeat(64)}`]))[0], 2);
});

withLayout("image ratelimit of a layout says nothing was set", async (app) => {
  assert.deepEqual(JSON.parse(await output("image", "ratelimit", `${app}:v1`)), {
    Remain: 0,
    Limit: 0,
    Reset: 0,
    Set: false,
    Policies: null,
  });
  assert.equal(await output("image", "ratelimit", `${app}:v1`, "--format", "{{.Set}}"), "false");
  assert.equal((await failure(["image", "ratelimit", `${app}:nope`]))[0], 5);
});

withLayout("image copy: whole, one platform, several, sparse, referrers", async (app, fixture, dir) => {
  const to = `ocidir://${dir}/to`;
  assert.equal(await output("image", "copy", `${app}:v1`, `${to}:all`), `${to}:all\n`);
  assert.equal(await output("image", "digest", `${to}:all`), `${fixture.index.digest}\n`);
  assert.equal(await output("image", "copy", "-p", "linux/arm64", `${app}:v1`, `${to}:one`), `${to}:one\n`);
  assert.equal(await output("image", "digest", `${to}:one`), `${fixture.images.arm64.digest}\n`);
  await output("image", "copy", "--platform", "linux/arm64,linux/amd64", `${app}:v1`, `${to}:two`);
  await output("image", "copy", "-p", "linux/arm64", "-p", "linux/amd64", `${app}:v1`, `${to}:three`);
  const platforms = "{{range .Manifests}}{{println .Platform}}{{end}}";
  assert.equal(await output("manifest", "get", `${to}:two`, "--format", platforms), "linux/amd64\nlinux/arm64\n");
  assert.equal(await output("image", "digest", `${to}:three`), await output("image", "digest", `${to}:two`));
  const sparse = `ocidir://${dir}/sparse`;
  await output("image", "copy", "--platforms", "linux/arm64", `${app}:v1`, `${sparse}:v1`);
  assert.equal(await output("image", "digest", `${sparse}:v1`), `${fixture.index.digest}\n`);
  assert.equal((await failure(["manifest", "get", `${sparse}@${fixture.images.amd64.digest}`]))[0], 5);
  const along = `ocidir://${dir}/along`;
  assert.equal(await output("image", "cp", "--referrers", `${app}:v1`, `${along}:v1`, "--format", "{{.Tag}}"), "v1");
  assert.equal(await output("image", "digest", `${along}@${fixture.artifact.digest}`), `${fixture.artifact.digest}\n`);
  assert.equal((await failure(["image", "copy", `${app}:v1`, `${to}:x`, "-p", "linux/s390x"]))[0], 5);
});

withLayout("image copy shows progress where it is wanted", async (app, _fixture, dir) => {
  const copy = (name: string, ...flags: string[]) =>
    run(["image", "copy", `${app}:v1`, `ocidir://${dir}/${name}:v1`, ...flags], { terminal: flags.includes("-T") });
  const closing = /^Copied ocidir:.*\/app:v1 to ocidir:.*\/[ab]:v1: 7 linked, 4 manifests, in \d+\.\ds\n$/;
  assert.match((await copy("a")).stderr, closing);
  assert.equal((await copy("a")).stderr, "");
  assert.match((await copy("b", "--progress", "plain", "--format", "{{.Tag}}")).stderr, closing);
  const events = (await copy("c", "--progress=json")).stderr.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok(events.some(({ event, kind, outcome }) => event === "done" && kind === "blob" && outcome === "linked"));
  const terminal = { terminal: true };
  const words = ["image", "copy", `${app}:v1`, `ocidir://${dir}/d:v1`];
  assert.match((await run(words, terminal)).stderr, AFTER_BARS);
  assert.match((await run(words, terminal)).stderr, /^Nothing to copy: ocidir:.*:v1 is up to date/);
  assert.equal((await run([...words, "-q", "--force-recursive"], terminal)).stderr, "");
  assert.equal((await run([...words, "--progress", "none", "--force-recursive"], terminal)).stderr, "");
});

withLayout(
  "called as regctl, copies show progress on a terminal without -v, or as asked",
  async (app, _fixture, dir) => {
    const words = ["image", "copy", "--force-recursive", `${app}:v1`, `ocidir://${dir}/to:v1`];
    const regctl = async (flags: string[], terminal: boolean) =>
      (await run([...words, ...flags], { terminal, argv0: "regctl" })).stderr;
    assert.match(await regctl([], true), AFTER_BARS);
    assert.equal(await regctl(["-v", "warn"], true), "");
    assert.equal(await regctl([], false), "");
    assert.match(await regctl(["-v", "warn", "--progress", "plain"], false), /^Copied /);
  },
);

withLayout("repo copy copies chosen tags and goes on after a failure", async (app, fixture, dir) => {
  const to = `ocidir://${dir}/to`;
  assert.equal(await output("repo", "copy", app, to, "--include", "amd|sbom", "--concurrent", "0"), "");
  assert.equal(await output("tag", "ls", to, "--exclude", "sha256-.*"), "amd\nsbom\n");
  await Deno.remove(`${fixture.path}/blobs/sha256/${fixture.images.arm64.digest.slice(7)}`);
  const again = ["repo", "copy", app, `ocidir://${dir}/part`, "--format", "{{.Copied}}"];
  const { code, stderr, stdout } = await run(again);
  assert.equal(code, 3);
  assert.equal(stdout, "[amd sbom]");
  assert.match(stderr, /error: 2 of 4 tags of ".*\/app" were not copied: latest \(.*\), v1 \(/);
  assert.equal((await run(again, { argv0: "regctl" })).code, 1);
  const fresh = await run(["repo", "copy", app, to, "--new-tags", "--format", "json"]);
  assert.equal(fresh.code, 3);
  assert.deepEqual(JSON.parse(fresh.stdout).copied, []);
});

withLayout(
  "a first signal stops the work with exit code 130 or 143, a second one at once",
  async (app, _fixture, dir) => {
    for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
      const result = await run(["image", "copy", `${app}:v1`, `ocidir://${dir}/to:v1`], {
        onStart: (send) => {
          send(signal);
          send("SIGINT");
        },
      });
      assert.equal(result.code, code);
      assert.match(result.stderr, new RegExp(`^error: Stopped by ${signal}: .* kept, .*\\n$`));
      assert.deepEqual(result.exits, [130]);
    }
  },
);

withLayout("a reader that goes away in the middle of a blob is no failure", async (app, { layers }) => {
  const { code, stderr } = await run(["blob", "get", app, layers[1]!.digest], { closeAfter: 1 });
  assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
});
