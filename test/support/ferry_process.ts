/** The program in a process of its own, for tests that kill it. */
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** A command line as a process. */
export function spawnFerry(args: readonly string[], stdout: "piped" | "null" = "null"): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", MAIN, ...args],
    stdin: "null",
    stdout,
    stderr: "null",
  }).spawn();
}

/** A server that can be killed. */
export interface ServeProcess {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  /** Ends it without warning. */
  kill(): Promise<void>;
}

/** Starts a server over a folder and waits until it listens. */
export async function spawnServe(dir: string, ...flags: string[]): Promise<ServeProcess> {
  const child = spawnFerry(["serve", "--dir", dir, "--port", "0", "--print-url", ...flags], "piped");
  const reader = child.stdout.getReader();
  const { value } = await reader.read();
  const kill = async () => {
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
  };
  if (value === undefined) {
    await child.status;
    await reader.cancel();
    throw new Error(`serve --dir ${dir} ended at once`);
  }
  return { url: new TextDecoder().decode(value).trim(), kill };
}
