import { type CommandResult, structData, VERSION, type VersionInfo } from "../../src/mod.ts";

/** Handler of `version`. */
export default function show(): Promise<CommandResult> {
  const data = versionFields(VERSION);
  return Promise.resolve({
    data: () => structData({ type: "version.Info", fields: data }),
    text: () => versionText(data),
  });
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
