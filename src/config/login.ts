/**
 * Logging in and out: where a credential is stored.
 *
 * @module
 */
import { readAuthFiles } from "../auth/auth_files.ts";
import { helperServer } from "../auth/credential_finder.ts";
import { createCredentialHelper } from "../auth/credential_helper.ts";
import type { Credential } from "../auth/credential.ts";
import { helperFor } from "../auth/docker_config.ts";
import { DOCKER_HUB } from "../auth/registry_name.ts";
import { FerryError } from "../errors.ts";
import type { ConfigFile, HostEntry } from "./config_file.ts";
import { credentialOfEntry, entriesOf, entryOf } from "./host_settings.ts";
import type { Env } from "./paths.ts";

/** Where a credential went. */
export interface StoredCredential {
  /** `file`: in plain text, in the configuration file. */
  readonly stored: "helper" | "file";
  /** The helper's name or the file's path. */
  readonly where: string;
}

/** What logging in and out works on. */
export interface LoginOptions {
  /** Path of the configuration file. */
  readonly filename: string;
  /** What it holds. */
  readonly file: ConfigFile;
  /** Changes it. */
  readonly update: (change: (file: ConfigFile) => ConfigFile) => Promise<void>;
  /** Environment variables. */
  readonly env: Env;
  /** Home folder. */
  readonly home: string;
  /** Told of what is passed over. */
  readonly warn: (message: string) => void;
}

/** A helper that was configured for a registry, and what it is asked for. */
interface ChosenHelper {
  readonly name: string;
  readonly server: string;
  /** Configured in ferry's own file, not in docker's. */
  readonly own: boolean;
}

/**
 * Stores a credential with the helper that is configured for the registry, here or in docker's files; otherwise in the
 * configuration file, in plain text.
 *
 * @throws {FerryError} CREDENTIAL_HELPER_FAILED, ARGUMENT_INVALID for a ready bearer token, which cannot be stored
 */
export async function storeCredential(
  registry: string,
  credential: Credential,
  options: LoginOptions,
): Promise<StoredCredential> {
  if (credential.kind === "registry") {
    throw new FerryError("ARGUMENT_INVALID", `A bearer token for ${JSON.stringify(registry)} cannot be stored`, {
      hint: "such a token ends soon; log in with a user name and password, or an identity token",
    });
  }
  const chosen = await chooseHelper(registry, options);
  if (chosen !== undefined) {
    const helper = createCredentialHelper(chosen.name, options);
    if (chosen.own || await helper.locate() !== undefined) {
      await helper.store(chosen.server, credential);
      // An older credential in the file would hide the new one.
      if (entriesOf(options.file, registry).some(([, entry]) => holdsSecret(entry))) {
        await options.update((file) => changeEntry(file, registry, (entry) => withoutSecret(entry)));
      }
      return { stored: "helper", where: helper.program };
    }
    options.warn(`Credential helper "${helper.program}" was not found: the credential goes to "${options.filename}"`);
  }
  const secret = credential.kind === "basic"
    ? { user: credential.username, pass: credential.password }
    : { token: credential.token };
  await options.update((file) =>
    changeEntry(file, registry, (entry) => ({ ...withoutSecret(entry), ...secret }), true)
  );
  return { stored: "file", where: options.filename };
}

/**
 * Takes a credential out of the configuration file and out of the helper that is configured for the registry. False where
 * neither had one.
 *
 * @throws {FerryError} CREDENTIAL_HELPER_FAILED
 */
export async function eraseCredential(registry: string, options: LoginOptions): Promise<boolean> {
  const chosen = await chooseHelper(registry, options);
  let erased = false;
  if (chosen !== undefined) {
    const helper = createCredentialHelper(chosen.name, options);
    if (chosen.own || await helper.locate() !== undefined) {
      const had = await helper.get(chosen.server);
      if (had !== undefined) await helper.erase(chosen.server);
      erased = had !== undefined;
    }
  }
  const inFile = entriesOf(options.file, registry).some(([, entry]) => holdsSecret(entry) || entry.credHelper);
  if (inFile) {
    await options.update((file) =>
      changeEntry(file, registry, (entry) => {
        const { credHelper: _helper, credHost: _host, credExpire: _expire, ...rest } = withoutSecret(entry);
        return rest;
      })
    );
  }
  return erased || inFile;
}

async function chooseHelper(registry: string, options: LoginOptions): Promise<ChosenHelper | undefined> {
  const entry = entryOf(options.file, registry) ?? {};
  const own = entry.credHelper || (registry === DOCKER_HUB ? undefined : options.file.hostDefault?.credHelper);
  if (own) return { name: own, server: credentialOfEntry(registry, entry).credHost, own: true };
  if (options.file.incDockerCred === false) return undefined;
  for (const { config } of await readAuthFiles(options)) {
    const name = helperFor(config, registry) || config.credsStore;
    if (name !== "") return { name, server: helperServer(registry), own: false };
  }
  return undefined;
}

function holdsSecret(entry: HostEntry): boolean {
  return Boolean(entry.user || entry.pass || entry.token);
}

function withoutSecret({ user: _user, pass: _pass, token: _token, ...rest }: HostEntry): HostEntry {
  return rest;
}

function changeEntry(
  file: ConfigFile,
  registry: string,
  change: (entry: HostEntry) => HostEntry,
  add = false,
): ConfigFile {
  const found = entriesOf(file, registry);
  const entries: [string, HostEntry][] = found.length === 0 && add ? [[registry, {}]] : found;
  return {
    ...file,
    hosts: { ...file.hosts, ...Object.fromEntries(entries.map(([key, entry]) => [key, change(entry)])) },
  };
}
