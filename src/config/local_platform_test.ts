import assert from "node:assert/strict";
import { formatPlatform } from "../oci/platform.ts";
import { localPlatform } from "./local_platform.ts";

const V2 = "cx16 lahf_lm popcnt sse4_1 sse4_2 ssse3";
const V3 = `${V2} avx avx2 bmi1 bmi2 f16c fma abm movbe`;
const V4 = `${V3} avx512f avx512bw avx512cd avx512dq avx512vl`;

function onMachine(os: string, arch: string, cpuinfo = "", release = ""): string {
  return formatPlatform(localPlatform({ os, arch, cpuinfo: () => cpuinfo, release: () => release }));
}

Deno.test("the local platform has the CPU's level on Linux and the system's version on Windows", () => {
  assert.equal(onMachine("linux", "x86_64"), "linux/amd64");
  assert.equal(onMachine("linux", "x86_64", `processor : 0\nflags\t\t: fpu ${V2} x\n`), "linux/amd64/v2");
  assert.equal(onMachine("linux", "x86_64", `flags : ${V3}`), "linux/amd64/v3");
  assert.equal(onMachine("linux", "x86_64", `flags : ${V4}`), "linux/amd64/v4");
  assert.equal(onMachine("linux", "x86_64", `flags : ${V4.replace("avx2", "")}`), "linux/amd64/v2");
  assert.equal(onMachine("linux", "aarch64", "CPU architecture: 8"), "linux/arm64");
  assert.equal(onMachine("linux", "arm", "CPU architecture: 6\n"), "linux/arm/v6");
  assert.equal(onMachine("darwin", "aarch64"), "darwin/arm64");
  assert.equal(onMachine("windows", "x86_64", "", "10.0.20348"), "windows/amd64,osver=10.0.20348");
});

Deno.test("this machine has a local platform", () => {
  const platform = localPlatform();
  assert.equal(platform.os, Deno.build.os);
  assert.ok(["amd64", "arm64"].includes(platform.architecture));
});
