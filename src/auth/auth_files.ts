/**
 * Where docker and podman keep credentials, read when they are first needed.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import { type DockerConfig, parseDockerConfig } from "./docker_config.ts";

/** A file, or an environment variable with a file's text. */
export interface AuthFile {
  /** Its path, or the variable's name. */
  readonly name: string;
  /** What it holds. */
  readonly config: DockerConfig;
}

/** Where files are looked for. */
export interface AuthFileOptions {
  /** Environment variables: DOCKER_AUTH_CONFIG, REGISTRY_AUTH_FILE, DOCKER_CONFIG, XDG_RUNTIME_DIR, XDG_CONFIG_HOME. */
  readonly env: (name: string) => string | undefined;
  /** Home folder, or "" where there is none. */
  readonly home: string;
  /** Told of files that cannot be read; they are ignored. */
  readonly warn?: (message: string) => void;
}

/**
 * Reads them in order of precedence: DOCKER_AUTH_CONFIG (a text), REGISTRY_AUTH_FILE, docker's config.json in DOCKER_CONFIG or
 * `~/.docker`, and without REGISTRY_AUTH_FILE podman's auth.json. Missing files are no error.
 */
export async function readAuthFiles(options: AuthFileOptions): Promise<AuthFile[]> {
  const files: AuthFile[] = [];
  const inline = options.env("DOCKER_AUTH_CONFIG") ?? "";
  if (inline.trim() !== "") take("DOCKER_AUTH_CONFIG", inline);
  for (const path of authFilePaths(options)) {
    let text: string;
    try {
      text = await Deno.readTextFile(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
        const why = error instanceof Deno.errors.PermissionDenied ? "no permission" : "it is not a readable file";
        options.warn?.(`Credentials in "${path}" are ignored: ${why}`);
      }
      continue;
    }
    if (text.trim() !== "") take(path, text);
  }
  return files;

  function take(name: string, text: string): void {
    try {
      files.push({ name, config: parseDockerConfig(text) });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      options.warn?.(`Credentials in "${name}" are ignored: ${error.message}`);
    }
  }
}

/** Paths that {@linkcode readAuthFiles} reads, best first. */
export function authFilePaths({ env, home }: AuthFileOptions): string[] {
  const set = (name: string) => env(name) || undefined;
  const paths: (string | undefined)[] = [];
  const explicit = set("REGISTRY_AUTH_FILE");
  paths.push(explicit);
  const docker = set("DOCKER_CONFIG") ?? (home === "" ? undefined : join(home, ".docker"));
  if (docker !== undefined) paths.push(join(docker, "config.json"));
  if (explicit === undefined) {
    const uid = Deno.build.os === "windows" ? undefined : Deno.uid();
    const runtime = set("XDG_RUNTIME_DIR");
    if (runtime !== undefined) paths.push(join(runtime, "containers", "auth.json"));
    else if (Deno.build.os === "linux") paths.push(`/run/containers/${uid}/auth.json`);
    const xdg = set("XDG_CONFIG_HOME");
    const config = xdg !== undefined && isAbsolute(xdg) ? xdg : home === "" ? undefined : join(home, ".config");
    if (config !== undefined) paths.push(join(config, "containers", "auth.json"));
  }
  return [...new Set(paths.filter((path) => path !== undefined))];
}
