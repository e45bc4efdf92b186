/**
 * The machine's OpenSSL, 3 or 1.1: TLS of the runtime cannot ask clients for certificates. Bytes go in and out by memory; sockets are
 * none of its business.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";

/** Functions of `libssl` that are called. */
export const SSL = {
  TLS_server_method: { parameters: [], result: "pointer" },
  SSL_CTX_new: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_free: { parameters: ["pointer"], result: "void" },
  SSL_CTX_ctrl: { parameters: ["pointer", "i32", "isize", "pointer"], result: "isize" },
  SSL_CTX_set_options: { parameters: ["pointer", "usize"], result: "usize" },
  SSL_CTX_set_num_tickets: { parameters: ["pointer", "usize"], result: "i32" },
  SSL_CTX_set_verify: { parameters: ["pointer", "i32", "pointer"], result: "void" },
  SSL_CTX_get_cert_store: { parameters: ["pointer"], result: "pointer" },
  SSL_CTX_add_client_CA: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_CTX_use_certificate: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_CTX_use_PrivateKey: { parameters: ["pointer", "pointer"], result: "i32" },
  SSL_CTX_check_private_key: { parameters: ["pointer"], result: "i32" },
  SSL_new: { parameters: ["pointer"], result: "pointer" },
  SSL_free: { parameters: ["pointer"], result: "void" },
  SSL_set_bio: { parameters: ["pointer", "pointer", "pointer"], result: "void" },
  SSL_set_accept_state: { parameters: ["pointer"], result: "void" },
  SSL_do_handshake: { parameters: ["pointer"], result: "i32" },
  SSL_read: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  SSL_write: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  SSL_shutdown: { parameters: ["pointer"], result: "i32" },
  SSL_get_error: { parameters: ["pointer", "i32"], result: "i32" },
  // The name in OpenSSL 3, and the one before.
  SSL_get1_peer_certificate: { parameters: ["pointer"], result: "pointer", optional: true },
  SSL_get_peer_certificate: { parameters: ["pointer"], result: "pointer", optional: true },
} as const;

/** Functions of `libcrypto` that are called. */
export const CRYPTO = {
  BIO_s_mem: { parameters: [], result: "pointer" },
  BIO_new: { parameters: ["pointer"], result: "pointer" },
  BIO_free: { parameters: ["pointer"], result: "i32" },
  BIO_read: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  BIO_write: { parameters: ["pointer", "buffer", "i32"], result: "i32" },
  PEM_read_bio_X509: { parameters: ["pointer", "pointer", "pointer", "pointer"], result: "pointer" },
  PEM_read_bio_PrivateKey: { parameters: ["pointer", "pointer", "pointer", "pointer"], result: "pointer" },
  EVP_PKEY_free: { parameters: ["pointer"], result: "void" },
  X509_free: { parameters: ["pointer"], result: "void" },
  X509_STORE_add_cert: { parameters: ["pointer", "pointer"], result: "i32" },
  X509_get_subject_name: { parameters: ["pointer"], result: "pointer" },
  X509_NAME_get_text_by_NID: { parameters: ["pointer", "i32", "buffer", "i32"], result: "i32" },
  ERR_get_error: { parameters: [], result: "usize" },
  ERR_error_string_n: { parameters: ["usize", "buffer", "usize"], result: "void" },
  ERR_clear_error: { parameters: [], result: "void" },
} as const;

/** Names of the two libraries, the newest first. */
const LIBRARIES: Readonly<Partial<Record<typeof Deno.build.os, readonly (readonly [ssl: string, crypto: string])[]>>> =
  {
    linux: [["libssl.so.3", "libcrypto.so.3"], ["libssl.so.1.1", "libcrypto.so.1.1"]],
    darwin: [
      ["/opt/homebrew/opt/openssl@3/lib/libssl.3.dylib", "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib"],
      ["/usr/local/opt/openssl@3/lib/libssl.3.dylib", "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib"],
    ],
    windows: [["libssl-3-x64.dll", "libcrypto-3-x64.dll"]],
  };

/** OpenSSL's functions. */
export interface OpenSsl {
  /** Those of `libssl`. */
  readonly ssl: Deno.DynamicLibrary<typeof SSL>["symbols"];
  /** Those of `libcrypto`. */
  readonly crypto: Deno.DynamicLibrary<typeof CRYPTO>["symbols"];
  /** What went wrong last, in OpenSSL's words. */
  lastError(): string;
  /** Lets go of the libraries. */
  close(): void;
}

/**
 * Loads the libraries.
 *
 * @throws {FerryError} UNSUPPORTED where the machine has none
 */
export function loadOpenSsl(): OpenSsl {
  let cause: unknown;
  for (const [sslName, cryptoName] of LIBRARIES[Deno.build.os] ?? LIBRARIES.linux!) {
    try {
      // Loaded first, since the other one needs it.
      const crypto = Deno.dlopen(cryptoName, CRYPTO);
      const ssl = Deno.dlopen(sslName, SSL);
      return {
        ssl: ssl.symbols,
        crypto: crypto.symbols,
        lastError: () => lastError(crypto.symbols),
        close: () => {
          ssl.close();
          crypto.close();
        },
      };
    } catch (error) {
      cause = error;
    }
  }
  throw new FerryError("UNSUPPORTED", "Certificates of clients need OpenSSL, which is not on this machine", {
    cause,
    hint: "install OpenSSL 3 (libssl.so.3), or have a proxy check certificates",
  });
}

function lastError(crypto: OpenSsl["crypto"]): string {
  const buffer = new Uint8Array(256);
  const code = crypto.ERR_get_error();
  crypto.ERR_clear_error();
  if (code === 0n) return "no reason given";
  crypto.ERR_error_string_n(code, buffer, BigInt(buffer.byteLength));
  const text = new TextDecoder().decode(buffer.subarray(0, buffer.indexOf(0)));
  // "error:0A000086:SSL routines::certificate verify failed"
  return text.split(":").at(-1) ?? text;
}
