/** Two registries in memory, a folder for files, and the command line between them. */
import assert from "node:assert/strict";
import { Content } from "../support/content.ts";
import { FakeRegistry, type FakeRegistryOptions } from "../support/fake_registry.ts";
import { addImage, addIndex, addLayer } from "../support/images.ts";
import { run, type RunOptions, type RunResult } from "../cli/harness.ts";

/** A source, a target and a folder. */
export class SyncPlace implements AsyncDisposable {
  readonly source: FakeRegistry;
  readonly target: FakeRegistry;
  /** Folder of this test. */
  readonly dir: string;

  private constructor(dir: string, source: FakeRegistryOptions, target: FakeRegistryOptions) {
    this.dir = dir;
    this.source = new FakeRegistry(source);
    this.target = new FakeRegistry(target);
  }

  static async open(source: FakeRegistryOptions = {}, target: FakeRegistryOptions = {}): Promise<SyncPlace> {
    return new SyncPlace(await Deno.makeTempDir({ prefix: "ferry-sync-" }), source, target);
  }

  /** Puts images with these tags into a repository of the source; each has a layer of its own and one that all share. */
  fill(repository: string, ...tags: string[]): void {
    for (const tag of tags) this.image(repository, tag);
  }

  /** Puts one image into a repository of the source; another `version` has other content. */
  image(repository: string, tag: string, version = 0, registry = this.source): string {
    const content = new Content();
    const layers = [addLayer(content, 1), addLayer(content, seedOf(`${tag} ${version}`))];
    const { digest } = addImage(content, { tag, layers });
    content.copyTo(registry.repository(repository));
    return digest;
  }

  /** Puts an index of two platforms into a repository of the source. */
  index(repository: string, tag: string): string {
    const content = new Content();
    const platforms = ["amd64", "arm64"].map((architecture, at) =>
      addImage(content, { platform: { os: "linux", architecture }, layers: [addLayer(content, seedOf(tag) + at)] })
    );
    const { digest } = addIndex(content, { tag, manifests: platforms });
    content.copyTo(this.source.repository(repository));
    return digest;
  }

  /** Writes a sync file: SRC and TGT stand for the registries, DIR for the folder. Gives its path. */
  async file(text: string, name = "sync.yml"): Promise<string> {
    const creds = [this.source, this.target].map(({ host }) => `{registry: "${host}", tls: disabled}`).join(", ");
    const whole = `version: 1\ncreds: [${creds}]\n${this.expand(text)}\n`;
    await Deno.writeTextFile(`${this.dir}/${name}`, whole);
    return `${this.dir}/${name}`;
  }

  /** Puts in what the upper-case words of a file stand for. */
  expand(text: string): string {
    return text.replaceAll("SRC", this.source.host).replaceAll("TGT", this.target.host).replaceAll("DIR", this.dir);
  }

  /** Runs a command line; DIR, SRC and TGT are expanded. */
  async sync(line: string, options: RunOptions = {}): Promise<RunResult> {
    const words = this.expand(line).split(" ");
    return await run(options.argv0 === undefined ? ["sync", ...words] : words, {
      env: { HOME: this.dir },
      ...options,
    });
  }

  /** Runs a command line that must end with this code; gives its standard output. */
  async ends(code: number, line: string, options: RunOptions = {}): Promise<string> {
    const result = await this.sync(line, options);
    assert.equal(result.code, code, `${line}\n${result.stdout}\n${result.stderr}`);
    return result.stdout;
  }

  /** Runs a command line for its JSON. */
  // deno-lint-ignore no-explicit-any -- tests look at what they know
  async json(code: number, line: string, options: RunOptions = {}): Promise<any> {
    return JSON.parse(await this.ends(code, `${line} --format json`, options));
  }

  /** Tags of a repository of the target with their digests. */
  tags(repository: string, registry = this.target): Readonly<Record<string, string>> {
    return Object.fromEntries([...registry.repository(repository).tags].sort(([a], [b]) => a < b ? -1 : 1));
  }

  /** Checks that a repository of the target has what one of the source has, and that all of it is there. */
  same(source: string, target: string): void {
    assert.deepEqual(this.tags(target), this.tags(source, this.source));
    const stored = this.target.repository(target);
    for (const digest of stored.tags.values()) {
      for (const { digest: blob } of stored.manifest(digest).layers) assert.ok(stored.blobs.has(blob), blob);
    }
  }

  /** A line of the log on the image v1. */
  line(message: string, level = "INFO"): RegExp {
    return new RegExp(
      `time=\\S+ level=${level} msg="${message}" source=${this.source.host}/from:v1 target=${this.target.host}/to:v1\n`,
    );
  }

  /** Forgets the requests so far. */
  forget(): void {
    this.source.requests.length = 0;
    this.target.requests.length = 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.source.close();
    await this.target.close();
    await Deno.remove(this.dir, { recursive: true });
  }
}

function seedOf(text: string): number {
  let seed = 7;
  for (const char of text) seed = (seed * 31 + char.charCodeAt(0)) % 1_000_003;
  return seed;
}
