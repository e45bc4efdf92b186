/**
 * Programs that run around an image; what it is about they find in their environment.
 *
 * @module
 */
import { type Context, FerryError } from "../../../src/mod.ts";
import type { Hook } from "../file/types.ts";

/** What a hook is told, as `FERRY_SYNC_*`. */
export interface HookFacts {
  /** Name of the step. */
  readonly step: string;
  /** Image at the source. */
  readonly source: string;
  /** Image at the target. */
  readonly target: string;
  /** Digest at the source. */
  readonly digest: string;
  /** Digest at the target before; "" where there was none. */
  readonly before: string;
}

/** Lines of a hook's output that go to the log at most. */
const LINES_MOST = 1000;

/**
 * Runs a hook. What it prints goes to the log, line by line.
 *
 * @throws {FerryError} POLICY where it fails, takes too long or cannot be started
 */
export async function runHook(
  context: Pick<Context, "log">,
  when: "pre" | "post" | "unchanged",
  hook: Hook,
  facts: HookFacts,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const [program = "", ...args] = hook.params;
  const env: Record<string, string> = { FERRY_SYNC_HOOK: when };
  for (const [name, value] of Object.entries(facts)) env[`FERRY_SYNC_${name.toUpperCase()}`] = value;
  const limit = new AbortController();
  const timer = hook.timeout === undefined ? undefined : setTimeout(() => limit.abort(), hook.timeout);
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program, {
      args,
      env,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: AbortSignal.any([signal, limit.signal]),
    }).spawn();
  } catch (cause) {
    clearTimeout(timer);
    throw new FerryError("POLICY", `Hook "${program}" could not be started`, {
      hint: "a hook is a program and its arguments, without a shell",
      cause,
    });
  }
  const say = (line: string) => context.log.info("Hook", { hook: when, step: facts.step, line });
  const [status] = await Promise.all([child.status, eachLine(child.stdout, say), eachLine(child.stderr, say)]);
  clearTimeout(timer);
  signal.throwIfAborted();
  if (limit.signal.aborted) {
    throw new FerryError("POLICY", `Hook "${program}" took longer than ${hook.timeout} ms and was ended`);
  }
  if (!status.success) throw new FerryError("POLICY", `Hook "${program}" ended with ${status.code}`);
}

async function eachLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>, say: (line: string) => void): Promise<void> {
  let rest = "";
  let lines = 0;
  const tell = (line: string) => {
    if (line !== "" && lines++ < LINES_MOST) say(line.slice(0, 4096));
  };
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split(/\r?\n/);
    // A line without end must not fill memory.
    rest = parts.pop()!.slice(0, 4096);
    for (const part of parts) tell(part);
  }
  tell(rest);
}
