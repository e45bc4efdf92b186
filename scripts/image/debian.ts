/**
 * Packages of Debian: those that this machine has installed, and those that are fetched for another architecture or because they are
 * not installed here. Fetching leaves the package manager of this machine as it is.
 *
 * @module
 */
import { join } from "node:path";
import { run, tryRun } from "../build/command.ts";
import type { Component } from "../release/component.ts";

/** A package. */
export interface DebianPackage {
  /** Name. */
  readonly name: string;
  /** Version. */
  readonly version: string;
  /** Architecture, or `all`. */
  readonly architecture: string;
}

/** A folder that has the files of packages, and the packages. */
export interface DebianRoot {
  /** The folder; `/` for what is installed. */
  readonly path: string;
  /** Packages by name. */
  readonly packages: ReadonlyMap<string, DebianPackage>;
}

/**
 * The packages as they are installed on this machine, or undefined where one is not, or is for another architecture.
 */
export async function installed(architecture: string, names: readonly string[]): Promise<DebianRoot | undefined> {
  const own = await tryRun("dpkg", ["--print-architecture"]);
  if (own.code !== 0 || own.stdout.trim() !== architecture) return undefined;
  const format = "${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\n";
  const { code, stdout } = await tryRun("dpkg-query", ["-W", "-f", format, ...names]);
  const rows = stdout.split("\n").filter((line) => line.startsWith("ii")).map((line) => line.split("\t").slice(1))
    .filter(([, , own = ""]) => own === architecture || own === "all");
  if (code !== 0 || rows.length < names.length) return undefined;
  return { path: "/", packages: byName(rows) };
}

/** Fetches packages with apt from where this machine has its own, and unpacks them into `folder`. Nothing of them is run. */
export async function fetched(architecture: string, names: readonly string[], folder: string): Promise<DebianRoot> {
  const state = join(folder, "apt");
  const archives = join(folder, "archives");
  const root = join(folder, "root");
  for (const path of [join(state, "lists", "partial"), join(state, "archives", "partial"), archives, root]) {
    await Deno.mkdir(path, { recursive: true });
  }
  await Deno.writeTextFile(join(state, "status"), "");
  const settings = {
    "Dir::State": state,
    "Dir::State::status": join(state, "status"),
    "Dir::Cache": state,
    "APT::Architecture": architecture,
    "APT::Architectures": architecture,
    "APT::Sandbox::User": "root",
    "Acquire::Languages": "none",
  };
  const flags = ["-qq", ...Object.entries(settings).flatMap(([name, value]) => ["-o", `${name}=${value}`])];
  try {
    await run("apt-get", [...flags, "update"]);
    await run("apt-get", [...flags, "download", ...names], { cwd: archives });
  } catch (cause) {
    throw new Error(`Debian's packages for ${architecture} could not be fetched with apt-get`, { cause });
  }
  const rows: string[][] = [];
  for (const name of [...Deno.readDirSync(archives)].map((entry) => entry.name).sort()) {
    const archive = join(archives, name);
    await run("dpkg-deb", ["-x", archive, root]);
    rows.push(
      (await run("dpkg-deb", ["-W", "--showformat", "${Package}\t${Version}\t${Architecture}", archive])).split("\t"),
    );
  }
  return { path: root, packages: byName(rows) };
}

/** A file of a package: where it really is beneath the root. Links lead nowhere else. */
export function fileIn(root: DebianRoot, folders: readonly string[], name: string): string | undefined {
  for (const folder of folders) {
    const path = join(root.path, folder, name);
    try {
      const real = Deno.realPathSync(path);
      if (root.path === "/" || real.startsWith(Deno.realPathSync(root.path) + "/")) return real;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return undefined;
}

/** A package as an entry of a bill of materials (purl-spec, "deb"). */
export function debianComponent({ name, version, architecture }: DebianPackage): Component {
  const escaped = encodeURIComponent(version).replaceAll("%3A", ":");
  return { name, version, purl: `pkg:deb/debian/${name}@${escaped}?arch=${architecture}`, uses: [] };
}

/** What tells scanners of images that a package is there. */
export function statusText({ name, version, architecture }: DebianPackage): string {
  return `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\nArchitecture: ${architecture}\n`;
}

function byName(rows: readonly (readonly string[])[]): Map<string, DebianPackage> {
  return new Map(
    rows.map(([name = "", version = "", architecture = ""]) => [name, { name, version, architecture }] as const)
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}
