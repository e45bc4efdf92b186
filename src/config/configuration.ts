/**
 * The configuration of a run: the file, what it says of registries, and where credentials are.
 *
 * @module
 */
import type { Credential } from "../auth/credential.ts";
import { credentialName } from "../auth/credential_text.ts";
import { type AuthFile, readAuthFiles } from "../auth/auth_files.ts";
import { authFilesPlace, createCredentialFinder, type CredentialFinder, hostPlace } from "../auth/credential_finder.ts";
import { createHelperCache } from "../auth/helper_cache.ts";
import { DOCKER_HUB, registryName } from "../auth/registry_name.ts";
import { type ConfigFile, type HostEntry, redactConfig } from "./config_file.ts";
import { parseHostFlag } from "./host_flag.ts";
import { credentialOfEntry, entryOf } from "./host_settings.ts";
import { loadConfig } from "./load.ts";
import type { LoginOptions, StoredCredential } from "./login.ts";
import { configPlaces, type Env, homeFolder } from "./paths.ts";
import type { RegistryHosts } from "./registry_host.ts";
import { createRegistryHosts } from "./registry_hosts.ts";

export type { StoredCredential } from "./login.ts";

/** The configuration of a run. */
export interface Configuration {
  /** Path of the file; it need not exist. */
  readonly filename: string;
  /** What the file holds, secrets and all, as of the start or the last update. */
  readonly file: ConfigFile;
  /** Settings of registries. */
  readonly hosts: RegistryHosts;
  /** Credentials, with the place that each was found in. */
  readonly credentials: CredentialFinder;
  /**
   * Changes the file: `change` gets it as it is on disk at that moment and must have no effect of its own. Entries of hosts that
   * end up equal to the defaults are left out.
   *
   * @throws {FerryError} CONFIG_INVALID, IO
   */
  update(change: (file: ConfigFile) => ConfigFile): Promise<void>;
  /** Registries that `--host`, the file, and docker's and podman's files name, in this order, none twice. */
  registries(): Promise<readonly string[]>;
  /** The file without its secrets. */
  redacted(): ConfigFile;
  /**
   * Stores a credential: with a helper where one is configured, else in the file in plain text.
   *
   * @throws {FerryError} CREDENTIAL_HELPER_FAILED, CONFIG_INVALID, IO, ARGUMENT_INVALID for a ready bearer token
   */
  login(registry: string, credential: Credential): Promise<StoredCredential>;
  /**
   * Takes a stored credential away; false where there was none. What docker's and podman's files themselves hold stays.
   *
   * @throws {FerryError} CREDENTIAL_HELPER_FAILED, CONFIG_INVALID, IO
   */
  logout(registry: string): Promise<boolean>;
  /**
   * User name that a registry is asked with, `<token>` for a token, undefined for nobody.
   *
   * @throws {FerryError} CREDENTIAL_HELPER_FAILED
   */
  whoami(registry: string): Promise<string | undefined>;
}

/** What goes over the configuration file. */
export interface RegistriesOverlay {
  /** Settings of registries; a later one of the same registry counts more. */
  readonly hosts: readonly (HostEntry & { readonly registry: string })[];
  /** Docker's and podman's credentials and certificates do not count. */
  readonly skipDockerConfig?: boolean;
  /** The file does not count. */
  readonly skipConfig?: boolean;
  /** Bytes above which uploads are chunked, where a registry's settings do not say. */
  readonly blobLimit?: number;
}

/** Options of {@linkcode openConfiguration}. */
export interface ConfigurationOptions {
  /** Environment variables. */
  readonly env: Env;
  /** Home folder; the person's unless given. */
  readonly home?: string;
  /** Values of `--host`. */
  readonly hostFlags?: readonly string[];
  /** Settings over those of the file and under those of `--host`. */
  readonly registries?: RegistriesOverlay;
  /** The name that the program was called by. */
  readonly as?: "ferry" | "regctl";
  /** Takes warnings. */
  readonly log?: { warn(message: string): void };
  /** Milliseconds that a credential helper may take. */
  readonly helperTimeout?: number;
  /** Folder that stands for `/etc`. */
  readonly etc?: string;
}

