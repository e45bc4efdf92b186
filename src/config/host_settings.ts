/**
 * From HOST objects to the settings of a registry: defaults, deprecated keys, precedence.
 *
 * @module
 */
import type { HostCredential } from "../auth/credential_finder.ts";
import { helperServer } from "../auth/credential_finder.ts";
import { DOCKER_HUB, registryName } from "../auth/registry_name.ts";
import type { ConfigFile, HostEntry } from "./config_file.ts";
import { parseDuration } from "./duration.ts";
import { DEFAULT_REQ_CONCURRENT, type RegistryHost, type TlsMode } from "./registry_host.ts";

/** Host that serves Docker Hub. */
export const DOCKER_HUB_HOST = "registry-1.docker.io";
/** Bytes of one chunk of a chunked upload where the configuration does not say. */
export const DEFAULT_BLOB_CHUNK: number = 1 << 20;

/** Client certificates and CAs found beside the configuration. */
export interface FoundCertificates {
  /** CA certificates, PEM. */
  readonly ca: readonly string[];
  /** Client certificate and its key, PEM. */
  readonly client: { readonly cert: string; readonly key: string } | undefined;
}

/** The entry of a registry in `hosts`, under its name or under another name of Docker Hub. */
export function entryOf(file: ConfigFile, registry: string): HostEntry | undefined {
  return entriesOf(file, registry)[0]?.[1];
}

/** All entries of `hosts` that stand for a registry with their keys, the one under its own name first. */
export function entriesOf(file: ConfigFile, registry: string): [string, HostEntry][] {
  const own = (key: string) => key === registry ? 0 : 1;
  return Object.entries(file.hosts ?? {})
    .filter(([key]) => registryName(key) === registry)
    .sort(([a], [b]) => own(a) - own(b));
}

/** Host to dial, from an entry or the registry's name. */
export function hostnameOf(registry: string, entry: HostEntry): string {
  return entry.hostname || entry.dns?.[0] || (registry === DOCKER_HUB ? DOCKER_HUB_HOST : registry);
}

/** Settings of a registry from entries, weakest first; what a stronger one sets counts. */
export function settingsOf(
  registry: string,
  entries: readonly HostEntry[],
  found: FoundCertificates,
  blobLimit = 0,
): RegistryHost {
  const entry = mergeEntries(entries);
  const client = entry.clientCert !== undefined || entry.clientKey !== undefined
    ? { cert: entry.clientCert, key: entry.clientKey }
    : found.client;
  return {
    name: registry,
    hostname: hostnameOf(registry, entry),
    tls: tlsOf(entry),
    ca: entry.regcert === undefined ? found.ca : [entry.regcert, ...found.ca],
    ...(client?.cert === undefined ? {} : { clientCert: client.cert }),
    ...(client?.key === undefined ? {} : { clientKey: client.key }),
    pathPrefix: (entry.pathPrefix ?? "").replace(/^\/+|\/+$/g, ""),
    mirrors: (entry.mirrors ?? []).map(registryName),
    priority: entry.priority ?? 0,
    repoAuth: entry.repoAuth ?? false,
    apiOpts: entry.apiOpts ?? {},
    blobChunk: entry.blobChunk ?? DEFAULT_BLOB_CHUNK,
    blobMax: entry.blobMax ?? (blobLimit > 0 ? blobLimit : -1),
    reqPerSec: entry.reqPerSec ?? 0,
    reqConcurrent: entry.reqConcurrent ?? DEFAULT_REQ_CONCURRENT,
  };
}

/** Credential settings of an entry. */
export function credentialOfEntry(registry: string, entry: HostEntry): HostCredential {
  const expire = entry.credExpire;
  const server = registry === DOCKER_HUB ? helperServer(registry) : hostnameOf(registry, entry);
  return {
    user: entry.user ?? "",
    pass: entry.pass ?? "",
    token: entry.token ?? "",
    credHelper: entry.credHelper ?? "",
    credHost: entry.credHost || server,
    credExpire: (typeof expire === "number" ? expire / 1e6 : parseDuration(expire ?? "")) || undefined,
  };
}

/** The file without the entries that a change left equal to the defaults. Entries that it did not touch stay. */
export function dropDefaults(file: ConfigFile, before: ConfigFile): ConfigFile {
  if (file.hosts === undefined) return file;
  const kept = Object.entries(file.hosts).filter(([name, entry]) => {
    const old = before.hosts !== undefined && Object.hasOwn(before.hosts, name) ? before.hosts[name] : undefined;
    return (old !== undefined && JSON.stringify(old) === JSON.stringify(entry)) ||
      !isDefault(registryName(name), entry);
  });
  return { ...file, hosts: Object.fromEntries(kept) };
}

/** A value that says nothing: what Go leaves out when it writes. */
function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === "" || value === 0 || value === false ||
    (typeof value === "object" && Object.keys(value).length === 0);
}

function mergeEntries(entries: readonly HostEntry[]): HostEntry {
  const set = entries.map((entry) => Object.entries(entry).filter(([, value]) => !isEmpty(value)));
  return Object.fromEntries(set.flat());
}

function tlsOf(entry: HostEntry): TlsMode {
  const tls = entry.tls?.toLowerCase();
  if (tls === "enabled" || tls === "insecure" || tls === "disabled") return tls;
  return entry.scheme === "http" ? "disabled" : "enabled";
}

function isDefault(registry: string, entry: HostEntry): boolean {
  return Object.entries(entry).every(([key, value]) =>
    isEmpty(value) || (key === "tls" && tlsOf(entry) === "enabled") ||
    (key === "hostname" && value === hostnameOf(registry, {})) ||
    // What regctl writes into every entry.
    (key === "reqConcurrent" && (value === 3 || value === DEFAULT_REQ_CONCURRENT)) ||
    (key === "blobChunk" && value === DEFAULT_BLOB_CHUNK) || (key === "blobMax" && value === -1)
  );
}
