/** A real terminal: tmux, with a server of its own for each test. */
import { run } from "../support/programs.ts";

/** Milliseconds that a screen may take to become what a test waits for; a busy machine is slow. */
const PATIENCE = 60_000;

/** A tmux window that runs one command; what it leaves on the screen stays when it has ended. */
export class Tmux implements AsyncDisposable {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** Starts a command line of the shell; its exit code is shown as `exit N` behind it. */
  static async start(command: string, columns: number, rows: number): Promise<Tmux> {
    const tmux = new Tmux(await Deno.makeTempDir({ prefix: "ferry-tmux-" }));
    const size = ["-x", `${columns}`, "-y", `${rows}`];
    // The shell outlives a Ctrl-C that was for the command.
    await tmux.#tell("new-session", "-d", ...size, `trap : INT; ${command}; echo "exit $?"; exec sleep 600`);
    return tmux;
  }

  /** Lines on the screen, with their colours when asked for. */
  async screen(colours = false): Promise<string[]> {
    return (await this.#tell("capture-pane", "-p", ...(colours ? ["-e"] : []))).trimEnd().split("\n");
  }

  /** Waits until the screen is as wanted and gives its lines. */
  async until(wanted: (lines: readonly string[]) => boolean): Promise<string[]> {
    const end = Date.now() + PATIENCE;
    for (;;) {
      const lines = await this.screen();
      if (wanted(lines)) return lines;
      if (Date.now() > end) throw new Error(`The screen is still\n${lines.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** True when the cursor is shown. */
  async cursor(): Promise<boolean> {
    return (await this.#tell("display-message", "-p", "#{cursor_flag}")).trim() === "1";
  }

  /** Gives the window another size. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#tell("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  /** Types keys, by tmux's names. */
  async keys(...names: string[]): Promise<void> {
    await this.#tell("send-keys", ...names);
  }

  /** Process that the window runs. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tell("kill-server").catch(() => {});
    await Deno.remove(this.#dir, { recursive: true });
  }

  async #tell(...args: string[]): Promise<string> {
    const { code, stderr, stdout } = await run("tmux", ["-u", "-f", "/dev/null", "-S", `${this.#dir}/socket`, ...args]);
    if (code !== 0) throw new Error(`tmux ${args[0]}: ${stderr}`);
    return stdout;
  }
}
