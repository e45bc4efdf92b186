/**
 * What is baked into a build: version, commit and date.
 *
 * @module
 */
import { join } from "node:path";
import { tryRun } from "./command.ts";

/** Texts by the names that `src/version.ts` declares. */
export async function stamp(root: string): Promise<Readonly<Record<string, string>>> {
  const { version } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const git = async (...args: string[]) => {
    const { code, stdout } = await tryRun("git", ["-C", root, ...args], { env: { GIT_OPTIONAL_LOCKS: "0" } });
    return code === 0 ? stdout.trim() : undefined;
  };
  const commit = await git("rev-parse", "HEAD");
  const changes = commit === undefined ? undefined : await git("status", "--porcelain");
  const epoch = Deno.env.get("SOURCE_DATE_EPOCH") || await git("log", "-1", "--format=%ct");
  return {
    FERRY_VERSION: String(version),
    FERRY_COMMIT: commit ?? "",
    FERRY_STATE: changes === undefined ? "" : changes === "" ? "clean" : "dirty",
    FERRY_DATE: epoch === undefined ? "" : isoSeconds(epoch),
  };
}

/** Seconds since 1970 as `2024-01-02T03:04:05Z`. */
export function isoSeconds(epoch: string): string {
  if (!/^\d{1,11}$/.test(epoch)) throw new Error(`SOURCE_DATE_EPOCH is not a number of seconds: "${epoch}"`);
  return new Date(Number(epoch) * 1000).toISOString().replace(/\.\d+Z$/, "Z");
}
