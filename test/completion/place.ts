/** What completion is tried on: a registry with an image, a layout, a configuration that knows the registry, and the program. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeLayout } from "../cli/layout_fixture.ts";
import { run, type RunResult } from "../cli/harness.ts";
import { runOk } from "../support/programs.ts";
import { FerryRegistry, type FerryRegistryOptions } from "../support/ferry_registry.ts";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** No test waits for a machine that is busy. */
const PATIENT = { FERRY_COMPLETION_TIMEOUT: "120s" };

/** A folder and a registry of one test. */
export class Place implements AsyncDisposable {
  private constructor(readonly dir: string, readonly registry: FerryRegistry) {}

  /** Repository `org/app` has the tags amd, latest, sbom, v1; so has the layout `images/app`. */
  static async open(options: FerryRegistryOptions = {}): Promise<Place> {
    const dir = await Deno.makeTempDir({ prefix: "ferry-completion-" });
    const registry = await FerryRegistry.start(options);
    await writeLayout(join(registry.dir, "org", "app"));
    await writeLayout(join(registry.dir, "org", "apple"));
    await writeLayout(join(dir, "images", "app"));
    await Deno.mkdir(join(dir, "images", "empty folder"));
    const place = new Place(dir, registry);
    await place.configure({ hosts: { [registry.host]: { tls: "disabled" } } });
    return place;
  }

  /** Host of the registry. */
  get host(): string {
    return this.registry.host;
  }

  /** Environment of the program. */
  get env(): Record<string, string> {
    return { ...PATIENT, HOME: this.dir, FERRY_CONFIG: join(this.dir, "config.json"), RUST_BACKTRACE: "0" };
  }

  /** Writes the configuration file. */
  async configure(config: unknown): Promise<void> {
    await Deno.writeTextFile(join(this.dir, "config.json"), JSON.stringify(config));
  }

  /** Candidates for the last of `words`, and the directive. */
  async complete(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Completed> {
    return completed(await run(["__complete", ...words], { env: { ...this.env, ...env } }));
  }

  /** Puts the program into the folder `bin`. */
  async install(): Promise<void> {
    const bin = join(this.dir, "bin");
    await Deno.mkdir(bin);
    // The home folder of the test has no modules.
    const text = `#!/bin/sh
DENO_DIR='${await modulesFolder()}' exec "${Deno.execPath()}" run -A --quiet --no-check --no-lock "${MAIN}" "$@"
`;
    await Deno.writeTextFile(join(bin, "ferry"), text, { mode: 0o755 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.registry[Symbol.asyncDispose]();
    await Deno.remove(this.dir, { recursive: true });
  }
}

/** What completion answered. */
export interface Completed {
  readonly values: readonly string[];
  readonly descriptions: readonly string[];
  readonly directive: number;
}

/** Reads an answer; it must be one, with nothing said besides. */
export function completed({ code, stderr, stdout }: RunResult): Completed {
  const lines = stdout.split("\n");
  const directive = /^:(\d+)$/.exec(lines.at(-2) ?? "")?.[1];
  if (code !== 0 || stderr !== "" || directive === undefined || lines.at(-1) !== "") {
    throw new Error(`No answer: ${JSON.stringify({ code, stderr, stdout })}`);
  }
  const rows = lines.slice(0, -2).map((line) => line.split("\t"));
  return {
    values: rows.map(([value]) => value!),
    descriptions: rows.map(([, description]) => description ?? ""),
    directive: Number(directive),
  };
}

async function modulesFolder(): Promise<string> {
  return JSON.parse(await runOk(Deno.execPath(), ["info", "--json"])).denoDir;
}
