/**
 * Choice of an entry of an index for a platform (image-spec, image-index.md, "manifests").
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Descriptor } from "./descriptor.ts";
import { formatPlatform, normalizePlatform, type Platform, samePlatform } from "./platform.ts";

/** Systems whose hosts also run Linux images. */
const RUNS_LINUX: ReadonlySet<string> = new Set(["darwin", "windows"]);
const WINDOWS_VERSION_PARTS = 3;

/** True when a host of platform `host` runs images of platform `image`. */
export function isCompatible(host: Platform, image: Platform): boolean {
  const [h, i] = [normalizePlatform(host), normalizePlatform(image)];
  if (h.architecture !== i.architecture || variantNumber(i) > variantNumber(h)) return false;
  if (h.os === i.os) return h.os !== "windows" || sameWindows(h["os.version"], i["os.version"]);
  return i.os === "linux" && RUNS_LINUX.has(h.os);
}

/**
 * The entry that fits best: one of exactly this platform, else the best that it runs: of its own system before Linux,
 * of the highest variant, of the same or else the highest version of the system; the first of equals. Entries without
 * a platform are never chosen.
 *
 * @throws {FerryError} PLATFORM_UNKNOWN, with the platforms that exist
 *
 * @example
 * ```ts
 * import { selectPlatform } from "./platform_select.ts";
 * const entries = [
 *   { mediaType: "m", digest: "a", size: 1, platform: { os: "linux", architecture: "amd64" } },
 *   { mediaType: "m", digest: "b", size: 1, platform: { os: "linux", architecture: "arm", variant: "v6" } },
 * ];
 * const chosen = selectPlatform(entries, { os: "linux", architecture: "arm", variant: "v7" });
 * if (chosen.digest !== "b") throw new Error("not chosen");
 * ```
 */
export function selectPlatform(descriptors: readonly Descriptor[], wanted: Platform): Descriptor {
  const found = findPlatform(descriptors, wanted);
  if (found !== undefined) return found;
  const platforms = new Set(
    descriptors.flatMap(({ platform }) => platform === undefined ? [] : formatPlatform(platform)),
  );
  platforms.delete("unknown/unknown");
  const list = [...platforms].join(", ");
  throw new FerryError("PLATFORM_UNKNOWN", `Platform "${formatPlatform(wanted)}" is not in the index`, {
    hint: list === "" ? "no entry of the index names a platform" : `the index has ${list}`,
  });
}

/** As {@linkcode selectPlatform}, undefined where nothing fits. */
export function findPlatform(descriptors: readonly Descriptor[], wanted: Platform): Descriptor | undefined {
  let best: { readonly descriptor: Descriptor; readonly platform: Platform } | undefined;
  for (const descriptor of descriptors) {
    const { platform } = descriptor;
    if (platform === undefined || platform === null || typeof platform.os !== "string") continue;
    if (typeof platform.architecture !== "string") continue;
    if (samePlatform(platform, wanted)) return descriptor;
    if (!isCompatible(wanted, platform)) continue;
    if (best === undefined || isBetter(wanted, platform, best.platform)) best = { descriptor, platform };
  }
  return best?.descriptor;
}

function isBetter(wanted: Platform, a: Platform, b: Platform): boolean {
  const [want, x, y] = [normalizePlatform(wanted), normalizePlatform(a), normalizePlatform(b)];
  if (x.os !== y.os) return x.os === want.os;
  const variants = variantNumber(x) - variantNumber(y);
  if (variants !== 0) return variants > 0;
  const version = want["os.version"] ?? "";
  const [vx, vy] = [x["os.version"] ?? "", y["os.version"] ?? ""];
  if ((vx === version) !== (vy === version)) return vx === version;
  return compareVersions(vx, vy) > 0;
}

function variantNumber(platform: Platform): number {
  const match = /^v(\d+)(?:\.(\d+))?$/.exec(platform.variant ?? "");
  return match === null ? 0 : Number(match[1]) + Number(match[2] ?? 0) / 1000;
}

function sameWindows(host: string | undefined, image: string | undefined): boolean {
  if (host === undefined || host === "") return true;
  const parts = (version: string) => version.split(".").slice(0, WINDOWS_VERSION_PARTS).join(".");
  return image !== undefined && parts(host) === parts(image);
}

function compareVersions(a: string, b: string): number {
  const [x, y] = [a.split("."), b.split(".")];
  for (let at = 0; at < Math.max(x.length, y.length); at++) {
    const [m, n] = [Number(x[at] ?? 0), Number(y[at] ?? 0)];
    if (m !== n && !Number.isNaN(m) && !Number.isNaN(n)) return m - n;
  }
  return a < b ? -1 : a > b ? 1 : 0;
}
