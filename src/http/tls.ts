/**
 * Checks of TLS settings that the runtime itself does not survive.
 *
 * @module
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { FerryError } from "../errors.ts";
import type { TlsSettings } from "./wire.ts";

/**
 * Refuses a client certificate that would end the process: one of version 1, or one that its key does not fit.
 *
 * @throws {FerryError} CONFIG_INVALID
 */
export function checkClientCertificate(tls: TlsSettings, host: string): void {
  if (tls.cert === undefined && tls.key === undefined) return;
  if (tls.cert === undefined || tls.key === undefined) {
    throw new FerryError("CONFIG_INVALID", `Client certificate of "${host}" needs both clientCert and clientKey`);
  }
  let matches: boolean;
  let version: number;
  try {
    const certificate = new X509Certificate(tls.cert);
    matches = certificate.checkPrivateKey(createPrivateKey(tls.key));
    version = x509Version(certificate.raw);
  } catch (cause) {
    throw new FerryError("CONFIG_INVALID", `Client certificate or key of "${host}" is not valid PEM`, { cause });
  }
  if (!matches) throw new FerryError("CONFIG_INVALID", `Client key of "${host}" does not fit its certificate`);
  if (version !== 3) {
    throw new FerryError("CONFIG_INVALID", `Client certificate of "${host}" has X.509 version ${version}`, {
      hint: "make one of version 3, for example with an extension",
    });
  }
}

/**
 * Refuses CA texts without a certificate: the runtime would ignore them in silence.
 *
 * @throws {FerryError} CONFIG_INVALID
 */
export function checkCa(ca: readonly string[], host: string): void {
  for (const pem of ca) {
    const blocks = pem.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[\s\S]*?-----END /g) ?? [];
    if (blocks.length === 0) {
      throw new FerryError("CONFIG_INVALID", `CA certificate of "${host}" is not valid PEM`, {
        hint: "regcert takes the text of the certificate, not the name of a file",
      });
    }
  }
}

/** Version of a certificate: in DER, `[0] { INTEGER n }` stands first in the signed part, and is left out for version 1 (RFC 5280, 4.1). */
function x509Version(der: Uint8Array): number {
  const content = (at: number) => at + 2 + ((der[at + 1] ?? 0) & 0x80 ? (der[at + 1] ?? 0) & 0x7f : 0);
  const signed = content(content(0));
  return der[signed] === 0xa0 ? (der[signed + 4] ?? 0) + 1 : 1;
}
