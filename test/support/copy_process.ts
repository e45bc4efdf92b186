/** A copy in a process of its own, for tests that kill it or give it another environment: `deno run -A copy_process.ts JSON`. */
import type { RegistryHost } from "../../src/config/registry_host.ts";
import { copyImage, type CopyResult } from "../../src/copy/mod.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { credentialsOf, makeClient } from "./client.ts";

/** What the process is asked to do. */
export interface CopyTask {
  readonly source: Reference;
  readonly target: Reference;
  /** Settings of registries by name. */
  readonly hosts?: Readonly<Record<string, Partial<RegistryHost>>>;
  /** `user:password` by registry. */
  readonly users?: Readonly<Record<string, string>>;
  readonly referrers?: boolean;
  readonly digestTags?: boolean;
}

/** A running copy. */
export interface CopyProcess {
  /** Ends it without warning. */
  kill(): void;
  /** Waits for its end: what the copy brought, or undefined with what went wrong. */
  readonly done: Promise<{ readonly result: CopyResult | undefined; readonly error: string }>;
}

/** Starts a copy. The environment is this one's with `env` on top. */
export function spawnCopy(task: CopyTask, env: Readonly<Record<string, string>> = {}): CopyProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", import.meta.filename!, JSON.stringify(task)],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    env: { ...env },
  }).spawn();
  const done = child.output().then(({ stdout, stderr }) => {
    const text = new TextDecoder().decode(stdout).trim();
    return {
      result: text === "" ? undefined : JSON.parse(text) as CopyResult,
      error: new TextDecoder().decode(stderr),
    };
  });
  return {
    kill: () => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
    },
    done,
  };
}

if (import.meta.main) {
  const task: CopyTask = JSON.parse(Deno.args[0]!);
  const client = makeClient({
    ...(task.hosts === undefined ? {} : { hosts: task.hosts }),
    credentials: credentialsOf(task.users ?? {}),
    env: Deno.env.toObject(),
  });
  const layouts = createLayoutTransport();
  const transportOf = (reference: Reference) => reference.scheme === "reg" ? client.transport : layouts;
  const result = await copyImage({
    source: task.source,
    target: task.target,
    sourceTransport: transportOf(task.source),
    targetTransport: transportOf(task.target),
    referrers: task.referrers ?? false,
    digestTags: task.digestTags ?? false,
  });
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(result)));
  Deno.exit(0);
}
