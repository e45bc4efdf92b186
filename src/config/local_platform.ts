/**
 * The platform of this machine.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { normalizePlatform, parsePlatform, type Platform } from "../oci/platform.ts";

/** What is asked of the machine; replaceable in tests. */
export interface Machine {
  /** As in Deno.build.os. */
  readonly os: string;
  /** As in Deno.build.arch. */
  readonly arch: string;
  /** Version of the operating system, on Windows `10.0.20348`. */
  release(): string;
  /** Text of /proc/cpuinfo, "" where there is none. */
  cpuinfo(): string;
}

/** CPU flags that each level of amd64 adds, as Linux names them. */
const AMD64_LEVELS: readonly (readonly [string, readonly string[]])[] = [
  ["v2", ["cx16", "lahf_lm", "popcnt", "sse4_1", "sse4_2", "ssse3"]],
  ["v3", ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"]],
  ["v4", ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]],
];

/**
 * Platform of the machine that runs ferry, normalized: the word `local` where a platform is asked for. On Linux its
 * variant is the level of the CPU (`linux/amd64/v3`), on Windows it has the version of the system.
 */
export function localPlatform(machine: Machine = thisMachine()): Platform {
  const platform = { os: machine.os, architecture: machine.arch };
  if (machine.os === "windows") return normalizePlatform({ ...platform, "os.version": machine.release() });
  if (machine.os !== "linux") return normalizePlatform(platform);
  const variant = variantOf(machine.arch, machine.cpuinfo());
  return normalizePlatform(variant === undefined ? platform : { ...platform, variant });
}

/**
 * The platform that a flag names, `local` among them; undefined where the flag was not given.
 *
 * @throws {FerryError} PLATFORM_INVALID
 */
export function platformFlag(text: string | undefined): Platform | undefined {
  return text === undefined ? undefined : parsePlatform(text, localPlatform());
}

function thisMachine(): Machine {
  return {
    os: Deno.build.os,
    arch: Deno.build.arch,
    release: () => Deno.osRelease(),
    cpuinfo: () => {
      try {
        return readFileSync("/proc/cpuinfo", "utf8");
      } catch {
        return "";
      }
    },
  };
}

function variantOf(arch: string, cpuinfo: string): string | undefined {
  if (arch === "arm") {
    const version = /^CPU architecture\s*:\s*(\d+)/m.exec(cpuinfo)?.[1];
    return version === undefined ? undefined : `v${version}`;
  }
  if (arch !== "x86_64") return undefined;
  const flags = new Set(/^flags\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(/\s+/));
  let variant: string | undefined;
  for (const [level, wanted] of AMD64_LEVELS) {
    if (!wanted.every((flag) => flags.has(flag))) break;
    variant = level;
  }
  return variant;
}
