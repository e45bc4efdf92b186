/**
 * Runs other programs and stops with their output when they fail.
 *
 * @module
 */

/** Options of {@linkcode run}. */
export interface RunOptions {
  /** Working folder. */
  readonly cwd?: string;
  /** Environment variables besides the current ones; undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** What a program printed, and how it ended. */
export interface RunResult {
  /** Exit code. */
  readonly code: number;
  /** Standard output. */
  readonly stdout: string;
  /** Standard error. */
  readonly stderr: string;
}

/** Runs a program and takes its output. A program that does not exist ends with code 127. */
export async function tryRun(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const command = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    clearEnv: true,
    env: Object.fromEntries(
      Object.entries({ ...Deno.env.toObject(), ...options.env }).filter((pair): pair is [string, string] =>
        pair[1] !== undefined
      ),
    ),
  });
  const text = new TextDecoder();
  try {
    const { code, stdout, stderr } = await command.output();
    return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, stdout: "", stderr: `${program}: not found` };
  }
}

/** Runs a program; throws with its output when it fails, and otherwise gives its standard output. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await tryRun(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${stdout}${stderr}`);
  return stdout;
}
