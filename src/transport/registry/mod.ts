/**
 * The transport for registries over HTTP (distribution-spec 1.1).
 *
 * @module
 */
import { HttpClient, type HttpClientOptions } from "../../http/client.ts";
import type { RateLimited, RepositoryLister, TagPager, Transport } from "../transport.ts";
import { blobSource, deleteBlob, headBlob, putBlob } from "./blob.ts";
import type { RegistryContext } from "./context.ts";
import { deleteManifest, getManifest, headManifestAnswer, putManifest } from "./manifest.ts";
import { ping } from "./ping.ts";
import { parseRateLimit, rateLimit } from "./rate_limit.ts";
import { listReferrers } from "./referrer.ts";
import { listRepositories, repositoryPages } from "./repository.ts";
import { deleteTag, listTags, tagPages } from "./tag.ts";

/** What a registry transport works with: settings, credentials, time, log. */
export interface RegistryTransportOptions extends HttpClientOptions {}

/** The transport for registries, and what only registries can do. */
export interface RegistryTransport extends Transport, TagPager, RepositoryLister, RateLimited {
  /** Closes idle connections; the transport is of no use afterwards. */
  end(): void;
}

/** Makes the transport for registries. Opens no connection yet. */
export function createRegistryTransport(options: RegistryTransportOptions): RegistryTransport {
  const http = new HttpClient(options);
  const context: RegistryContext = {
    http,
    log: options.log,
    referrersApi: new Map(),
    referrerQueues: new Map(),
    noHead: new Set(),
  };
  return {
    scheme: "reg",
    remote: true,
    headManifest: async (reference, call = {}) => {
      const answer = await headManifestAnswer(context, reference, call);
      const limit = call.onRateLimit === undefined || answer === undefined ? undefined : parseRateLimit(answer.headers);
      if (limit?.set) call.onRateLimit?.(limit);
      return answer?.descriptor;
    },
    getManifest: (reference, call = {}) => getManifest(context, reference, call),
    putManifest: (reference, manifest, call = {}) => putManifest(context, reference, manifest, call),
    deleteManifest: (reference, call = {}) => deleteManifest(context, reference, call),
    headBlob: (reference, digest, call = {}) => headBlob(context, reference, digest, call),
    blobSource: (reference, descriptor) => blobSource(context, reference, descriptor),
    putBlob: (reference, source, call = {}) => putBlob(context, reference, source, call),
    deleteBlob: (reference, digest, call = {}) => deleteBlob(context, reference, digest, call),
    listTags: (reference, call = {}) => listTags(context, reference, call),
    tagPages: (reference, call = {}) => tagPages(context, reference, call),
    deleteTag: (reference, call = {}) => deleteTag(context, reference, call),
    listReferrers: (reference, call = {}) => listReferrers(context, reference, call),
    listRepositories: (registry, call = {}) => listRepositories(context, registry, call),
    repositoryPages: (registry, call = {}) => repositoryPages(context, registry, call),
    rateLimit: (reference, call = {}) => rateLimit(context, reference, call),
    ping: (reference, call = {}) => ping(context, reference, call),
    close: () => Promise.resolve(),
    end: () => http.close(),
  };
}
