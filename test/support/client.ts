/** The registry transport as tests use it: settings by hand, a log to look at, and a clock that does not wait. */
import type { CredentialSource } from "../../src/auth/credential.ts";
import { DEFAULT_REQ_CONCURRENT, type RegistryHost } from "../../src/config/registry_host.ts";
import type { HttpClock } from "../../src/http/client.ts";
import type { Reference } from "../../src/reference/reference.ts";
import { createRegistryTransport, type RegistryTransport } from "../../src/transport/registry/mod.ts";

/** A clock that runs only when somebody waits on it: each wait ends at once and is noted. */
export class FakeClock implements HttpClock {
  /** Milliseconds of every wait that was longer than none, in order. */
  readonly waits: number[] = [];
  #now = Date.UTC(2024, 0, 1);

  now(): number {
    return this.#now;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (milliseconds > 0) {
      this.waits.push(milliseconds);
      this.#now += milliseconds;
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
  }

  /** Sum of all waits, milliseconds. */
  get waited(): number {
    return this.waits.reduce((sum, wait) => sum + wait, 0);
  }
}

/** A line of the log. */
export interface LogLine {
  readonly level: "debug" | "warn";
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** How to make a client. */
export interface ClientOptions {
  /** Settings of registries by name; what is not given are the defaults, with plain HTTP. */
  readonly hosts?: Readonly<Record<string, Partial<RegistryHost>>>;
  readonly credentials?: CredentialSource;
  readonly clock?: HttpClock;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which a connection that stands still is given up. */
  readonly stallMs?: number;
}

/** A registry transport with what tests look at. */
export interface TestClient extends AsyncDisposable {
  readonly transport: RegistryTransport;
  readonly log: readonly LogLine[];
}

/** Credentials from a record: `user:password` by registry name. */
export function credentialsOf(users: Readonly<Record<string, string>>): CredentialSource {
  return {
    get: (registry) => {
      const text = users[registry];
      if (text === undefined) return Promise.resolve(undefined);
      const at = text.indexOf(":");
      return Promise.resolve({ kind: "basic", username: text.slice(0, at), password: text.slice(at + 1) });
    },
  };
}

/** Settings of a registry on plain HTTP, changed as given. */
export function hostSettings(name: string, changes: Partial<RegistryHost> = {}): RegistryHost {
  return {
    name,
    hostname: name,
    tls: "disabled",
    ca: [],
    pathPrefix: "",
    mirrors: [],
    priority: 0,
    repoAuth: false,
    apiOpts: {},
    blobChunk: 64 * 1024,
    blobMax: -1,
    reqPerSec: 0,
    reqConcurrent: DEFAULT_REQ_CONCURRENT,
    ...changes,
  };
}

/** Makes a client; waits are real unless a clock is given. */
export function makeClient(options: ClientOptions = {}): TestClient {
  const log: LogLine[] = [];
  const clock = options.clock ?? realClock();
  const transport = createRegistryTransport({
    hosts: { get: (name) => Promise.resolve(hostSettings(name, options.hosts?.[name])) },
    credentials: options.credentials ?? credentialsOf({}),
    env: (name) => options.env?.[name],
    clock,
    log: {
      debug: (message, fields = {}) => log.push({ level: "debug", message, fields }),
      warn: (message, fields = {}) => log.push({ level: "warn", message, fields }),
    },
    userAgent: "ferry-test",
    ...(options.stallMs === undefined ? {} : { stallMs: options.stallMs }),
  });
  return {
    transport,
    log,
    [Symbol.asyncDispose]: () => {
      transport.end();
      return Promise.resolve();
    },
  };
}

/** A reference to a repository of a registry. */
export function registryReference(registry: string, repository: string, tag = "", digest = ""): Reference {
  return { scheme: "reg", registry, repository, tag, digest, path: "" };
}

/** A reference to a layout folder. */
export function layoutReference(path: string, tag = "", digest = ""): Reference {
  return { scheme: "ocidir", registry: "", repository: "", tag, digest, path };
}

function realClock(): HttpClock {
  return {
    now: Date.now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        const stop = () => {
          clearTimeout(timer);
          reject(signal?.reason);
        };
        const timer = setTimeout(() => {
          signal?.removeEventListener("abort", stop);
          resolve();
        }, milliseconds);
        signal?.addEventListener("abort", stop, { once: true });
      }),
  };
}
