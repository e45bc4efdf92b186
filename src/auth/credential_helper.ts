/**
 * Credential helpers: programs `docker-credential-NAME` that keep secrets (docker-credential-helpers' protocol).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { delimiter, isAbsolute, join } from "node:path";
import { FerryError } from "../errors.ts";
import type { Credential } from "./credential.ts";
import { credentialName, credentialOf, credentialSecret } from "./credential_text.ts";

/** A credential helper; each call runs the program once. */
export interface CredentialHelper {
  /** Name of the program, `docker-credential-NAME`. */
  readonly program: string;
  /** Path of the program, or undefined where PATH does not have it. */
  locate(): Promise<string | undefined>;
  /**
   * What it holds for a server, or undefined.
   *
   * @throws {FerryError} CREDENTIAL_HELPER_FAILED
   */
  get(server: string): Promise<Credential | undefined>;
  /**
   * Gives it a credential to keep.
   *
   * @throws {FerryError} CREDENTIAL_HELPER_FAILED
   */
  store(server: string, credential: Credential): Promise<void>;
  /**
   * Makes it forget.
   *
   * @throws {FerryError} CREDENTIAL_HELPER_FAILED
   */
  erase(server: string): Promise<void>;
}

/** Options of {@linkcode createCredentialHelper}. */
export interface CredentialHelperOptions {
  /** Environment variables, for PATH. The program itself gets the environment of this process. */
  readonly env: (name: string) => string | undefined;
  /** Milliseconds that a call may take; some helpers ask the person for a password. 60,000 unless given. */
  readonly timeout?: number;
}

const PREFIX = "docker-credential-";
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const TIMEOUT = 60_000;
const MAX_OUTPUT = 1 << 20;
const NONE = /credentials not found|no credentials (?:server url|username)|specified item could not be found/i;

/**
 * A helper by name, with or without `docker-credential-`. The program is looked for in PATH and run without a shell.
 *
 * @throws {FerryError} CREDENTIAL_HELPER_FAILED where the name is none: a path, for example
 */
export function createCredentialHelper(name: string, options: CredentialHelperOptions): CredentialHelper {
  const program = name.startsWith(PREFIX) ? name : PREFIX + name;
  if (!NAME.test(program.slice(PREFIX.length))) {
    throw new FerryError("CREDENTIAL_HELPER_FAILED", `Credential helper ${JSON.stringify(name)} is not a valid name`, {
      hint: `give the name of a program ${PREFIX}NAME in PATH, not a path`,
    });
  }

  async function call(action: "get" | "store" | "erase", server: string, input: string): Promise<string | undefined> {
    const failed = (
      what: string,
      extra: { readonly hint?: string; readonly detail?: string; readonly cause?: unknown },
    ) =>
      new FerryError(
        "CREDENTIAL_HELPER_FAILED",
        `Credential helper "${program}" ${what} for ${JSON.stringify(server)}${
          extra.detail === undefined || extra.detail === "" ? "" : `: ${extra.detail}`
        }`,
        extra,
      );
    const path = await findProgram(program, options.env);
    if (path === undefined) {
      throw failed(`was not found, wanted to ${action} the credential`, {
        hint: `install ${program} in a folder of PATH, or take it out of the configuration`,
      });
    }
    let result: Output;
    try {
      result = await run(path, action, input, options.timeout ?? TIMEOUT);
    } catch (cause) {
      throw failed(`could not be run to ${action} the credential`, { cause });
    }
    if (result.timedOut) {
      throw failed(`took too long to ${action} the credential`, { hint: "run it by hand to see what it waits for" });
    }
    if (result.code === 0) return result.stdout;
    if (action !== "store" && NONE.test(result.stdout)) return undefined;
    const words = wordsOf(result);
    throw failed(`failed to ${action} the credential`, {
      detail: words,
      hint: action === "store"
        ? "some helpers find credentials by themselves and keep none"
        : /lock|dbus|no such interface|session|passphrase|gpg/i.test(words)
        ? "unlock what it keeps credentials in (keychain, gpg key, desktop session), then try again"
        : `run "${program} ${action}" by hand to see why`,
    });
  }

  return {
    program,
    locate: () => findProgram(program, options.env),
    async get(server) {
      const text = await call("get", server, server);
      if (text === undefined) return undefined;
      let fields: Readonly<Record<string, unknown>>;
      try {
        fields = Object(JSON.parse(text));
      } catch {
        throw new FerryError(
          "CREDENTIAL_HELPER_FAILED",
          `Credential helper "${program}" gave no valid JSON for ${JSON.stringify(server)}`,
        );
      }
      const username = fields["Username"];
      const secret = fields["Secret"];
      return credentialOf(typeof username === "string" ? username : "", typeof secret === "string" ? secret : "");
    },
    async store(server, credential) {
      const Username = credentialName(credential);
      await call(
        "store",
        server,
        JSON.stringify({ ServerURL: server, Username, Secret: credentialSecret(credential) }),
      );
    },
    async erase(server) {
      await call("erase", server, server);
    },
  };
}

interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

async function run(path: string, action: string, input: string, timeout: number): Promise<Output> {
  const child = new Deno.Command(path, { args: [action], stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), timeout);
  stop.signal.addEventListener("abort", () => {
    try {
      child.kill("SIGKILL");
    } catch {
      // It ended in this very moment.
    }
  });
  const outputs = Promise.all([readText(child.stdout, stop.signal), readText(child.stderr, stop.signal)]);
  outputs.catch(() => stop.abort());
  const writer = child.stdin.getWriter();
  // A helper may end without reading what it was given.
  const written = writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
  try {
    const [stdout, stderr] = await outputs;
    const [{ code }] = await Promise.all([child.status, written]);
    return { code, stdout, stderr, timedOut: stop.signal.aborted };
  } finally {
    clearTimeout(timer);
  }
}

/** A stopped read gives what came by then: a program that the helper left behind may hold the pipe open for ever. */
async function readText(stream: ReadableStream<Uint8Array>, stop: AbortSignal): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  stop.addEventListener("abort", cancel);
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > MAX_OUTPUT) {
      cancel();
      throw new Error(`it wrote more than ${MAX_OUTPUT} bytes`);
    }
    pieces.push(value);
  }
  stop.removeEventListener("abort", cancel);
  return Buffer.concat(pieces).toString("utf8");
}

/** Helpers tell errors on stdout; one that looks like a credential is not repeated. */
function wordsOf(output: Output): string {
  const words = (output.stdout.trim() || output.stderr.trim()).split("\n", 1)[0] ?? "";
  return /secret|password|token"/i.test(words) && words.includes("{") ? "" : words.slice(0, 300);
}

async function findProgram(program: string, env: (name: string) => string | undefined): Promise<string | undefined> {
  const windows = Deno.build.os === "windows";
  for (const folder of (env("PATH") ?? env("Path") ?? "").split(delimiter)) {
    // As in Go: a program beside the caller is not run because PATH names the current folder.
    if (!isAbsolute(folder)) continue;
    const path = join(folder, windows ? `${program}.exe` : program);
    try {
      const info = await Deno.stat(path);
      if (info.isFile && (windows || ((info.mode ?? 0) & 0o111) !== 0)) return path;
    } catch {
      // Not there, or not for us to see: the next folder may have it.
    }
  }
  return undefined;
}
