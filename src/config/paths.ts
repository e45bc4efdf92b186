/**
 * Where the configuration file is.
 *
 * @module
 */
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

/** Environment variables by name. */
export type Env = (name: string) => string | undefined;

/** The file to read. */
export interface ConfigPlaces {
  /** The file that a variable names: used even where it does not exist yet. */
  readonly explicit: string | undefined;
  /** Files to look for, in order; the first that exists is used. */
  readonly existing: readonly string[];
  /** Where a new file goes. */
  readonly fresh: string;
}

/** Options of {@linkcode configPlaces}. */
export interface ConfigPlacesOptions {
  /** Environment variables: FERRY_CONFIG, REGCTL_CONFIG, XDG_CONFIG_HOME, APPDATA. */
  readonly env: Env;
  /** Home folder. */
  readonly home: string;
  /** The name that the program was called by: `regctl` looks where regctl looks. */
  readonly as: "ferry" | "regctl";
  /** Operating system, as `Deno.build.os` names it. */
  readonly os?: string;
}

/**
 * Places of the configuration file. As ferry: FERRY_CONFIG, REGCTL_CONFIG, `ferry/config.json` in the configuration folder, then
 * where regctl has its own; a new one goes to the configuration folder. As regctl: REGCTL_CONFIG, then where regctl looks.
 */
export function configPlaces({ env, home, as, os = Deno.build.os }: ConfigPlacesOptions): ConfigPlaces {
  const folder = configFolder(env, home, os);
  const regctl = join(home, ".regctl", "config.json");
  const ferry = join(folder, "ferry", "config.json");
  const existing = [join(folder, "regctl", "config.json"), regctl];
  const named = (as === "ferry" ? env("FERRY_CONFIG") : "") || env("REGCTL_CONFIG") || undefined;
  return {
    explicit: named === undefined ? undefined : resolve(named),
    existing: as === "ferry" ? [ferry, ...existing] : existing,
    fresh: as === "ferry" ? ferry : regctl,
  };
}

/** The person's home folder, "" where there is none. */
export function homeFolder(env: Env): string {
  const named = Deno.build.os === "windows" ? env("USERPROFILE") : env("HOME");
  if (named) return named;
  try {
    return homedir() ?? "";
  } catch {
    return "";
  }
}

/** XDG_CONFIG_HOME, on Windows APPDATA; a relative XDG_CONFIG_HOME does not count (XDG base directory specification). */
function configFolder(env: Env, home: string, os: string): string {
  const xdg = env("XDG_CONFIG_HOME");
  if (xdg && isAbsolute(xdg)) return xdg;
  if (os === "windows") return env("APPDATA") || join(home, "AppData", "Roaming");
  return join(home, ".config");
}
