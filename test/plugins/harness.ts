/** A person's folders with plugins, and command lines run over them. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run, type RunOptions, type RunResult } from "../cli/harness.ts";
import { type LayoutFixture, writeLayout } from "../cli/layout_fixture.ts";

/** Path of a sample plugin. */
export function sample(name: string): string {
  return fileURLToPath(new URL(`./samples/${name}`, import.meta.url));
}

/** Folders of a person, taken away at the end. */
export class Home implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folders. */
  static async make(): Promise<Home> {
    return new Home(await Deno.realPath(await Deno.makeTempDir({ prefix: "ferry-plugins-" })));
  }

  /** Folder of added plugins. */
  get plugins(): string {
    return this.at("data/ferry/plugins");
  }

  /** A path in the folder. */
  at(name: string): string {
    return join(this.path, name);
  }

  /** Environment of a run. */
  env(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { HOME: this.path, XDG_DATA_HOME: this.at("data"), XDG_CONFIG_HOME: this.at("config"), ...more };
  }

  /** Runs a command line in the test's own process. */
  async run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return await run(args, { ...options, env: this.env(options.env) });
  }

  /** Runs a command line that must succeed; gives its output. */
  async output(...args: string[]): Promise<string> {
    const { code, stderr, stdout } = await this.run(args);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${stderr}`);
    return stdout;
  }

  /** Adds a sample. */
  async add(name: string, ...flags: string[]): Promise<string> {
    return await this.output("plugin", "add", "--yes", sample(name), ...flags);
  }

  /** Writes a plugin's module. */
  async write(name: string, text: string): Promise<string> {
    await Deno.writeTextFile(this.at(name), text);
    return this.at(name);
  }

  /** Writes a layout. */
  async layout(name = "layout"): Promise<LayoutFixture> {
    await Deno.mkdir(this.at(name));
    return await writeLayout(this.at(name));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.path, { recursive: true });
  }
}

/** Text of a plugin of one command that prints `text`. */
export function tinyPlugin(name: string, text = name, more = ""): string {
  return `import { defineCommand, definePlugin } from "ferry/plugin";
export default definePlugin({ name: "${name}", summary: "Say ${name}", api: 1, ${more}
  commands: { "": defineCommand({ summary: "Say it" }, async () => ({ async default() { return { text: () => "${text}\\n" }; } })) } });
`;
}
