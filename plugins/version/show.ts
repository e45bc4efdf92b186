import {
  type CommandResult,
  type Context,
  FerryError,
  type InputOf,
  structData,
  VERSION,
  type VersionInfo,
} from "../../src/mod.ts";
import type { version } from "./mod.ts";

/** Handler of `version`. */
export default async function show(_: Context, { flags }: InputOf<typeof version>): Promise<CommandResult> {
  if (flags.check !== undefined) return await check(flags.check);
  const data = versionFields(VERSION);
  return {
    data: () => structData({ type: "version.Info", fields: data }),
    text: () => versionText(data),
  };
}

/** Run from its sources, the program on disk is Deno. */
async function check(sums: string): Promise<CommandResult> {
  if (VERSION.commit === "" && VERSION.version === "dev") {
    throw new FerryError("UNSUPPORTED", "Only a program that was built can be checked, this one runs from its sources");
  }
  const { checkProgram } = await import("./check.ts");
  const { name, sha256 } = await checkProgram(Deno.execPath(), VERSION.platform, sums);
  return { data: () => ({ name, sha256 }), text: () => `${name}: OK\n` };
}

/** The build under the names that scripts for regctl use. */
export function versionFields(version: VersionInfo): Record<string, string> {
  return {
    VCSTag: version.version,
    VCSRef: version.commit,
    VCSCommit: version.commit,
    VCSState: version.state,
    VCSDate: version.date,
    Platform: version.platform,
    GoVer: version.runtime,
    GoCompiler: "v8",
  };
}

function versionText(fields: Readonly<Record<string, string>>): string {
  const width = Math.max(...Object.keys(fields).map((name) => name.length)) + 2;
  return Object.entries(fields).map(([name, value]) => `${`${name}:`.padEnd(width)}${value}\n`).join("");
}
