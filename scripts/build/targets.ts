/**
 * What the program is built for.
 *
 * @module
 */

/** A kind of machine, under the names that images have for it. */
export interface Target {
  /** `linux-amd64`. */
  readonly name: string;
  /** Operating system. */
  readonly os: "linux" | "darwin" | "windows";
  /** Architecture. */
  readonly architecture: "amd64" | "arm64";
  /** Target triple. */
  readonly triple: string;
}

/** All of them. */
export const TARGETS: readonly Target[] = [
  { name: "linux-amd64", os: "linux", architecture: "amd64", triple: "x86_64-unknown-linux-gnu" },
  { name: "linux-arm64", os: "linux", architecture: "arm64", triple: "aarch64-unknown-linux-gnu" },
  { name: "darwin-amd64", os: "darwin", architecture: "amd64", triple: "x86_64-apple-darwin" },
  { name: "darwin-arm64", os: "darwin", architecture: "arm64", triple: "aarch64-apple-darwin" },
  { name: "windows-amd64", os: "windows", architecture: "amd64", triple: "x86_64-pc-windows-msvc" },
];

/** What else people call them. */
const WORDS: Readonly<Record<string, string>> = { macos: "darwin", x64: "amd64", x86_64: "amd64", aarch64: "arm64" };

/** The target of a name: `linux-amd64`, `linux/amd64`, `macos-x64`, or a triple. */
export function parseTarget(text: string): Target {
  const name = text.toLowerCase().split(/[-/]/).map((word) => WORDS[word] ?? word).join("-");
  const found = TARGETS.find((target) => target.name === name || target.triple === text);
  if (found === undefined) {
    throw new Error(`No target is named "${text}": ${TARGETS.map((target) => target.name).join(", ")}, or all`);
  }
  return found;
}

/** The targets that flags name: all of them, or each by its name. Told apart since of all some may be missing. */
export function parseTargets(names: readonly string[]): { readonly targets: readonly Target[]; readonly all: boolean } {
  const words = names.flatMap((name) => name.split(",")).filter((word) => word !== "");
  if (words.includes("all")) return { targets: TARGETS, all: true };
  return { targets: TARGETS.filter((target) => words.map(parseTarget).includes(target)), all: false };
}

/** Name of the program for a target: `ferry-linux-amd64`, `ferry-windows-amd64.exe`. */
export function programName({ name, os }: Target): string {
  return `ferry-${name}${os === "windows" ? ".exe" : ""}`;
}

/** The target that this machine is, if it is one. */
export function ownTarget(): Target | undefined {
  return TARGETS.find(({ triple }) => triple === Deno.build.target);
}
