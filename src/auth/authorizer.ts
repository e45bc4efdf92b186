/** A request as authorization sees it. */
export interface AuthRequest {
  /** Registry name, for credentials. */
  readonly registry: string;
  /** Origin of the registry host, for example `https://registry-1.docker.io`. Credentials go to it, and to the token realm that it names, alone. */
  readonly origin: string;
  /** Repository, "" for none (`/v2/`, `_catalog`). */
  readonly repository: string;
  /** Actions wanted on the repository, for example `["pull"]` or `["pull", "push"]`; of no meaning without a repository. */
  readonly actions: readonly string[];
  /** Further scopes, for example `repository:other/source:pull` for a mount. */
  readonly extraScopes?: readonly string[];
  /** One token a repository instead of one with growing scope. */
  readonly repoAuth: boolean;
  /** Stops the wait for a token. */
  readonly signal?: AbortSignal;
}

/** Sends a request to a token realm: no redirects to other hosts, body capped by the caller. */
export type TokenFetch = (
  url: URL,
  init: {
    readonly method: "GET" | "POST";
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal?: AbortSignal;
    /** Registry on whose behalf the token is asked for; its CA serves the realm as well. */
    readonly registry?: string;
  },
) => Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;

/** Keeps what registries asked for and what tokens they gave. One a run; safe for concurrent requests. */
export interface Authorizer {
  /** Authorization header to send with the request, or undefined when none is known to be needed. Renews a token that is about to end. */
  authorize(request: AuthRequest): Promise<string | undefined>;
  /**
   * Learns from a 401 (or 403) answer. True when the request is worth sending again with a new authorization; false when the answer stands.
   * `sent` is the Authorization header that the refused request carried.
   *
   * @throws {FerryError} UNAUTHORIZED, DENIED, CREDENTIAL_HELPER_FAILED and what TokenFetch throws
   */
  challenged(
    request: AuthRequest,
    answer: { readonly status: number; readonly headers: Headers },
    sent: string | undefined,
  ): Promise<boolean>;
}
