import assert from "node:assert/strict";
import type { Descriptor } from "./descriptor.ts";
import { parsePlatform, type Platform } from "./platform.ts";
import { findPlatform, isCompatible, selectPlatform } from "./platform_select.ts";

const LOCAL = { os: "linux", architecture: "amd64", variant: "v4" };

/** Entries of these platforms, as an index has them: not normalized. "-" is an entry without one. */
function entries(platforms: string): Descriptor[] {
  return platforms.split(" ").map((text, at) => {
    const descriptor = { mediaType: "application/vnd.oci.image.manifest.v1+json", digest: `sha256:${at}`, size: 1 };
    if (text === "-") return descriptor;
    const [name = "", version] = text.split(",");
    const [os = "", architecture = "", variant] = name.split("/");
    const platform: Platform = {
      os,
      architecture,
      ...(variant === undefined ? {} : { variant }),
      ...(version === undefined ? {} : { "os.version": version }),
    };
    return { ...descriptor, platform };
  });
}

/** Index, then what is wanted with the entry that the reference tool chooses; -1 for none. */
const CASES: readonly (readonly [string, Readonly<Record<string, number>>])[] = [
  [
    "linux/amd64 linux/amd64/v2 linux/amd64/v3 linux/arm/v6 linux/arm/v7 linux/arm/v5 linux/arm64 linux/arm64/v8 " +
    "linux/arm64/v9 linux/386 linux/s390x windows/amd64 darwin/arm64 unknown/unknown freebsd/amd64",
    {
      "linux/amd64": 0,
      "linux/amd64/v1": 0,
      "linux/amd64/v2": 1,
      "linux/amd64/v4": 2,
      "linux/arm": 4,
      "linux/arm/v5": 5,
      "linux/arm/v8": 4,
      "linux/arm64/v8": 6,
      "linux/arm64/v9": 8,
      "linux/i386": 9,
      "linux/ppc64le": -1,
      "windows/arm64": 6,
      "darwin/amd64": 0,
      "freebsd/arm64": -1,
      "unknown/unknown": 13,
      amd64: 2,
      local: 2,
      linux: 2,
      "linux/amd64,osver=1": 0,
    },
  ],
  [
    "windows/amd64,10.0.17763.1 windows/amd64,10.0.20348.5 windows/amd64,10.0.20348.7 windows/amd64 linux/amd64",
    {
      "windows/amd64": 3,
      "windows/amd64,osver=10.0.17763.99": 0,
      "windows/amd64,osver=10.0.20348": 2,
      "windows/amd64,osver=10.0.20348.4": 2,
      "windows/amd64,osver=10.0.9": 4,
      "windows/arm64": -1,
      "darwin/amd64": 4,
    },
  ],
  ["windows/amd64,10.0.17763.1 windows/amd64,10.0.20348.5 linux/amd64", { "windows/amd64": 1 }],
  [
    "- unknown/unknown linux/amd64/v3 linux/amd64/v2 linux/amd64 linux/arm/v7",
    { "linux/amd64": 4, "linux/amd64/v2": 3, "linux/amd64/v4": 2, "linux/arm64": -1, "linux/arm/v6": -1 },
  ],
  [
    "linux/amd64/v1 linux/amd64 linux/arm64/v8 linux/arm64 linux/arm linux/arm/v7",
    { "linux/amd64": 0, "linux/arm64": 2, "linux/arm/v7": 4, "linux/arm64/v9": 2 },
  ],
  [
    "linux/arm64/v9 linux/arm/v8 linux/arm/v5 linux/arm/v6 linux/amd64/v10 linux/amd64/v9 linux/386 linux/x86_64",
    {
      "linux/arm64": -1,
      "linux/arm": 3,
      "linux/amd64/v9": 5,
      "linux/amd64/v11": 4,
      "linux/amd64": 7,
      "linux/arm64/v10": 0,
    },
  ],
  [
    "freebsd/amd64,1 freebsd/amd64,2 linux/s390x/z13 linux/riscv64/x linux/amd64,3 linux/amd64,4",
    {
      "freebsd/amd64": 1,
      "freebsd/amd64,osver=3": 1,
      "linux/s390x": 2,
      "linux/s390x/z14": 2,
      "linux/riscv64/y": 3,
      "linux/amd64": 5,
      "linux/amd64,osver=3": 4,
    },
  ],
];

Deno.test("the entry that fits a platform best is chosen", () => {
  for (const [platforms, wanted] of CASES) {
    const list = entries(platforms);
    for (const [text, at] of Object.entries(wanted)) {
      const found = findPlatform(list, parsePlatform(text, LOCAL));
      assert.equal(found === undefined ? -1 : list.indexOf(found), at, `${text} of ${platforms}`);
    }
  }
});

Deno.test("a platform that is missing is told with those that exist", () => {
  assert.throws(() => selectPlatform(entries("linux/amd64 linux/arm64 unknown/unknown"), LOCAL_ARM), {
    code: "PLATFORM_UNKNOWN",
    message: 'Platform "linux/arm/v7" is not in the index',
    hint: "the index has linux/amd64, linux/arm64",
  });
  assert.throws(() => selectPlatform(entries("-"), LOCAL_ARM), { hint: "no entry of the index names a platform" });
});

const LOCAL_ARM = { os: "linux", architecture: "arm", variant: "v7" };

Deno.test("a host runs images of its own variant and below", () => {
  assert.ok(isCompatible(LOCAL, { os: "linux", architecture: "amd64" }));
  assert.ok(!isCompatible({ os: "linux", architecture: "amd64" }, LOCAL));
  assert.ok(!isCompatible({ os: "linux", architecture: "amd64" }, { os: "darwin", architecture: "amd64" }));
});
