/**
 * Finds the credential for a repository in everything that may hold one.
 *
 * @module
 */
import { type FerryError, isFerryError } from "../errors.ts";
import type { AuthFile } from "./auth_files.ts";
import type { Credential, CredentialSource } from "./credential.ts";
import { credentialOf } from "./credential_text.ts";
import { helperFor, matchingAuths } from "./docker_config.ts";
import type { HelperCache } from "./helper_cache.ts";
import { DOCKER_HUB, DOCKER_HUB_SERVER, registryName } from "./registry_name.ts";

/** Credential settings of one registry in a configuration; "" for what is not set. */
export interface HostCredential {
  /** User name, or `<token>`. */
  readonly user: string;
  /** Password. */
  readonly pass: string;
  /** Identity token. */
  readonly token: string;
  /** Helper, with or without `docker-credential-`. */
  readonly credHelper: string;
  /** What the helper is asked for. */
  readonly credHost: string;
  /** How long the helper's answer is used, milliseconds. */
  readonly credExpire: number | undefined;
}

/** A credential and where it was found. */
export interface FoundCredential {
  /** The credential. */
  readonly credential: Credential;
  /** A file's path, a variable's name, or a helper's name, for people. */
  readonly from: string;
}

/** A credential source that also says where a credential is from. */
export interface CredentialFinder extends CredentialSource {
  /**
   * As `get`, with the place.
   *
   * @throws {FerryError} CREDENTIAL_HELPER_FAILED
   */
  find(
    registry: string,
    repository: string,
    options?: { readonly fresh?: boolean },
  ): Promise<FoundCredential | undefined>;
}

/** One of the places that are asked, in order. */
export type CredentialPlace = (
  registry: string,
  repository: string,
  options: { readonly fresh: boolean },
) => Promise<FoundCredential | undefined>;

/**
 * Asks places in order; the first credential counts. A place whose helper fails is passed over; the failure is thrown where no
 * other place has a credential.
 */
export function createCredentialFinder(places: readonly CredentialPlace[]): CredentialFinder {
  const find: CredentialFinder["find"] = async (registry, repository, { fresh = false } = {}) => {
    const name = registryName(registry);
    let failure: FerryError | undefined;
    for (const place of places) {
      try {
        const found = await place(name, repository, { fresh });
        if (found !== undefined) return found;
      } catch (error) {
        if (!isFerryError(error, "CREDENTIAL_HELPER_FAILED")) throw error;
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return undefined;
  };
  return {
    find,
    get: async (registry, repository, options) => (await find(registry, repository, options))?.credential,
  };
}

/** Credentials of a configuration's hosts: a helper before an identity token before user and password. */
export function hostPlace(
  from: () => string,
  settings: (registry: string) => HostCredential | undefined,
  helpers: HelperCache,
): CredentialPlace {
  return async (registry, _repository, { fresh }) => {
    const host = settings(registry);
    if (host === undefined) return undefined;
    if (host.credHelper !== "") {
      const expire = host.credExpire === undefined ? {} : { expire: host.credExpire };
      const credential = await helpers.get(host.credHelper, host.credHost, { fresh, ...expire });
      if (credential !== undefined) return { credential, from: host.credHelper };
    }
    if (host.token !== "") return { credential: { kind: "identity", token: host.token }, from: from() };
    const credential = host.user === "" ? undefined : credentialOf(host.user, host.pass);
    return credential === undefined ? undefined : { credential, from: from() };
  };
}

/**
 * Credentials of docker's and podman's files, file by file: an entry for the repository's path, the registry's helper, the
 * helper for all, an entry for the registry. A helper that fails is passed over; its failure is thrown where nothing else is found.
 */
export function authFilesPlace(files: () => Promise<readonly AuthFile[]>, helpers: HelperCache): CredentialPlace {
  return async (registry, repository, { fresh }) => {
    let failure: FerryError | undefined;
    for (const { name, config } of await files()) {
      const auths = matchingAuths(config, registry, repository);
      const entry = (deep: boolean) => auths.find((auth) => (auth.path !== "") === deep && auth.credential)?.credential;
      // Docker leaves an empty entry under the very name that the store for all knows.
      const keys = auths.map((auth) => auth.key).filter((key) => registryName(key) === registry);
      const server = helperServer(registry);
      const credential = entry(true) ?? await ask(helperFor(config, registry), [server]) ??
        await ask(config.credsStore, [...keys, server]) ?? entry(false);
      if (credential !== undefined) return { credential, from: name };
    }
    if (failure !== undefined) throw failure;
    return undefined;

    async function ask(helper: string | undefined, servers: readonly string[]): Promise<Credential | undefined> {
      if (helper === undefined || helper === "") return undefined;
      try {
        for (const server of new Set(servers)) {
          const credential = await helpers.get(helper, server, { fresh });
          if (credential !== undefined) return credential;
        }
      } catch (error) {
        if (!isFerryError(error, "CREDENTIAL_HELPER_FAILED")) throw error;
        failure ??= error;
      }
      return undefined;
    }
  };
}

/** What a helper is asked for, for a registry. */
export function helperServer(registry: string): string {
  return registry === DOCKER_HUB ? DOCKER_HUB_SERVER : registry;
}
