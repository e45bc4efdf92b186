/**
 * What ferry knows of one registry: the HOST object of the configuration file, with every default filled in.
 *
 * @module
 */

/** `enabled`: HTTPS, verified. `insecure`: HTTPS, not verified. `disabled`: plain HTTP. */
export type TlsMode = "enabled" | "insecure" | "disabled";

/** Settings of one registry. Secrets are not here: they come from the credential store. */
export interface RegistryHost {
  /** Registry name as references write it. */
  readonly name: string;
  /** Registry host as dialled, `host[:port]`; `registry-1.docker.io` for `docker.io`. */
  readonly hostname: string;
  /** How to speak to it. */
  readonly tls: TlsMode;
  /** CA certificates to trust besides the system's, PEM texts. */
  readonly ca: readonly string[];
  /** Client certificate, PEM; needs clientKey. */
  readonly clientCert?: string;
  /** Key of the client certificate, PEM. */
  readonly clientKey?: string;
  /** Goes before the repository on the wire; "" for none. */
  readonly pathPrefix: string;
  /** Names of registries to read from first. */
  readonly mirrors: readonly string[];
  /** Order among mirrors and upstream: higher first. */
  readonly priority: number;
  /** One token a repository instead of one with growing scope. */
  readonly repoAuth: boolean;
  /** Free options, for example `disableHead=true`. */
  readonly apiOpts: Readonly<Record<string, string>>;
  /** Bytes of one chunk of a chunked upload. */
  readonly blobChunk: number;
  /** Bytes above which uploads are chunked from the start; -1: never. */
  readonly blobMax: number;
  /** Most requests a second; 0: no limit. */
  readonly reqPerSec: number;
  /** Most requests at a time. */
  readonly reqConcurrent: number;
}

/** Gives the settings of a registry by its name; unknown names get the defaults. */
export interface RegistryHosts {
  /** Settings of `name`, from the configuration, docker's certs.d and the command line. */
  get(name: string): Promise<RegistryHost>;
}

/** Requests at a time to one registry where the configuration does not say. */
export const DEFAULT_REQ_CONCURRENT = 8;
