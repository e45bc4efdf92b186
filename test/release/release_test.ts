/** A release as its users get it: built once, and all that belongs to it looked at. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Build, buildPrograms } from "../../scripts/build/programs.ts";
import { findRuntime, localSources } from "../../scripts/build/runtime.ts";
import { ownTarget, programName, type Target } from "../../scripts/build/targets.ts";
import { corpus } from "../../scripts/corpus.ts";
import { platforms } from "../../scripts/corpus/image.ts";
import { LayoutWriter } from "../../scripts/corpus/layout.ts";
import { images } from "../../scripts/image.ts";
import { installed } from "../../scripts/image/debian.ts";
import { RUNTIME_PACKAGES } from "../../scripts/image/recipe.ts";
import { RELEASE_FILE, writeRelease } from "../../scripts/release/write.ts";
import { canMakeCertificates, makeCertificates } from "../support/certificates.ts";
import { FerryRegistry } from "../support/ferry_registry.ts";
import { run, runOk } from "../support/programs.ts";
import { noContainers, runIn, unpack } from "./runc.ts";
import { commandsOf, noIsolation, runAlone } from "./walkthrough.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What a program is built from. */
const SOURCES = ["deno.json", "deno.lock", "main.ts", "mod.ts", "plugins", "src"];
const MIB = 2 ** 20;
/** Nothing of the user's is read. */
const ENV = { HOME: "/nonexistent", FERRY_CONFIG: "/nonexistent/config.json" };

const TARGET = ownTarget();
const why = await whyNot();

Deno.test({
  name: `a release and its image${why === undefined ? "" : ` (skipped: ${why})`}`,
  ignore: why !== undefined,
  fn: async (t) => {
    const target = TARGET!;
    const work = await Deno.makeTempDir({ prefix: "ferry-release-" });
    try {
      // In a copy nobody goes on working meanwhile.
      await copySources(join(work, "sources"));
      await copySources(join(work, "elsewhere"), join(work, "sources"));
      const first = await built(target, join(work, "sources"), join(work, "first"));
      const [program] = first.programs;
      assert.ok(program !== undefined);
      const file = (name: string) => join(work, "first", name);
      const json = async (name: string) => JSON.parse(await Deno.readTextFile(file(name)));

      await t.step("the program is little more than the runtime in it", async () => {
        const bundle = [...Deno.readDirSync(`${work}/first-bundle`)].map(({ name }) =>
          Deno.statSync(join(work, "first-bundle", name)).size
        ).reduce((sum, size) => sum + size, 0);
        assert.ok(bundle < 3 * MIB, `${bundle} bytes in chunks`);
        if (program.runtime.file === undefined) return;
        const over = program.size - (await Deno.stat(program.runtime.file)).size;
        assert.ok(over < 3 * MIB, `${over} bytes over the runtime`);
      });

      await t.step("a second build, in another folder, is the same, byte for byte", async () => {
        await built(target, join(work, "elsewhere"), join(work, "second"));
        const sums = (name: string) => Deno.readTextFile(join(work, name, "SHA256SUMS"));
        assert.equal(await sums("second"), await sums("first"));
        await Deno.remove(join(work, "second"), { recursive: true });
      });

      await t.step("SHA256SUMS has every other file", async () => {
        const lines = (await Deno.readTextFile(file("SHA256SUMS"))).trimEnd().split("\n").map((line) =>
          line.split("  ")
        );
        assert.deepEqual(lines.map(([, name]) => name), [programName(target), ...Object.values(RELEASE_FILE)].sort());
        for (const [digest, name] of lines) {
          assert.equal(createHash("sha256").update(await Deno.readFile(file(name!))).digest("hex"), digest);
        }
      });

      await t.step(
        "the bills of materials have what is bundled, and nothing that only builds or tests it",
        async () => {
          const { imports } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
          const { packages } = await json(RELEASE_FILE.spdx);
          const { components } = await json(RELEASE_FILE.cycloneDx);
          const names: string[] = packages.slice(1).map((one: { name: string }) => one.name);
          const locators = packages.map((one: { externalRefs: { referenceLocator: string }[] }) =>
            one.externalRefs[0]!
          );
          assert.deepEqual(
            components.map((one: { purl: string }) => one.purl),
            locators.slice(1).map((one: { referenceLocator: string }) => one.referenceLocator),
          );
          assert.ok(names.includes("deno") && names.includes("croner") && names.includes("yaml"));
          for (const name of ["esbuild", "fast-check", "ajv"]) assert.ok(!names.includes(name), name);
          for (const { name, versionInfo } of packages) {
            if (imports[name] !== undefined) assert.equal(imports[name], `npm:${name}@${versionInfo}`);
          }
          const text = await Deno.readTextFile(file(RELEASE_FILE.notices));
          for (const name of names) assert.ok(text.includes(`\n${name} `), name);
        },
      );

      await t.step("the provenance is about the program", async () => {
        const { subject } = await json(RELEASE_FILE.provenance);
        const sha256 = createHash("sha256").update(await Deno.readFile(program.file)).digest("hex");
        assert.deepEqual(subject, [{ name: programName(target), digest: { sha256 } }]);
      });

      await t.step("the program finds itself in SHA256SUMS, and sees when it is another", async () => {
        const right = await run(program.file, ["version", "--check", file("SHA256SUMS")], { env: ENV });
        assert.deepEqual(right, { code: 0, stdout: `${programName(target)}: OK\n`, stderr: "" });
        const other = join(work, "other");
        await Deno.writeTextFile(other, `${"0".repeat(64)}  ${programName(target)}\n`);
        const wrong = await run(program.file, ["version", "--check", other], { env: ENV });
        assert.equal(wrong.code, 6);
        assert.match(wrong.stderr, /^error: Digest of this program is [0-9a-f]{64}/);
        const version = JSON.parse(await runOk(program.file, ["version", "--format", "json"], { env: ENV }));
        assert.equal(version.VCSTag, first.texts.FERRY_VERSION);
        assert.equal(version.VCSCommit, first.texts.FERRY_COMMIT);
      });

      const alone = target.os === "linux" ? noIsolation() : "the page is about Linux";
      await t.step({
        name: `the commands of docs/airgap.md${alone === undefined ? "" : ` (skipped: ${alone})`}`,
        ignore: alone !== undefined,
        fn: () => walk(target, join(work, "first"), join(work, "walk")),
      });

      const noImage = await whyNoImage(target);
      await t.step({
        name: `the image scratch${noImage === undefined ? "" : ` (skipped: ${noImage})`}`,
        ignore: noImage !== undefined,
        fn: (inner) => imageSteps(inner, first, target, work),
      });
    } finally {
      await Deno.remove(work, { recursive: true });
    }
  },
});

