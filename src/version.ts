/**
 * What this program is: version, commit and date of the build.
 *
 * @module
 */

/** A build of ferry. Texts that are not known are "". */
export interface VersionInfo {
  /** Version, for example `0.1.0`; `dev` when it was not built but is run from its sources. */
  readonly version: string;
  /** Commit it was built from, in full. */
  readonly commit: string;
  /** `clean`, or `dirty` when the sources differed from the commit. */
  readonly state: string;
  /** Date of the commit, or what SOURCE_DATE_EPOCH said, as `2024-01-02T03:04:05Z`. */
  readonly date: string;
  /** Operating system and architecture that it runs on, as images name them: `linux/amd64`. */
  readonly platform: string;
  /** Runtime inside, for example `deno 2.7.11`. */
  readonly runtime: string;
}

// The build replaces these names by texts; nothing defines them when the sources run as they are.
declare const FERRY_VERSION: string | undefined;
declare const FERRY_COMMIT: string | undefined;
declare const FERRY_STATE: string | undefined;
declare const FERRY_DATE: string | undefined;

const ARCHITECTURES: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

/** This build. */
export const VERSION: VersionInfo = {
  version: typeof FERRY_VERSION === "string" ? FERRY_VERSION : "dev",
  commit: typeof FERRY_COMMIT === "string" ? FERRY_COMMIT : "",
  state: typeof FERRY_STATE === "string" ? FERRY_STATE : "",
  date: typeof FERRY_DATE === "string" ? FERRY_DATE : "",
  platform: `${Deno.build.os}/${ARCHITECTURES[Deno.build.arch] ?? Deno.build.arch}`,
  runtime: `deno ${Deno.version.deno}`,
};
