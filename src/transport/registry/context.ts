import type { HttpClient, HttpLog } from "../../http/client.ts";
import type { Reference } from "../../reference/reference.ts";
import type { CallOptions } from "../transport.ts";

/** What all verbs of the registry transport share during a run. */
export interface RegistryContext {
  /** Sends requests. */
  readonly http: HttpClient;
  /** Log. */
  readonly log?: HttpLog | undefined;
  /** Repositories, as `registry/repository`, whose referrers API is known to be there or not. */
  readonly referrersApi: Map<string, boolean>;
  /** Ends of the queues of changes to fallback lists of referrers, by repository and tag. */
  readonly referrerQueues: Map<string, Promise<unknown>>;
  /** Registries that do not answer HEAD. */
  readonly noHead: Set<string>;
}

/** `registry/repository` as users know it. */
export function repositoryName(reference: Reference): string {
  return `${reference.registry}/${reference.repository}`;
}

/** The parts of a request that every verb takes from its reference and options. */
export function target(reference: Reference, options: CallOptions): {
  readonly registry: string;
  readonly repository: string;
  readonly signal: AbortSignal | undefined;
  readonly lease: CallOptions["lease"];
} {
  return {
    registry: reference.registry,
    repository: reference.repository,
    signal: options.signal,
    lease: options.lease,
  };
}

/** Actions of the token for reading, writing and deleting. */
export const ACTIONS = {
  pull: ["pull"],
  push: ["pull", "push"],
  remove: ["pull", "push", "delete"],
} as const;
