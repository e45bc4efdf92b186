/**
 * A folder to show command lines in, and the servers that run meanwhile. Nothing of it is left at the end.
 *
 * @module
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Where a demo takes place. */
export class Stage implements AsyncDisposable {
  readonly #show: (text: string) => void;
  readonly #stderr: "inherit" | "null";
  readonly #children = new Set<Deno.ChildProcess>();
  #stopped = false;
  /** Current folder of every command. */
  readonly folder: string;

  private constructor(folder: string, show: (text: string) => void, stderr: "inherit" | "null") {
    this.folder = folder;
    this.#show = show;
    this.#stderr = stderr;
  }

  /** Makes the folder; `show` gets what a user would see on standard output. */
  static async open(show: (text: string) => void, stderr: "inherit" | "null" = "inherit"): Promise<Stage> {
    return new Stage(await Deno.makeTempDir({ prefix: "ferry-demo-" }), show, stderr);
  }

  /** Says in a sentence what comes. */
  say(text: string): void {
    this.#show(`\n# ${text}\n`);
  }

  /**
   * Runs a command line as a user would type it, and shows it with what it prints; gives what it printed on standard output.
   *
   * @throws {Error} when it fails
   */
  async ferry(line: string): Promise<string> {
    this.#show(`$ ferry ${line}\n`);
    const child = this.#spawn(line);
    try {
      const text = await new Response(child.stdout).text();
      this.#show(text);
      const { code } = await child.status;
      if (code !== 0) throw new Error(`ferry ${line} ended with exit code ${code}`);
      return text;
    } finally {
      this.#children.delete(child);
    }
  }

  /**
   * Starts a server that prints its address first; it runs until the end. Gives its `host:port`.
   *
   * @throws {Error} when it ends instead
   */
  async serve(line: string): Promise<string> {
    this.#show(`$ ferry ${line} &\n`);
    const reader = this.#spawn(line).stdout.getReader();
    const { value } = await reader.read();
    reader.releaseLock();
    if (value === undefined) throw new Error(`ferry ${line} ended at once`);
    const text = new TextDecoder().decode(value);
    this.#show(text);
    return new URL(text.trim()).host;
  }

  /** Ends everything that runs, at once: what is waited for fails. */
  stop(): void {
    this.#stopped = true;
    for (const child of this.#children) end(child, "SIGKILL");
  }

  #spawn(line: string): Deno.ChildProcess {
    if (this.#stopped) throw new Error("The demo was stopped");
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", MAIN, ...line.split(" ")],
      cwd: this.folder,
      // Nothing of the user's is read, no password and no setting.
      env: {
        FERRY_CONFIG: join(this.folder, "config.json"),
        DOCKER_CONFIG: this.folder,
        XDG_RUNTIME_DIR: this.folder,
        XDG_CONFIG_HOME: this.folder,
      },
      stdin: "null",
      stdout: "piped",
      stderr: this.#stderr,
    }).spawn();
    this.#children.add(child);
    return child;
  }

  /** Stops the servers and removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children) {
      end(child, "SIGTERM");
      await child.stdout.cancel().catch(() => {});
      await child.status;
    }
    await Deno.remove(this.folder, { recursive: true });
  }
}

function end(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
}
