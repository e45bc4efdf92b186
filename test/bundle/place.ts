/** Images in two repositories of a source, a registry to push to, and a folder for bundles. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { run, type RunOptions, type RunResult } from "../cli/harness.ts";
import { Content } from "../support/content.ts";
import { FakeRegistry } from "../support/fake_registry.ts";
import { FerryRegistry } from "../support/ferry_registry.ts";
import { addArtifact, addImage, addIndex, addLayer } from "../support/images.ts";

/** An index with two platforms, an image, signatures of both kinds; all images share one layer. */
export function appContent(): Content {
  const content = new Content();
  const base = addLayer(content, 1, 90_000);
  const images = ["amd64", "arm64"].map((architecture, at) =>
    addImage(content, { layers: [base, addLayer(content, 10 + at, 40_000)], platform: { os: "linux", architecture } })
  );
  const index = addIndex(content, { tag: "v1", manifests: images });
  const signature = addArtifact(content, { artifactType: "application/vnd.example.signature", subject: index });
  addArtifact(content, { artifactType: "application/vnd.example.countersignature", subject: signature });
  addArtifact(content, { artifactType: "application/vnd.example.sbom", subject: images[0]! });
  addArtifact(content, {
    tag: `${index.digest.replace(":", "-")}.sig`,
    artifactType: "application/vnd.example.cosign",
  });
  addImage(content, { tag: "v0", layers: [base] });
  return content;
}

/** Another repository with the same tag and the same layer. */
export function toolContent(): Content {
  const content = new Content();
  addImage(content, { tag: "v1", layers: [addLayer(content, 1, 90_000), addLayer(content, 30, 1000)] });
  return content;
}

/** Where a test works. */
export class BundlePlace implements AsyncDisposable {
  readonly app = appContent();
  readonly tool = toolContent();
  readonly #stack = new AsyncDisposableStack();

  private constructor(
    /** Folder for bundles. */
    readonly dir: string,
    /** Registry with `org/app` and `other/tool`. */
    readonly source: FakeRegistry,
    /** Empty registry. */
    readonly target: FerryRegistry,
  ) {}

  static async open(): Promise<BundlePlace> {
    const target = await FerryRegistry.start();
    const place = new BundlePlace(await Deno.makeTempDir({ prefix: "ferry-bundle-" }), new FakeRegistry(), target);
    place.app.copyTo(place.source.repository("org/app"));
    place.tool.copyTo(place.source.repository("other/tool"));
    place.#stack.defer(() => Deno.remove(place.dir, { recursive: true }));
    place.#stack.use(target);
    place.#stack.use(place.source);
    return place;
  }

  /** References of all images. */
  get all(): readonly string[] {
    const { host } = this.source;
    return [`${host}/org/app:v1`, `${host}/org/app:v0`, `${host}/other/tool:v1`];
  }

  /** Path in the folder. */
  path(name: string): string {
    return `${this.dir}/${name}`;
  }

  /** Names in the folder, sorted. */
  names(): string[] {
    return [...Deno.readDirSync(this.dir)].map(({ name }) => name).sort();
  }

  /** Runs a command of the noun. */
  bundle(...args: string[]): Promise<RunResult> {
    return this.run(args);
  }

  /** Runs a command of the noun in a way of its own. */
  run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const hosts = [this.source.host, this.target.host].flatMap((host) => ["--host", `reg=${host},tls=disabled`]);
    return run([...hosts, "--progress", "none", "bundle", ...args], options);
  }

  /** Runs one that must succeed; gives what it printed. */
  async ok(...args: string[]): Promise<string> {
    const { code, stderr, stdout } = await this.bundle(...args);
    assert.deepEqual([code, stderr], [0, ""], args.join(" "));
    return stdout;
  }

  /** As `ok`, with what it printed as JSON. */
  // deno-lint-ignore no-explicit-any -- tests look at what they know
  async json(...args: string[]): Promise<any> {
    return JSON.parse(await this.ok(...args, "--format", "json"));
  }

  /** Makes a bundle of all images and gives its path. */
  async create(name: string, ...flags: string[]): Promise<string> {
    await this.ok("create", "-o", this.path(name), ...this.all, ...flags);
    return this.path(name);
  }

  /** Status of something at the target. */
  async status(path: string): Promise<number> {
    const answer = await fetch(`${this.target.url}/v2/${path}`);
    await answer.body?.cancel();
    return answer.status;
  }

  /** Digest that a tag of the target names, "" where there is none. */
  async digestAt(repository: string, tag: string): Promise<string> {
    const answer = await fetch(`${this.target.url}/v2/${repository}/manifests/${tag}`, { method: "HEAD" });
    return answer.headers.get("docker-content-digest") ?? "";
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** sha256 of a file, hexadecimal. */
export function sha256Of(path: string): string {
  return createHash("sha256").update(Deno.readFileSync(path)).digest("hex");
}

/** The files of a tar archive as this project's own reader does not see them: by the system's tar. */
export async function untar(file: string, into: string): Promise<void> {
  await Deno.mkdir(into);
  const { code, stderr } = await new Deno.Command("tar", { args: ["-xf", file, "-C", into] }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}
