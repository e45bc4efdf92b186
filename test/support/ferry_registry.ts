/** This project's own server as the registry of tests: inside the test's process, on a free port, over a temporary folder. */
import assert from "node:assert/strict";
import { ANONYMOUS_READS, createAuthority, USERS_ONLY } from "../../src/serve/access/authority.ts";
import { hashPassword } from "../../src/serve/access/bcrypt.ts";
import type { Guard } from "../../src/serve/access/guard.ts";
import { parseHtpasswd, PasswordChecker } from "../../src/serve/access/htpasswd.ts";
import { Tokens } from "../../src/serve/access/tokens.ts";
import { Registry, type RegistryOptions } from "../../src/serve/registry.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/serve/server.ts";
import type { ServerCertificate } from "./http_server.ts";

/** How to start it. */
export interface FerryRegistryOptions {
  readonly registry?: Partial<RegistryOptions>;
  readonly server?: Partial<ServerOptions>;
  readonly certificate?: ServerCertificate;
  /** The one user; nobody else may change anything. */
  readonly user?: RegistryUser;
}

/** A user of a registry. */
export interface RegistryUser {
  readonly username: string;
  readonly password: string;
  /** How the user shows who it is. */
  readonly by: "password" | "token";
  /** Everybody may read; only the user where not given. */
  readonly anonymousReads?: boolean;
}

/** A registry of one test. */
export class FerryRegistry implements AsyncDisposable {
  /** Failures of the server itself; there must be none at the end. */
  readonly failures: unknown[] = [];
  /** What is served. */
  registry!: Registry;
  #server: RunningServer | undefined;

  /** Nothing is started yet. */
  protected constructor(
    /** Folder with one layout a repository. */
    readonly dir: string,
    readonly options: FerryRegistryOptions,
  ) {}

  /** Makes a folder and starts a registry over it. */
  static async start(options: FerryRegistryOptions = {}): Promise<FerryRegistry> {
    const registry = new FerryRegistry(await Deno.makeTempDir({ prefix: "ferry-serve-" }), options);
    await registry.start();
    return registry;
  }

  /** Starts, or starts again: on another port, with nothing in memory. */
  async start(): Promise<void> {
    const { registry, server, certificate, user } = this.options;
    this.registry = new Registry({ dir: this.dir, allowDelete: true, ...registry });
    this.#server = await startServer({
      registry: this.registry,
      address: "127.0.0.1",
      port: 0,
      onFailure: (error) => this.failures.push(error),
      ...(certificate === undefined ? {} : { tls: certificate }),
      ...(user === undefined ? {} : { guard: await guardOf(user, certificate !== undefined) }),
      ...server,
    });
  }

  /** Stops; its folder stays. What runs has `limit` milliseconds to end. */
  async stop(limit = 5000): Promise<void> {
    await this.#server?.stop(limit);
    this.#server = undefined;
  }

  get port(): number {
    return this.#running.port;
  }

  /** `http://127.0.0.1:port`. */
  get url(): string {
    return this.#running.url;
  }

  /** `127.0.0.1:port`. */
  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  get #running(): RunningServer {
    if (this.#server === undefined) throw new Error("The registry is not running");
    return this.#server;
  }

  /** Stops it, removes its folder, and checks that it never failed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await Deno.remove(this.dir, { recursive: true });
    assert.deepEqual(this.failures, []);
  }
}

async function guardOf({ username, password, by, anonymousReads }: RegistryUser, tls: boolean): Promise<Guard> {
  const users = parseHtpasswd(`${username}:${await hashPassword(password)}`, "users");
  return createAuthority({
    passwords: new PasswordChecker(() => users, Date.now),
    tokens: by === "token" ? new Tokens(Date.now) : undefined,
    acl: () => anonymousReads === true ? ANONYMOUS_READS : USERS_ONLY,
    externalUrl: undefined,
    tls,
  });
}