/**
 * Reads the configuration file. Everything else (docker's files, certs.d, helpers) is read when it is first needed.
 *
 * @throws {FerryError} CONFIG_INVALID with file:line:column, FLAG_INVALID, IO
 */
export async function openConfiguration(options: ConfigurationOptions): Promise<Configuration> {
  const { env } = options;
  const home = options.home ?? homeFolder(env);
  const warn = (message: string) => options.log?.warn(message);
  const flags = [
    ...(options.registries?.hosts ?? [])
      .map(({ registry, ...entry }) => ({ registry: registryName(registry), entry, from: "creds" })),
    ...(options.hostFlags ?? []).map((text) => ({ ...parseHostFlag(text), from: "--host" })),
  ];
  const { filename, file: loaded } = await loadConfig(configPlaces({ env, home, as: options.as ?? "ferry" }));
  let file = overlay(loaded, options.registries);

  const helpers = createHelperCache({
    env,
    ...(options.helperTimeout === undefined ? {} : { timeout: options.helperTimeout }),
  });
  let authFiles: Promise<readonly AuthFile[]> | undefined;
  const readDockerFiles = () =>
    file.incDockerCred === false ? Promise.resolve([]) : authFiles ??= readAuthFiles({ env, home, warn });
  const credentials = createCredentialFinder([
    ...flags.toReversed().map(({ registry, entry, from }) =>
      hostPlace(() => from, (name) => name === registry ? credentialOfEntry(name, entry) : undefined, helpers)
    ),
    hostPlace(() => filename, (name) => {
      const entry = entryOf(file, name);
      return entry === undefined ? undefined : credentialOfEntry(name, entry);
    }, helpers),
    authFilesPlace(readDockerFiles, helpers),
    hostPlace(() => filename, (name) => {
      const entry = file.hostDefault;
      return entry === undefined || name === DOCKER_HUB ? undefined : credentialOfEntry(name, entry);
    }, helpers),
  ]);

  const update: Configuration["update"] = async (change) => {
    const { updateConfig } = await import("./save.ts");
    file = overlay(await updateConfig(filename, change), options.registries);
  };
  const loginOptions = (): LoginOptions => ({ filename, file, update, env, home, warn });
  const forget = () => {
    helpers.clear();
    authFiles = undefined;
  };

  return {
    filename,
    get file() {
      return file;
    },
    hosts: createRegistryHosts({
      file: () => file,
      flags,
      certs: { env, home, warn, ...(options.etc === undefined ? {} : { etc: options.etc }) },
    }),
    credentials,
    update,
    async registries() {
      const names = [...flags.map(({ registry }) => registry), ...Object.keys(file.hosts ?? {}).map(registryName)];
      for (const { config } of await readDockerFiles()) {
        names.push(...config.auths.map(({ registry }) => registry), ...config.credHelpers.keys());
      }
      return [...new Set(names)];
    },
    redacted: () => redactConfig(file),
    async login(registry, credential) {
      const { storeCredential } = await import("./login.ts");
      try {
        return await storeCredential(registryName(registry), credential, loginOptions());
      } finally {
        forget();
      }
    },
    async logout(registry) {
      const { eraseCredential } = await import("./login.ts");
      try {
        return await eraseCredential(registryName(registry), loginOptions());
      } finally {
        forget();
      }
    },
    async whoami(registry) {
      const found = await credentials.find(registry, "");
      return found === undefined ? undefined : credentialName(found.credential);
    },
  };
}

function overlay(file: ConfigFile, over: RegistriesOverlay | undefined): ConfigFile {
  if (over === undefined) return file;
  return {
    ...(over.skipConfig === true ? {} : file),
    ...(over.skipDockerConfig === true ? { incDockerCred: false, incDockerCert: false } : {}),
    ...(over.blobLimit === undefined ? {} : { blobLimit: over.blobLimit }),
  };
}
