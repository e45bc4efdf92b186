import assert from "node:assert/strict";
import { run, type RunResult } from "../cli/harness.ts";
import { FerryRegistry } from "../support/ferry_registry.ts";
import { isInstalled, run as runProgram } from "../support/programs.ts";
import { type Images, writeImages } from "./format_images.ts";
import { type FormatCase, FORMATS } from "./formats.ts";
import { checkGolden } from "./golden.ts";

const REGCTL = isInstalled("regctl");

/** A registry with the images, and a folder with a configuration that knows it. */
class Shelf implements AsyncDisposable {
  private constructor(readonly registry: FerryRegistry, readonly dir: string, readonly images: Images) {}

  static async open(): Promise<Shelf> {
    const dir = await Deno.makeTempDir({ prefix: "ferry-formats-" });
    const registry = await FerryRegistry.start();
    const images = await writeImages(`${dir}/images`);
    const hosts = { [registry.host]: { tls: "disabled", hostname: registry.host } };
    await Deno.writeTextFile(`${dir}/config.json`, JSON.stringify({ hosts }));
    const shelf = new Shelf(registry, dir, images);
    const { code, stderr } = await run(["repo", "copy", `ocidir://${dir}/images`, `${registry.host}/org/app`], {
      env: shelf.env,
    });
    assert.equal(code, 0, stderr);
    return shelf;
  }

  get env(): Record<string, string> {
    const config = `${this.dir}/config.json`;
    return { HOME: this.dir, FERRY_CONFIG: config, REGCTL_CONFIG: config };
  }

  words({ line, format }: FormatCase): string[] {
    const { host } = this.registry;
    const words = line.split(" ").map((word) =>
      word.replace("IMG", `${host}/org/app`).replace("REG", host).replace("CONFIG", this.images.config)
    );
    return format === undefined ? words : [...words, "--format", format];
  }

  ferry(one: FormatCase, argv0 = "ferry"): Promise<RunResult> {
    return run(this.words(one), { env: this.env, argv0 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry[Symbol.asyncDispose]();
    await Deno.remove(this.dir, { recursive: true });
  }
}

function shown({ line, format }: FormatCase): string {
  return `$ ferry ${line}${format === undefined ? "" : ` --format '${format}'`}`;
}

Deno.test("golden: formats over a registry", async () => {
  await using shelf = await Shelf.open();
  let text = "";
  for (const one of FORMATS) {
    const { code, stdout, stderr } = await shelf.ferry(one);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, shown(one));
    text += `${shown(one)}\n${stdout}${stdout.endsWith("\n") ? "" : "(no line end)\n"}`;
  }
  await checkGolden("formats.txt", text.replaceAll(shelf.registry.host, "REG").replaceAll(shelf.dir, "DIR"));
});

Deno.test({
  name: REGCTL
    ? "formats over a registry: the bytes of regctl"
    : "formats: the bytes of regctl (skipped: regctl is not installed)",
  ignore: !REGCTL,
  async fn() {
    await using shelf = await Shelf.open();
    const differences: string[] = [];
    for (const one of FORMATS.filter(({ own }) => own !== true)) {
      const ours = await shelf.ferry(one, "regctl");
      const theirs = await runProgram("regctl", shelf.words(one), { env: shelf.env });
      if (ours.code === theirs.code && ours.stdout === theirs.stdout) continue;
      differences.push(
        `${
          shown(one)
        }\nferry ${ours.code}: ${ours.stdout}${ours.stderr}\nregctl ${theirs.code}: ${theirs.stdout}${theirs.stderr}`,
      );
    }
    assert.equal(differences.join("\n"), "");
  },
});

/** What a registry sent, as `curl -i` would show it. */
async function sent(host: string, method: string, path: string): Promise<Map<string, string>> {
  const answer = await fetch(`http://${host}${path}`, { method, headers: { accept: "*/*" } });
  await answer.body?.cancel();
  return new Map(answer.headers);
}

Deno.test("raw headers are what the registry sent", async () => {
  await using shelf = await Shelf.open();
  const { host } = shelf.registry;
  const lines: readonly (readonly [string, string])[] = [
    ["manifest get IMG:amd", "manifests/amd"],
    ["manifest head IMG:amd", "manifests/amd"],
    ["image digest IMG:amd", "manifests/amd"],
    ["image inspect -p linux/amd64 IMG:amd", `blobs/${shelf.images.config}`],
    ["blob head IMG CONFIG", `blobs/${shelf.images.config}`],
    ["blob get IMG CONFIG", `blobs/${shelf.images.config}`],
    ["tag ls IMG", "tags/list"],
  ];
  for (const [line, path] of lines) {
    const method = /head|digest/.test(line) ? "HEAD" : "GET";
    const headers = await sent(host, method, `/v2/org/app/${path}`);
    for (const format of ["raw-headers", "rawHeaders", "headers"]) {
      const { code, stdout, stderr } = await shelf.ferry({ line, format });
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" }, line);
      const got = new Map(
        stdout.trimEnd().split("\n").map((text) => {
          const colon = text.indexOf(": ");
          return [text.slice(0, colon).toLowerCase(), text.slice(colon + 2)] as const;
        }),
      );
      for (const [name, value] of headers) {
        if (name !== "date") assert.equal(got.get(name), value, `${line}: ${name}`);
      }
    }
  }
});
