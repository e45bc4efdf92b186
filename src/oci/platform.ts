/**
 * Platforms: what an image runs on (image-spec, image-index.md, "platform").
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/** A platform (image-spec, image-index.md, "platform"). */
export interface Platform {
  /** Operating system, as in GOOS. */
  readonly os: string;
  /** CPU architecture, as in GOARCH. */
  readonly architecture: string;
  /** Variant of the CPU, for example `v7`. */
  readonly variant?: string;
  /** Version of the operating system. */
  readonly "os.version"?: string;
  /** Features of the operating system. */
  readonly "os.features"?: readonly string[];
}

const SYSTEMS: ReadonlySet<string> = new Set(
  ("aix android darwin dragonfly freebsd illumos ios js linux macos netbsd openbsd plan9 solaris wasip1 windows zos")
    .split(" "),
);
const ARCHITECTURES: ReadonlySet<string> = new Set(
  ("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv riscv64 s390x sparc64 wasm " +
    "i386 i686 x86_64 x86-64 aarch64 armhf armel").split(" "),
);
const ARCHITECTURE_NAMES: Readonly<Record<string, { readonly architecture: string; readonly variant?: string }>> = {
  i386: { architecture: "386" },
  i686: { architecture: "386" },
  x86_64: { architecture: "amd64" },
  "x86-64": { architecture: "amd64" },
  aarch64: { architecture: "arm64" },
  armhf: { architecture: "arm", variant: "v7" },
  armel: { architecture: "arm", variant: "v6" },
};
const SYSTEM_NAMES: Readonly<Record<string, string>> = { macos: "darwin" };
/** Variants that are what the architecture means without one, and the one that 32-bit arm means. */
const PLAIN_VARIANTS: Readonly<Record<string, string>> = { amd64: "v1", arm64: "v8" };
const ARM_VARIANT = "v7";
const COMPONENT = /^[a-z0-9_.-]+$/;
const FORM = "write os/architecture[/variant][,osver=version], such as linux/amd64 or linux/arm/v7, or local";

/**
 * Parses `os/architecture[/variant][,osver=version]`, `local`, a lone architecture or a lone operating system; what is
 * left out comes from `local`. The result is normalized.
 *
 * @throws {FerryError} PLATFORM_INVALID
 *
 * @example
 * ```ts
 * import { formatPlatform, parsePlatform } from "./platform.ts";
 * const local = { os: "linux", architecture: "amd64", variant: "v3" };
 * if (formatPlatform(parsePlatform("aarch64", local)) !== "linux/arm64") throw new Error("not parsed");
 * ```
 */
export function parsePlatform(text: string, local: Platform): Platform {
  const [name = "", ...options] = text.trim().split(",");
  const parts = name.toLowerCase().split("/");
  if (text.trim() === "") throw invalid(text, "it is empty");
  const bad = parts.find((part) => !COMPONENT.test(part));
  if (bad !== undefined) throw invalid(text, bad === "" ? "a part is empty" : `"${bad}" is no part of a platform`);
  if (parts.length > 3) throw invalid(text, "it has more than three parts");
  const version = options.length === 0 ? undefined : optionOf(text, options);
  const platform = fromParts(parts, local);
  return normalizePlatform(version === undefined ? platform : { ...platform, "os.version": version });
}

/** The text of a platform: `linux/arm/v7`, `windows/amd64,osver=10.0.20348`. */
export function formatPlatform(platform: Platform): string {
  const { os, architecture, variant, "os.version": version } = platform;
  const parts = [os, architecture, variant].filter((part) => part !== undefined && part !== "");
  return parts.join("/") + (version === undefined || version === "" ? "" : `,osver=${version}`);
}

/** The same platform in the specs' words: lower case, `x86_64` is `amd64`, `arm64/v8` is `arm64`, `arm` is `arm/v7`. */
export function normalizePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const given = platform.architecture.toLowerCase();
  const named = Object.hasOwn(ARCHITECTURE_NAMES, given) ? ARCHITECTURE_NAMES[given] : undefined;
  const architecture = named?.architecture ?? given;
  const { variant: _variant, "os.version": version, "os.features": features, ...rest } = platform;
  const variant = normalizeVariant(architecture, named?.variant ?? platform.variant?.toLowerCase() ?? "");
  return {
    ...rest,
    os: Object.hasOwn(SYSTEM_NAMES, os) ? SYSTEM_NAMES[os]! : os,
    architecture,
    ...(variant === "" ? {} : { variant }),
    ...(version === undefined || version === "" ? {} : { "os.version": version }),
    ...(features === undefined || features.length === 0 ? {} : { "os.features": features }),
  };
}

/** True when both name the same platform once normalized. */
export function samePlatform(a: Platform, b: Platform): boolean {
  const [x, y] = [normalizePlatform(a), normalizePlatform(b)];
  const featuresOf = (platform: Platform) => [...(platform["os.features"] ?? [])].sort().join("\n");
  return formatPlatform(x) === formatPlatform(y) && featuresOf(x) === featuresOf(y);
}

function normalizeVariant(architecture: string, variant: string): string {
  const text = /^\d+$/.test(variant) ? `v${variant}` : variant;
  if (architecture === "arm" && text === "") return ARM_VARIANT;
  return PLAIN_VARIANTS[architecture] === text ? "" : text;
}

function fromParts(parts: readonly string[], local: Platform): Platform {
  const [first = "", second, third] = parts;
  if (second === undefined) {
    if (first === "local") return local;
    if (ARCHITECTURES.has(first)) return withLocalVariant({ os: local.os, architecture: first }, local);
    if (SYSTEMS.has(first)) return withLocalVariant({ os: first, architecture: local.architecture }, local);
    throw invalid(parts.join("/"), `"${first}" is neither an operating system nor an architecture`);
  }
  if (third === undefined && ARCHITECTURES.has(first) && !SYSTEMS.has(first)) {
    return { os: local.os, architecture: first, variant: second };
  }
  const os = first === "local" ? local.os : first;
  return { os, architecture: second, ...(third === undefined ? {} : { variant: third }) };
}

function withLocalVariant(platform: Platform, local: Platform): Platform {
  const [named, here] = [normalizePlatform(platform), normalizePlatform(local)];
  const same = named.architecture === here.architecture &&
    ARCHITECTURE_NAMES[platform.architecture]?.variant === undefined;
  return same && here.variant !== undefined ? { ...named, variant: here.variant } : platform;
}

function optionOf(text: string, options: readonly string[]): string {
  let version = "";
  for (const option of options) {
    const [key = "", value] = option.split("=", 2);
    if (!["osver", "osversion"].includes(key.trim()) || value === undefined) {
      throw invalid(text, `"${option}" is no option of a platform`);
    }
    version = value.trim();
  }
  return version;
}

function invalid(text: string, what: string): FerryError {
  return new FerryError("PLATFORM_INVALID", `Platform ${JSON.stringify(text.slice(0, 200))} is not valid: ${what}`, {
    hint: FORM,
  });
}
