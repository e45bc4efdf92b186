/**
 * Names of registries as files and people write them.
 *
 * @module
 */

/** Registry name of Docker Hub. */
export const DOCKER_HUB = "docker.io";
/** What docker's helpers and files call Docker Hub. */
export const DOCKER_HUB_SERVER = "https://index.docker.io/v1/";

const HUB_ALIASES: ReadonlySet<string> = new Set([
  DOCKER_HUB,
  "index.docker.io",
  "registry-1.docker.io",
  "registry.docker.io",
]);

/**
 * The registry name that a text stands for: without scheme, `/v1`, `/v2` and trailing slashes; `docker.io` for its aliases.
 *
 * @example
 * ```ts
 * import { registryName } from "./registry_name.ts";
 * if (registryName("https://index.docker.io/v1/") !== "docker.io") throw new Error();
 * if (registryName("http://localhost:5000/") !== "localhost:5000") throw new Error();
 * ```
 */
export function registryName(text: string): string {
  const name = text.trim().replace(/^https?:\/\//i, "").replace(/\/+$/, "").replace(/\/v[12]$/, "");
  return HUB_ALIASES.has(name.toLowerCase()) ? DOCKER_HUB : name;
}
