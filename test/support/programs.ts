/** Programs that peer tests run: whether they are there, and one way to run them. */

/** What a program said. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** True when a program is installed: it can be started, whatever it says. */
export function isInstalled(name: string): boolean {
  try {
    const args = name === "openssl" ? ["version"] : ["--version"];
    new Deno.Command(name, { args, stdin: "null", stdout: "null", stderr: "null" }).outputSync();
    return true;
  } catch {
    return false;
  }
}

/** Options of {@linkcode run}. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: Uint8Array | string;
}

/** Runs a program to its end. */
export async function run(name: string, args: readonly string[], options: RunOptions = {}): Promise<ProgramResult> {
  const child = new Deno.Command(name, {
    args: [...args],
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  }).spawn();
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(typeof options.stdin === "string" ? new TextEncoder().encode(options.stdin) : options.stdin);
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  return { code, stdout: new TextDecoder().decode(stdout), stderr: new TextDecoder().decode(stderr) };
}

/** Runs a program that must succeed, and gives what it wrote to stdout. */
export async function runOk(name: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(name, args, options);
  if (result.code !== 0) throw new Error(`${name} ${args.join(" ")} ended with ${result.code}: ${result.stderr}`);
  return result.stdout;
}

/** Name and ignore flag of a test that needs programs: it is skipped with a plain sentence where one is missing. */
export function needs(name: string, ...programs: string[]): { name: string; ignore: boolean } {
  const missing = programs.filter((program) => !isInstalled(program));
  if (missing.length === 0) return { name, ignore: false };
  return { name: `${name} (skipped: ${missing.join(", ")} is not installed)`, ignore: true };
}
