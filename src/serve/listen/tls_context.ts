/**
 * What all TLS connections of a server with certificates on both sides share: its own certificate, and the authorities of its clients'.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import type { ClientAuthorities, ServerIdentity } from "./door.ts";
import type { OpenSsl } from "./openssl.ts";

const SSL_VERIFY_PEER = 1;
const SSL_VERIFY_FAIL_IF_NO_PEER_CERT = 2;
const SSL_CTRL_EXTRA_CHAIN_CERT = 14;
const SSL_CTRL_SET_SESS_CACHE_MODE = 44;
const SSL_CTRL_SET_MIN_PROTO_VERSION = 123;
const SSL_OP_NO_TICKET = 1n << 14n;
const SSL_OP_NO_RENEGOTIATION = 1n << 30n;
const TLS_1_2 = 0x0303n;

/** A context of OpenSSL; its owner frees it. */
export type TlsContext = NonNullable<Deno.PointerValue>;

/**
 * Makes a context.
 *
 * @throws {FerryError} TLS where certificates or key are not usable
 */
export function makeContext(lib: OpenSsl, tls: ServerIdentity, clients: ClientAuthorities): TlsContext {
  const { ssl } = lib;
  const context = ssl.SSL_CTX_new(ssl.TLS_server_method());
  if (context === null) throw unusable("TLS", lib);
  try {
    ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, TLS_1_2, null);
    // Every connection shows its certificate anew: none goes on with what an earlier one was believed.
    ssl.SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
    ssl.SSL_CTX_set_num_tickets(context, 0n);
    ssl.SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, 0n, null);
    useIdentity(lib, context, tls);
    useAuthorities(lib, context, clients.ca);
    ssl.SSL_CTX_set_verify(
      context,
      clients.required ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_PEER,
      null,
    );
    return context;
  } catch (error) {
    ssl.SSL_CTX_free(context);
    throw error;
  }
}

function useIdentity(lib: OpenSsl, context: TlsContext, { cert, key }: ServerIdentity): void {
  const { ssl, crypto } = lib;
  const [own, ...chain] = readCertificates(lib, cert);
  try {
    if (own === undefined || ssl.SSL_CTX_use_certificate(context, own) !== 1) throw unusable("--tls-cert", lib);
    // Those of the chain belong to the context from here on.
    for (let one = chain.shift(); one !== undefined; one = chain.shift()) {
      ssl.SSL_CTX_ctrl(context, SSL_CTRL_EXTRA_CHAIN_CERT, 0n, one);
    }
  } finally {
    for (const one of [own, ...chain]) if (one !== undefined) crypto.X509_free(one);
  }
  withText(lib, key, (bio) => {
    const read = crypto.PEM_read_bio_PrivateKey(bio, null, null, null);
    const usable = read !== null && ssl.SSL_CTX_use_PrivateKey(context, read) === 1 &&
      ssl.SSL_CTX_check_private_key(context) === 1;
    if (read !== null) crypto.EVP_PKEY_free(read);
    if (!usable) throw unusable("--tls-key", lib);
  });
}

function useAuthorities(lib: OpenSsl, context: TlsContext, ca: string): void {
  const { ssl, crypto } = lib;
  const store = ssl.SSL_CTX_get_cert_store(context);
  const authorities = readCertificates(lib, ca);
  try {
    if (authorities.length === 0) throw unusable("--client-ca", lib);
    for (const one of authorities) {
      crypto.X509_STORE_add_cert(store, one);
      // Tells clients whose certificates are asked for.
      ssl.SSL_CTX_add_client_CA(context, one);
    }
  } finally {
    for (const one of authorities) crypto.X509_free(one);
  }
}

/** All certificates of a PEM text. */
function readCertificates(lib: OpenSsl, pem: string): NonNullable<Deno.PointerValue>[] {
  const found: NonNullable<Deno.PointerValue>[] = [];
  withText(lib, pem, (bio) => {
    for (;;) {
      const one = lib.crypto.PEM_read_bio_X509(bio, null, null, null);
      if (one === null) break;
      found.push(one);
    }
  });
  // The end of the text counts as a failure there.
  if (found.length > 0) lib.crypto.ERR_clear_error();
  return found;
}

function withText(lib: OpenSsl, text: string, work: (bio: Deno.PointerValue) => void): void {
  const { crypto } = lib;
  const bytes = new TextEncoder().encode(text);
  const bio = crypto.BIO_new(crypto.BIO_s_mem());
  try {
    crypto.BIO_write(bio, bytes, bytes.byteLength);
    work(bio);
  } finally {
    crypto.BIO_free(bio);
  }
}

function unusable(what: string, lib: OpenSsl): FerryError {
  return new FerryError("TLS", `What ${what} gives cannot be used: ${lib.lastError()}`, {
    hint: "give PEM files: a certificate chain with --tls-cert, its key with --tls-key, authorities with --client-ca",
  });
}
