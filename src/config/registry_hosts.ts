/**
 * Settings of every registry, put together when they are first asked for.
 *
 * @module
 */
import { DOCKER_HUB, registryName } from "../auth/registry_name.ts";
import type { CertsOptions } from "./certs_d.ts";
import type { ConfigFile, HostEntry } from "./config_file.ts";
import type { HostFlag } from "./host_flag.ts";
import { entriesOf, type FoundCertificates, hostnameOf, settingsOf } from "./host_settings.ts";
import type { RegistryHost, RegistryHosts } from "./registry_host.ts";

/** What settings are put together from. */
export interface RegistryHostsOptions {
  /** The configuration file as it is now. */
  readonly file: () => ConfigFile;
  /** Values of `--host`. */
  readonly flags: readonly HostFlag[];
  /** Where certs.d is. */
  readonly certs: CertsOptions;
}

/**
 * Settings of registries: defaults, then `hostDefault` (not for Docker Hub), then `hosts`, then `--host`; certificates of
 * docker's and podman's certs.d besides those of the configuration, unless `incDockerCert` is false.
 */
export function createRegistryHosts(options: RegistryHostsOptions): RegistryHosts {
  let from: ConfigFile | undefined;
  const known = new Map<string, Promise<RegistryHost>>();
  return {
    get(name) {
      const file = options.file();
      if (file !== from) known.clear();
      from = file;
      const registry = registryName(name);
      let host = known.get(registry);
      if (host === undefined) {
        host = putTogether(registry, file, options);
        known.set(registry, host);
      }
      return host;
    },
  };
}

async function putTogether(registry: string, file: ConfigFile, options: RegistryHostsOptions): Promise<RegistryHost> {
  const entries: HostEntry[] = [
    ...(registry === DOCKER_HUB || file.hostDefault === undefined ? [] : [file.hostDefault]),
    ...entriesOf(file, registry).map(([, entry]) => entry).reverse(),
    ...options.flags.filter((flag) => flag.registry === registry).map((flag) => flag.entry),
  ];
  const settings = (found: FoundCertificates) => settingsOf(registry, entries, found, file.blobLimit);
  const plain = settings({ ca: [], client: undefined });
  if (plain.tls === "disabled") return plain;
  const trusted = options.certs.env("SSL_CERT_DIR")
    ? await (await import("./cert_dir.ts")).certDirAuthorities(options.certs.env)
    : [];
  if (file.incDockerCert === false) return settings({ ca: trusted, client: undefined });
  const { findCertificates } = await import("./certs_d.ts");
  const names = [registry, hostnameOf(registry, { hostname: plain.hostname })];
  const { ca, client } = await findCertificates(names, options.certs);
  return settings({ ca: [...ca, ...trusted], client });
}
