/**
 * One request and who asks.
 *
 * @module
 */

/** What may be done to a repository. */
export type Action = "pull" | "push" | "delete";

/** A request with what is known of it. */
export interface Call {
  /** The request. */
  readonly request: Request;
  /** True for HEAD. */
  readonly head: boolean;
  /** Its query, read anew each time. */
  readonly query: URLSearchParams;
  /** True when who asks may read a repository. */
  sees(name: string): boolean;
}
