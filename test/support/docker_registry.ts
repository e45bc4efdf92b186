/** Debian's docker-registry (CNCF distribution 2.8) as a peer. */
import type { ServerCertificate } from "./http_server.ts";
import { isInstalled, runOk } from "./programs.ts";

/** How to start it. */
export interface DockerRegistryOptions {
  readonly certificate?: ServerCertificate;
  /** Authority whose client certificates it wants, PEM. */
  readonly clientCa?: string;
  readonly htpasswd?: { readonly username: string; readonly password: string };
  /** Token authentication: realm, service, issuer and the certificate of who signs, PEM. */
  readonly token?: { readonly realm: string; readonly service: string; readonly issuer: string; readonly cert: string };
  /** Deletes; true where not given. */
  readonly delete?: boolean;
  /** Checks of manifests (urls, layers); true where not given. */
  readonly validation?: boolean;
}

/** True when docker-registry is installed. */
export function hasDockerRegistry(): boolean {
  return isInstalled("docker-registry");
}

const TRIES = 4;
const READY_MILLISECONDS = 30_000;

/** A running docker-registry with a folder of its own. */
export class DockerRegistry implements AsyncDisposable {
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** Folder that it stores in. */
  readonly storage: string;
  readonly #dir: string;
  readonly #child: Deno.ChildProcess;
  readonly #log: Promise<string>;

  private constructor(dir: string, storage: string, host: string, child: Deno.ChildProcess, log: Promise<string>) {
    this.#dir = dir;
    this.storage = storage;
    this.host = host;
    this.#child = child;
    this.#log = log;
  }

  /** Starts one and waits until it answers. */
  static async start(options: DockerRegistryOptions = {}): Promise<DockerRegistry> {
    const dir = await Deno.makeTempDir({ prefix: "ferry-registry-" });
    try {
      for (let attempt = 1;; attempt++) {
        const registry = await DockerRegistry.#launch(dir, options);
        if (await registry.#isReady(options.certificate !== undefined)) return registry;
        const log = await registry.#end();
        // Another process may have taken the port between our asking for it and the registry's.
        if (attempt === TRIES || !/address already in use/.test(log)) throw new Error(`docker-registry: ${log}`);
      }
    } catch (error) {
      await Deno.remove(dir, { recursive: true });
      throw error;
    }
  }

  static async #launch(dir: string, options: DockerRegistryOptions): Promise<DockerRegistry> {
    const storage = `${dir}/storage`;
    const host = `127.0.0.1:${freePort()}`;
    await Deno.writeTextFile(`${dir}/config.yml`, JSON.stringify(await configuration(dir, storage, host, options)));
    const child = new Deno.Command("docker-registry", {
      args: ["serve", `${dir}/config.yml`],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
      env: { OTEL_TRACES_EXPORTER: "none" },
    }).spawn();
    return new DockerRegistry(dir, storage, host, child, new Response(child.stderr).text());
  }

  /** Kills it without warning, as a crash does. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It ended by itself.
    }
    await this.#child.status;
  }

  /** Ends it and removes its folder. */
  async close(): Promise<void> {
    await this.#end();
    await Deno.remove(this.#dir, { recursive: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #end(): Promise<string> {
    await this.kill();
    return await this.#log;
  }

  /** True once it answers TLS or HTTP; false when it ended instead. */
  async #isReady(secure: boolean): Promise<boolean> {
    let ended = false;
    this.#child.status.then(() => ended = true);
    const until = Date.now() + READY_MILLISECONDS;
    while (!ended && Date.now() < until) {
      if (await answers(this.host, secure)) return true;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return false;
  }
}

async function answers(host: string, secure: boolean): Promise<boolean> {
  const [hostname = "", port = ""] = host.split(":");
  try {
    using conn = await Deno.connect({ hostname, port: Number(port) });
    if (secure) return true;
    await conn.write(new TextEncoder().encode(`GET /v2/ HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`));
    const count = await conn.read(new Uint8Array(1024));
    return count !== null && count > 0;
  } catch {
    return false;
  }
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

async function configuration(
  dir: string,
  storage: string,
  host: string,
  options: DockerRegistryOptions,
): Promise<Record<string, unknown>> {
  const { certificate, clientCa, htpasswd, token } = options;
  const http: Record<string, unknown> = { addr: host, secret: "not-so-secret" };
  if (certificate !== undefined) {
    const tls: Record<string, unknown> = {
      certificate: await file(dir, "server.crt", certificate.cert),
      key: await file(dir, "server.key", certificate.key),
    };
    if (clientCa !== undefined) tls.clientcas = [await file(dir, "clients.crt", clientCa)];
    http.tls = tls;
  }
  const config: Record<string, unknown> = {
    version: "0.1",
    log: { accesslog: { disabled: true }, level: "warn" },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: options.delete ?? true } },
    http,
  };
  if (htpasswd !== undefined) {
    const line = await runOk("htpasswd", ["-nbBC", "4", htpasswd.username, htpasswd.password]);
    config.auth = { htpasswd: { realm: "peer", path: await file(dir, "htpasswd", line) } };
  }
  if (token !== undefined) {
    const { realm, service, issuer, cert } = token;
    config.auth = { token: { realm, service, issuer, rootcertbundle: await file(dir, "token.crt", cert) } };
  }
  if (options.validation === false) config.validation = { disabled: true };
  return config;
}

async function file(dir: string, name: string, text: string): Promise<string> {
  const path = `${dir}/${name}`;
  await Deno.writeTextFile(path, text);
  return path;
}
