/**
 * Registries to measure with, on the loopback: Debian's docker-registry, olareg, and the program's own.
 *
 * @module
 */
import { join } from "node:path";
import { freePort, untilAnswers } from "./port.ts";

/** A kind of registry. */
export interface RegistryKind {
  /** Name as the table shows it: that of its program. */
  readonly name: string;
  /** The command line of one that listens on a port of the loopback, and may write its settings into `folder`. */
  readonly words: (where: { readonly folder: string; readonly storage: string; readonly port: number }) => string[];
}

/** Debian's docker-registry. */
export const DOCKER_REGISTRY: RegistryKind = {
  name: "docker-registry",
  words: ({ folder, storage, port }) => {
    const config = join(folder, "config.yml");
    const settings = {
      version: "0.1",
      log: { level: "error", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
      http: { addr: `127.0.0.1:${port}`, secret: "bench" },
    };
    Deno.writeTextFileSync(config, JSON.stringify(settings));
    return ["docker-registry", "serve", config];
  },
};

/** olareg. */
export const OLAREG: RegistryKind = {
  name: "olareg",
  words: ({ storage, port }) => ["olareg", "serve", "--dir", storage, "--addr", "127.0.0.1", "--port", String(port)],
};

/** `serve` of a program. */
export function ownRegistry(program: string): RegistryKind {
  return {
    name: "ferry",
    words: ({ storage, port }) => [program, "serve", "--dir", storage, "--port", String(port), "--delete"],
  };
}

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

  /** Starts one that keeps its content in `folder`; `answers` waits until it is ready. */
  static async start(
    folder: string,
    kind: RegistryKind = DOCKER_REGISTRY,
    answers: (url: string, ended: Promise<unknown>) => Promise<void> = untilAnswers,
  ): Promise<LocalRegistry> {
    const port = freePort();
    const storage = join(folder, "storage");
    await Deno.mkdir(storage, { recursive: true });
    const [program = "", ...args] = kind.words({ folder, storage, port });
    const command = new Deno.Command(program, { args, stdin: "null", stdout: "null", stderr: "null" });
    const process = command.spawn();
    const registry = new LocalRegistry(process, folder, port);
    try {
      await answers(`http://127.0.0.1:${port}/v2/`, process.status);
    } catch (error) {
      await registry[Symbol.asyncDispose]();
      throw error;
    }
    return registry;
  }

  /** Most memory resident at a time until now (VmHWM), in MiB. */
  get peak(): number {
    const status = Deno.readTextFileSync(`/proc/${this.#process.pid}/status`);
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
  }

  /** Folder that it keeps its content in. */
  get storage(): string {
    return join(this.#folder, "storage");
  }

  /** Forgets everything. */
  async empty(): Promise<void> {
    const { storage } = this;
    for await (const { name } of Deno.readDir(storage)) await Deno.remove(join(storage, name), { recursive: true });
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
