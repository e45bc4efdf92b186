/**
 * What credential helpers said, kept for a while.
 *
 * @module
 */
import type { Credential } from "./credential.ts";
import { createCredentialHelper, type CredentialHelperOptions } from "./credential_helper.ts";

/** Asks helpers by name, and not more often than need be. */
export interface HelperCache {
  /**
   * What a helper holds for a server. `expire` is how long that is used, in milliseconds; a failure is kept for 5 seconds.
   *
   * @throws {FerryError} CREDENTIAL_HELPER_FAILED
   */
  get(
    helper: string,
    server: string,
    options?: { readonly fresh?: boolean; readonly expire?: number },
  ): Promise<Credential | undefined>;
  /** Forgets everything. */
  clear(): void;
}

/** How long a helper's credential is used unless configured otherwise, milliseconds. */
export const DEFAULT_CRED_EXPIRE = 3_600_000;
const FAILED_EXPIRE = 5000;

interface Entry {
  readonly answer: Promise<Credential | undefined>;
  until: number;
}

/** Makes an empty cache. */
export function createHelperCache(options: CredentialHelperOptions & { readonly now?: () => number }): HelperCache {
  const now = options.now ?? Date.now;
  const entries = new Map<string, Entry>();
  return {
    get(helper, server, { fresh = false, expire = DEFAULT_CRED_EXPIRE } = {}) {
      const key = `${helper}\n${server}`;
      const kept = entries.get(key);
      // An answer on its way is as fresh as can be.
      if (kept !== undefined && (kept.until === Infinity || (!fresh && now() < kept.until))) return kept.answer;
      const entry: Entry = {
        answer: (async () => await createCredentialHelper(helper, options).get(server))(),
        until: Infinity,
      };
      entry.answer.then(() => entry.until = now() + expire, () => entry.until = now() + FAILED_EXPIRE);
      entries.set(key, entry);
      return entry.answer;
    },
    clear: () => entries.clear(),
  };
}
