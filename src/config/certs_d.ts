/**
 * certs.d: folders of certificates by registry, as docker and podman keep them.
 *
 * @module
 */
import { isAbsolute, join } from "node:path";
import type { FoundCertificates } from "./host_settings.ts";
import type { Env } from "./paths.ts";

/** Where folders are looked for. */
export interface CertsOptions {
  /** Environment variables: XDG_CONFIG_HOME. */
  readonly env: Env;
  /** Home folder, or "" where there is none. */
  readonly home: string;
  /** Folder that stands for `/etc`. */
  readonly etc?: string;
  /** Told of what cannot be used. */
  readonly warn?: (message: string) => void;
}

/** Folders that hold a folder a registry, the strongest first: the person's own before the machine's, docker's before podman's. */
export function certsFolders({ env, home, etc = "/etc" }: CertsOptions): string[] {
  const xdg = env("XDG_CONFIG_HOME");
  const config = xdg && isAbsolute(xdg) ? xdg : home === "" ? undefined : join(home, ".config");
  return [config, etc].filter((folder) => folder !== undefined).flatMap((folder) => [
    join(folder, "docker", "certs.d"),
    join(folder, "containers", "certs.d"),
  ]);
}

/**
 * Certificates for a registry, from `certs.d/<host[:port]>`: every `*.crt` is a CA, `x.cert` with `x.key` a client certificate.
 * All CAs count; of the client certificates the first by name in the strongest folder. What cannot be read is ignored with a warning.
 */
export async function findCertificates(names: readonly string[], options: CertsOptions): Promise<FoundCertificates> {
  const ca: string[] = [];
  let client: FoundCertificates["client"];
  for (const root of certsFolders(options)) {
    for (const name of new Set(names)) {
      // A name never leads out of the folder.
      if (name === "" || name.startsWith(".") || /[/\\]/.test(name)) continue;
      const folder = join(root, name);
      const files = await list(folder, options);
      for (const file of files.filter((file) => file.endsWith(".crt"))) {
        const pem = await read(join(folder, file), options);
        if (pem !== undefined) ca.push(pem);
      }
      for (const file of files.filter((file) => file.endsWith(".cert"))) {
        if (client !== undefined) break;
        const keyFile = `${file.slice(0, -".cert".length)}.key`;
        if (!files.includes(keyFile)) {
          options.warn?.(`Client certificate "${join(folder, file)}" is ignored: "${keyFile}" is missing`);
          continue;
        }
        const cert = await read(join(folder, file), options);
        const key = await read(join(folder, keyFile), options);
        if (cert !== undefined && key !== undefined) client = { cert, key };
      }
    }
  }
  return { ca, client };
}

async function list(folder: string, { warn }: CertsOptions): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(folder)) {
      if (!entry.isDirectory) names.push(entry.name);
    }
    return names.sort();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory)) {
      warn?.(`Certificates in "${folder}" are ignored: the folder cannot be read`);
    }
    return [];
  }
}

async function read(path: string, { warn }: CertsOptions): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch {
    warn?.(`Certificate "${path}" is ignored: the file cannot be read`);
    return undefined;
  }
}
