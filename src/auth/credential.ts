/** A way to prove who asks. */
export type Credential =
  | {
    /** User name and password, for Basic or for a token by GET. */
    readonly kind: "basic";
    readonly username: string;
    readonly password: string;
  }
  | {
    /** An identity (refresh) token, exchanged for an access token by POST. */
    readonly kind: "identity";
    readonly token: string;
  }
  | {
    /** A ready bearer token (docker's `registrytoken`). */
    readonly kind: "registry";
    readonly token: string;
  };

/** Where credentials come from. */
export interface CredentialSource {
  /**
   * The credential for a repository of a registry, or undefined when there is none.
   * `fresh` asks credential helpers again instead of using what they said before.
   *
   * @throws {FerryError} CREDENTIAL_HELPER_FAILED
   */
  get(registry: string, repository: string, options?: { readonly fresh?: boolean }): Promise<Credential | undefined>;
}
