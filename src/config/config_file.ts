/**
 * The configuration file as it is written: regctl's config.json. Keys that ferry does not know are kept.
 *
 * @module
 */

/** The HOST object: settings of one registry. */
export interface HostEntry {
  /** `enabled`, `insecure` or `disabled`, in any case. */
  readonly tls?: string;
  /** CA certificates, PEM. */
  readonly regcert?: string;
  /** Client certificate, PEM. */
  readonly clientCert?: string;
  /** Key of the client certificate, PEM. A secret. */
  readonly clientKey?: string;
  /** Host to dial, `host[:port]`. */
  readonly hostname?: string;
  /** User name. */
  readonly user?: string;
  /** Password. A secret. */
  readonly pass?: string;
  /** Identity token. A secret. */
  readonly token?: string;
  /** Credential helper, `docker-credential-NAME`. */
  readonly credHelper?: string;
  /** How long its answer is used: a duration (`1h`) or nanoseconds. */
  readonly credExpire?: string | number;
  /** What it is asked for. */
  readonly credHost?: string;
  /** Goes before the repository on the wire. */
  readonly pathPrefix?: string;
  /** Names of registries to read from first. */
  readonly mirrors?: readonly string[];
  /** Order among mirrors and upstream: higher first. */
  readonly priority?: number;
  /** One token a repository. */
  readonly repoAuth?: boolean;
  /** Free options. */
  readonly apiOpts?: Readonly<Record<string, string>>;
  /** Bytes of one chunk of a chunked upload. */
  readonly blobChunk?: number;
  /** Bytes above which uploads are chunked. */
  readonly blobMax?: number;
  /** Most requests a second. */
  readonly reqPerSec?: number;
  /** Most requests at a time. */
  readonly reqConcurrent?: number;
  /** Of no effect any more. */
  readonly api?: string;
  /** `http` means tls `disabled`; deprecated. */
  readonly scheme?: string;
  /** The first one is the hostname; deprecated. */
  readonly dns?: readonly string[];
  /** What other versions write. */
  readonly [unknown: string]: unknown;
}

/** The file. */
export interface ConfigFile {
  /** Version of the file's form. */
  readonly version?: number;
  /** Settings by registry name. */
  readonly hosts?: Readonly<Record<string, HostEntry>>;
  /** Settings of registries that `hosts` does not name. */
  readonly hostDefault?: HostEntry;
  /** Bytes above which uploads are chunked, where the registry's settings do not say. */
  readonly blobLimit?: number;
  /** Whether docker's and podman's certs.d count; true unless given. */
  readonly incDockerCert?: boolean;
  /** Whether docker's and podman's credentials count; true unless given. */
  readonly incDockerCred?: boolean;
  /** Plugins to load: files or folders, from the folder of this file where they are not absolute. */
  readonly plugins?: readonly string[];
  /** What other versions write. */
  readonly [unknown: string]: unknown;
}

/** Kinds of values. */
type Kind = "string" | "number" | "boolean" | "strings" | "map" | "duration" | "tls";

/** Kinds of the values of a HOST object. */
export const HOST_KEYS: Readonly<Record<string, Kind>> = {
  tls: "tls",
  regcert: "string",
  clientCert: "string",
  clientKey: "string",
  hostname: "string",
  user: "string",
  pass: "string",
  token: "string",
  credHelper: "string",
  credExpire: "duration",
  credHost: "string",
  pathPrefix: "string",
  mirrors: "strings",
  priority: "number",
  repoAuth: "boolean",
  apiOpts: "map",
  blobChunk: "number",
  blobMax: "number",
  reqPerSec: "number",
  reqConcurrent: "number",
  api: "string",
  scheme: "string",
  dns: "strings",
};

/** Kinds of the values at the top of the file. */
export const FILE_KEYS: Readonly<Record<string, Kind>> = {
  version: "number",
  blobLimit: "number",
  incDockerCert: "boolean",
  incDockerCred: "boolean",
  plugins: "strings",
};

/** The file with every secret blanked: pass, token and clientKey. */
export function redactConfig(file: ConfigFile): ConfigFile {
  const { hosts, hostDefault, ...rest } = file;
  return {
    ...rest,
    ...(hosts === undefined ? {} : {
      hosts: Object.fromEntries(Object.entries(hosts).map(([name, entry]) => [name, redactHost(entry)])),
    }),
    ...(hostDefault === undefined ? {} : { hostDefault: redactHost(hostDefault) }),
  };
}

/** A HOST object without its secrets. */
export function redactHost({ pass: _pass, token: _token, clientKey: _key, ...entry }: HostEntry): HostEntry {
  return entry;
}
