/**
 * A registry to measure with: Debian's docker-registry on the loopback.
 *
 * @module
 */
import { join } from "node:path";
import { freePort, untilAnswers } from "./port.ts";

/** A registry that runs. */
export class LocalRegistry implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  /** Port on the loopback. */
  readonly port: number;

  private constructor(process: Deno.ChildProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.port = port;
  }

  /** Starts one that keeps its content in `folder`. */
  static async start(folder: string): Promise<LocalRegistry> {
    const port = freePort();
    const storage = join(folder, "storage");
    await Deno.mkdir(storage, { recursive: true });
    const config = join(folder, "config.yml");
    await Deno.writeTextFile(
      config,
      JSON.stringify({
        version: "0.1",
        log: { level: "error", accesslog: { disabled: true } },
        storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
        http: { addr: `127.0.0.1:${port}`, secret: "bench" },
      }),
    );
    const process = new Deno.Command("docker-registry", {
      args: ["serve", config],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const registry = new LocalRegistry(process, folder, port);
    try {
      await untilAnswers(`http://127.0.0.1:${port}/v2/`, process.status);
    } catch (error) {
      await registry[Symbol.asyncDispose]();
      throw error;
    }
    return registry;
  }

  /** Forgets everything. */
  async empty(): Promise<void> {
    await Deno.remove(join(this.#folder, "storage", "docker"), { recursive: true }).catch(() => {});
  }

  /** Stops it and removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true }).catch(() => {});
  }
}

const ACCEPT = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/** Digest of a tag, as the registry says it. */
export async function digestOfTag(port: number, repository: string, tag: string): Promise<string> {
  const url = `http://127.0.0.1:${port}/v2/${repository}/manifests/${tag}`;
  const answer = await fetch(url, { method: "HEAD", headers: { accept: ACCEPT } });
  return answer.headers.get("docker-content-digest") ?? `HTTP ${answer.status}`;
}
