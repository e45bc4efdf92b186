import assert from "node:assert/strict";
import { formatPlatform, normalizePlatform, parsePlatform, samePlatform } from "./platform.ts";

const LOCAL = { os: "linux", architecture: "amd64", variant: "v3" };

Deno.test("platforms are normalized as they are parsed", () => {
  const cases: Record<string, string> = {
    "linux/amd64": "linux/amd64",
    "Linux/AMD64": "linux/amd64",
    "linux/x86_64": "linux/amd64",
    "linux/x86-64": "linux/amd64",
    "linux/aarch64": "linux/arm64",
    "linux/arm64/v8": "linux/arm64",
    "linux/amd64/v1": "linux/amd64",
    "linux/amd64/v2": "linux/amd64/v2",
    "linux/arm": "linux/arm/v7",
    "linux/arm/7": "linux/arm/v7",
    "linux/armhf": "linux/arm/v7",
    "linux/armel": "linux/arm/v6",
    "linux/i386": "linux/386",
    "linux/i686": "linux/386",
    "macos/arm64": "darwin/arm64",
    "unknown/unknown": "unknown/unknown",
    "windows/amd64,osver=10.0.20348": "windows/amd64,osver=10.0.20348",
    "windows/amd64,osversion=10.0.20348": "windows/amd64,osver=10.0.20348",
    local: "linux/amd64/v3",
    "local/arm64": "linux/arm64",
    amd64: "linux/amd64/v3",
    x86_64: "linux/amd64/v3",
    arm64: "linux/arm64",
    armel: "linux/arm/v6",
    "arm/v6": "linux/arm/v6",
    linux: "linux/amd64/v3",
    windows: "windows/amd64/v3",
  };
  for (const [text, want] of Object.entries(cases)) {
    assert.equal(formatPlatform(parsePlatform(text, LOCAL)), want, text);
  }
});

Deno.test("texts that are no platform are refused with a hint", () => {
  for (
    const text of ["", " ", "*", "*/amd64", "linux/", "/amd64", "linux//v2", "linux/am d64", "a/b/c/d", "nonsense"]
      .concat(["linux/amd64,foo=1", "linux/amd64,x", "linux/amd64,osver"])
  ) {
    assert.throws(() => parsePlatform(text, LOCAL), (error: { code: string; hint: string }) => {
      assert.equal(error.code, "PLATFORM_INVALID");
      assert.match(error.hint, /linux\/amd64/);
      return true;
    });
  }
});

Deno.test("the same platform in other words is the same", () => {
  assert.ok(
    samePlatform({ os: "linux", architecture: "arm64" }, { os: "linux", architecture: "aarch64", variant: "v8" }),
  );
  assert.ok(!samePlatform({ os: "linux", architecture: "arm" }, { os: "linux", architecture: "arm", variant: "v6" }));
  assert.ok(
    !samePlatform({ os: "windows", architecture: "amd64", "os.features": ["win32k"] }, {
      os: "windows",
      architecture: "amd64",
    }),
  );
  assert.deepEqual(normalizePlatform({ os: "Linux", architecture: "ARM", "os.features": [] }), {
    os: "linux",
    architecture: "arm",
    variant: "v7",
  });
});
