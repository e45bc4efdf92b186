/** Runs the commands of a page as a person would type them, on a machine that has no network but its own loopback. */
import { join } from "node:path";
import { isInstalled, type ProgramResult, run } from "../support/programs.ts";

/** Why a process cannot be cut off from the network here, or undefined where it can. */
export function noIsolation(): string | undefined {
  if (Deno.build.os !== "linux") return "this is not Linux";
  if (Deno.uid() !== 0) return "not run as root";
  const missing = ["unshare", "ip", "bash", "tar", "sha256sum"].find((name) => !isInstalled(name));
  return missing === undefined ? noNamespaces() : `${missing} is not installed`;
}

/** Why processes cannot have namespaces of their own here, as in some containers; undefined where they can. */
export function noNamespaces(): string | undefined {
  const args = ["--net", "--mount", "--pid", "--fork", "true"];
  try {
    const { success } = new Deno.Command("unshare", { args, stdin: "null", stdout: "null", stderr: "null" })
      .outputSync();
    return success ? undefined : "this machine allows no namespaces";
  } catch {
    return "unshare is not installed";
  }
}

/** The shell commands of a page: its blocks that are marked as such, in order. */
export function commandsOf(page: string): string {
  return [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block).join("");
}

/**
 * Runs a script in `folder`, with nothing of this machine's environment. `before` runs first, outside of what is shown in errors;
 * whatever they start ends with them.
 */
export async function runAlone(folder: string, before: string, script: string): Promise<ProgramResult> {
  const file = join(folder, "script");
  await Deno.writeTextFile(file, `set -euo pipefail\nip link set lo up\n${before}\nset -x\n${script}`);
  const home = join(folder, "home");
  await Deno.mkdir(home);
  // A process namespace of its own: its first process takes all others along when it ends.
  const words = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "bash", file];
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  return await run("env", ["-i", path, `HOME=${home}`, `TMPDIR=${home}`, ...words], { cwd: folder });
}
