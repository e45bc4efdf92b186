/**
 * What every bench works with: the programs, the corpus, a folder, and environments that touch nothing of the user's.
 *
 * @module
 */
import { join } from "node:path";
import { corpus } from "../corpus.ts";
import type { CommandLine } from "./measure.ts";
import { LocalRegistry, type RegistryKind } from "./registry.ts";

/** A program that copies images; its command lines are regctl's. */
export interface Tool {
  /** `ferry`, `regctl`. */
  readonly name: string;
  /** Its file. */
  readonly program: string;
  /** The variable that names its configuration file. */
  readonly configVariable: string;
}

/** A folder for one run of the bench, with what is in it. */
export class Lab implements AsyncDisposable {
  readonly #corpusFolder: string;
  #registries = 0;
  /** Folder of this run. */
  readonly folder: string;
  /** The program that is measured. */
  readonly ferry: Tool;
  /** What it is measured against; undefined when it is not installed. */
  readonly regctl: Tool | undefined;
  /** Tells what is being done, for the impatient. */
  readonly tell: (line: string) => void;

  private constructor(folder: string, corpusFolder: string, binary: string, tell: (line: string) => void) {
    this.folder = folder;
    this.#corpusFolder = corpusFolder;
    this.tell = tell;
    this.ferry = { name: "ferry", program: binary, configVariable: "FERRY_CONFIG" };
    const regctl = which("regctl");
    this.regctl = regctl === undefined
      ? undefined
      : { name: "regctl", program: regctl, configVariable: "REGCTL_CONFIG" };
  }

  /** Makes a folder beneath `dist`, so that it is on one file system with the corpus. */
  static async open(dist: string, binary: string, tell: (line: string) => void): Promise<Lab> {
    await Deno.mkdir(dist, { recursive: true });
    const folder = await Deno.makeTempDir({ dir: dist, prefix: "bench-" });
    return new Lab(folder, join(dist, "corpus"), binary, tell);
  }

  /** The tools that are there: ferry first. */
  get tools(): readonly Tool[] {
    return this.regctl === undefined ? [this.ferry] : [this.ferry, this.regctl];
  }

  /** Folder of a layout of the corpus. */
  async layout(name: string): Promise<string> {
    this.tell(`corpus ${name}`);
    return await corpus(this.#corpusFolder, name);
  }

  /** Removes a layout of the corpus. */
  async dropLayout(name: string): Promise<void> {
    await Deno.remove(join(this.#corpusFolder, name), { recursive: true });
  }

  /** Starts a registry, Debian's where no other kind is given; `answers` waits until it is ready. */
  async registry(
    kind?: RegistryKind,
    answers?: (url: string, ended: Promise<unknown>) => Promise<void>,
  ): Promise<LocalRegistry> {
    return await LocalRegistry.start(join(this.folder, `registry-${++this.#registries}`), kind, answers);
  }

  /** A command line of a tool that knows that the given ports speak plain HTTP. */
  async command(tool: Tool, ports: readonly number[], args: readonly string[]): Promise<CommandLine> {
    const names = ports.map((port) => `localhost:${port}`);
    const config = join(this.folder, `${tool.name}-${ports.join("-")}.json`);
    const hosts = Object.fromEntries(names.map((name) => [name, { tls: "disabled", hostname: name }]));
    await Deno.writeTextFile(config, JSON.stringify({ hosts }));
    const home = join(this.folder, "home");
    const env = { PATH: "/usr/bin:/bin", HOME: home, DOCKER_CONFIG: home, [tool.configVariable]: config };
    return { words: [tool.program, ...args], env };
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** File of a program on the PATH. */
export function which(name: string): string | undefined {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const file = join(folder, name);
    try {
      if (Deno.statSync(file).isFile) return file;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
}
