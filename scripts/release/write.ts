/**
 * Writes what belongs to a release beside its programs: digests, bills of materials, licenses, and how it was built.
 *
 * @module
 */
import { join } from "node:path";
import { tryRun } from "../build/command.ts";
import type { Build, Program } from "../build/programs.ts";
import { programName } from "../build/targets.ts";
import { type Component, npmComponents, runtimeComponent, type Subject } from "./component.ts";
import { cycloneDx } from "./cyclonedx.ts";
import { notices } from "./notices.ts";
import { type Material, provenance, publicSource } from "./provenance.ts";
import { spdx } from "./spdx.ts";
import { sha256Of, writeSums } from "./sums.ts";

/** Names of the files of a release besides the programs. */
export const RELEASE_FILE = {
  spdx: "ferry.spdx.json",
  cycloneDx: "ferry.cdx.json",
  provenance: "ferry.intoto.json",
  notices: "THIRD_PARTY_NOTICES.txt",
} as const;

/** The time of a build of which no better one is known. */
const LONG_AGO = "1970-01-01T00:00:00Z";

/** Writes the files into the folder that has the programs. */
export async function writeRelease(root: string, folder: string, build: Build): Promise<void> {
  const subject = subjectOf(build.texts);
  const packages = await npmComponents(root, build.packages);
  const components = [runtimeComponent(), ...packages];
  const write = (name: string, text: string) => Deno.writeTextFile(join(folder, name), text);
  await write(RELEASE_FILE.spdx, spdx(subject, components));
  await write(RELEASE_FILE.cycloneDx, cycloneDx(subject, components));
  await write(RELEASE_FILE.notices, await notices(build.packages));
  await write(RELEASE_FILE.provenance, await statement(root, build, packages));
  await writeSums(folder);
}

/** What a build is, for bills of materials. */
export function subjectOf(texts: Readonly<Record<string, string>>, mark = ""): Subject {
  return {
    name: "ferry",
    version: texts.FERRY_VERSION ?? "",
    commit: texts.FERRY_COMMIT ?? "",
    date: texts.FERRY_DATE || LONG_AGO,
    mark,
  };
}

/** Address of the repository as everybody may see it: FERRY_SOURCE, or where git got it from. */
export async function sourceOf(root: string): Promise<string | undefined> {
  const given = Deno.env.get("FERRY_SOURCE");
  if (given) return publicSource(given);
  const { code, stdout } = await tryRun("git", ["-C", root, "remote", "get-url", "origin"]);
  return code === 0 ? publicSource(stdout.trim()) : undefined;
}

async function statement(root: string, build: Build, packages: readonly Component[]): Promise<string> {
  const subjects = await Promise.all(
    build.programs.map(async ({ target, file }) => ({ name: programName(target), sha256: await sha256Of(file) })),
  );
  return provenance({
    subjects,
    commit: build.texts.FERRY_COMMIT ?? "",
    state: build.texts.FERRY_STATE ?? "",
    source: await sourceOf(root),
    parameters: { targets: build.programs.map(({ target }) => target.name) },
    materials: [
      ...await Promise.all(build.programs.map(runtimeMaterial)),
      ...packages.map(({ purl, sha512 }) => ({ uri: purl, digest: sha512 === undefined ? {} : { sha512 } })),
    ],
    builder: Deno.env.get("FERRY_BUILDER") || "urn:ferry:builder:unknown",
  });
}

/** The runtime of a program. Deno's own download is not seen here: its digest is not known. */
async function runtimeMaterial({ runtime, target }: Program): Promise<Material> {
  return {
    uri: `pkg:github/denoland/deno@v${Deno.version.deno}?file=denort-${target.triple}`,
    digest: runtime.file === undefined ? {} : { sha256: await sha256Of(runtime.file) },
  };
}
