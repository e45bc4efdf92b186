/**
 * SSL_CERT_DIR: folders of certificates to trust, as OpenSSL and Go know them. The runtime itself reads SSL_CERT_FILE alone.
 *
 * @module
 */
import { delimiter, join } from "node:path";
import type { Env } from "./paths.ts";

/** The system's own folder: what is in it is trusted already. */
const SYSTEM_FOLDER = "/etc/ssl/certs";

/** Certificates of the files in the folders that SSL_CERT_DIR names, PEM, each once. What cannot be read is passed over, as by OpenSSL. */
export async function certDirAuthorities(env: Env): Promise<string[]> {
  const folders = (env("SSL_CERT_DIR") ?? "").split(delimiter).filter((folder) =>
    folder !== "" && folder.replace(/\/+$/, "") !== SYSTEM_FOLDER
  );
  const found = new Set<string>();
  for (const folder of folders) {
    const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
    // A pipe among them would be waited for without end.
    const names = entries.filter(({ isFile, isSymlink }) => isFile || isSymlink).map(({ name }) => name);
    for (const name of names.sort()) {
      const text = await Deno.readTextFile(join(folder, name)).catch(() => "");
      // Links by the hash of a name stand beside the files they lead to.
      if (text.includes("-----BEGIN CERTIFICATE-----")) found.add(text);
    }
  }
  return [...found];
}