/** The page's own source is on the internet; here a registry on another port stands for it. */
async function walk(target: Target, release: string, folder: string): Promise<void> {
  const page = await Deno.readTextFile(join(ROOT, "docs", "airgap.md"));
  const commands = commandsOf(page).replaceAll("ferry-linux-amd64", programName(target));
  const script = commands.replace(/^SOURCE=.*$/m, "SOURCE=localhost:5001");
  assert.notEqual(script, commands);
  await cp(release, folder, { recursive: true });
  await corpus(join(folder, "made"), "refs");
  await cp(join(folder, "made", "refs"), join(folder, "outside", "team", "app"), { recursive: true });
  const program = `./${programName(target)}`;
  const before = `
    ${program} serve --dir outside --port 5001 >serve.log 2>&1 &
    ${program} registry set --tls disabled --skip-check localhost:5001
    until ${program} repo ls localhost:5001 >/dev/null 2>&1; do sleep 0.2; done`;
  const result = await runAlone(folder, before, script);
  assert.equal(result.code, 0, `${result.stdout}${result.stderr}`);
  assert.match(result.stdout, /^v1\nv2$/m);
}

async function imageSteps(t: Deno.TestContext, build: Build, target: Target, work: string): Promise<void> {
  const output = join(work, "image");
  const [written] = await images({ build, images: ["scratch"], compression: "gzip", level: 6, output });
  const size = written?.sizes.get(`linux/${target.architecture}`) ?? Infinity;
  assert.ok(size <= 40 * MIB, `${size} bytes compressed`);
  const none = noContainers() ?? (canMakeCertificates() ? undefined : "openssl is not installed");
  await t.step({
    name: `it copies an image over TLS from a read-only root${none === undefined ? "" : ` (skipped: ${none})`}`,
    ignore: none !== undefined,
    fn: async () => {
      const container = await unpack(`ocidir://${output}:scratch`, target.architecture, work);
      assert.equal(container.user, "65532:65532");
      const { ca, server } = await makeCertificates();
      await Deno.writeTextFile(join(work, "ca.pem"), ca);
      await using registry = await FerryRegistry.start({ certificate: server });
      const writer = new LayoutWriter(join(registry.dir, "app"));
      platforms(writer, "release", [0.2, 0.1, 0.05], ["v1"]);
      writer.close();
      const files = { "/ca.pem": join(work, "ca.pem") };
      const env = ["SSL_CERT_FILE=/ca.pem"];
      const inside = async (...args: string[]) => {
        const result = await runIn(container, args, files, env);
        assert.equal(result.code, 0, result.stderr);
        return result.stdout;
      };
      const [ferry = ""] = container.entrypoint;
      await inside(ferry, "image", "copy", `${registry.host}/app:v1`, `${registry.host}/copy:v1`);
      const digest = await inside(ferry, "image", "digest", `${registry.host}/copy:v1`);
      assert.equal(await inside("/usr/bin/regctl", "image", "digest", `${registry.host}/app:v1`), digest);
      const refused = await runIn(container, [ferry, "image", "digest", `${registry.host}/app:v1`]);
      assert.equal(refused.code, 7, "without its authority the registry is not trusted");
    },
  });
}

async function whyNot(): Promise<string | undefined> {
  if (TARGET === undefined) return "there is no build for this machine";
  return await findRuntime(localSources(() => {}), false).then(() => undefined, (error: Error) => error.message);
}

async function whyNoImage(target: Target): Promise<string | undefined> {
  if (target.os !== "linux") return "images are for Linux";
  const root = await installed(target.architecture, RUNTIME_PACKAGES);
  return root === undefined ? "the packages are not installed" : undefined;
}

async function built(target: Target, root: string, folder: string): Promise<Build> {
  const build = await buildPrograms({
    root,
    bundleDir: `${folder}-bundle`,
    targets: [target],
    release: false,
    output: (one) => join(folder, programName(one)),
  }, () => {});
  assert.deepEqual(build.missing, []);
  await writeRelease(root, folder, build);
  return build;
}

async function copySources(to: string, from = ROOT): Promise<void> {
  await Deno.mkdir(to);
  for (const name of SOURCES) await cp(join(from, name), join(to, name), { recursive: true });
}
