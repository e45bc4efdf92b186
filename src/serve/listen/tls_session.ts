/**
 * One TLS connection, as bytes that go in and come out.
 *
 * @module
 */
import type { OpenSsl } from "./openssl.ts";
import type { TlsContext } from "./tls_context.ts";

const SSL_ERROR_WANT_READ = 2;
const SSL_ERROR_ZERO_RETURN = 6;
const NID_COMMON_NAME = 13;

/** The server's side of a TLS connection (RFC 8446). */
export class TlsSession {
  readonly #ssl: Deno.PointerValue;
  /** What came from the client. */
  readonly #in: Deno.PointerValue;
  /** What is to be sent to the client. */
  readonly #out: Deno.PointerValue;
  #free = false;

  /** Nothing is sent or taken yet. */
  constructor(private readonly lib: OpenSsl, context: TlsContext) {
    const { ssl, crypto } = lib;
    this.#ssl = ssl.SSL_new(context);
    this.#in = crypto.BIO_new(crypto.BIO_s_mem());
    this.#out = crypto.BIO_new(crypto.BIO_s_mem());
    // Both belong to the session from here on.
    ssl.SSL_set_bio(this.#ssl, this.#in, this.#out);
    ssl.SSL_set_accept_state(this.#ssl);
  }

  /** Takes bytes of the client. */
  feed(bytes: Uint8Array<ArrayBuffer>): void {
    this.lib.crypto.BIO_write(this.#in, bytes, bytes.byteLength);
  }

  /** Bytes for the client, put into `buffer`; 0 where there are none. */
  drain(buffer: Uint8Array<ArrayBuffer>): number {
    return Math.max(this.lib.crypto.BIO_read(this.#out, buffer, buffer.byteLength), 0);
  }

  /** Goes on with the handshake; false where more must come from the client. Throws where it has failed. */
  handshake(): boolean {
    return this.#try(() => this.lib.ssl.SSL_do_handshake(this.#ssl)) > 0;
  }

  /** What the client says, put into `buffer`; 0 where more must come, undefined at the end. */
  read(buffer: Uint8Array<ArrayBuffer>): number | undefined {
    const read = this.#try(() => this.lib.ssl.SSL_read(this.#ssl, buffer, buffer.byteLength));
    return read < 0 ? undefined : read;
  }

  /** Says something to the client. */
  write(bytes: Uint8Array<ArrayBuffer>): void {
    // Into memory all of it is written at once.
    const written = this.#try(() => this.lib.ssl.SSL_write(this.#ssl, bytes, bytes.byteLength));
    if (written !== bytes.byteLength) throw new Error("TLS could not write");
  }

  /** Says that nothing more comes. */
  end(): void {
    this.lib.ssl.SSL_shutdown(this.#ssl);
    this.lib.crypto.ERR_clear_error();
  }

  /** Common name of the certificate that the client showed, which was checked in the handshake; "" where there is none. */
  commonName(): string {
    const { ssl, crypto } = this.lib;
    const certificate = (ssl.SSL_get1_peer_certificate ?? ssl.SSL_get_peer_certificate)?.(this.#ssl) ?? null;
    if (certificate === null) return "";
    const buffer = new Uint8Array(512);
    const subject = crypto.X509_get_subject_name(certificate);
    const length = crypto.X509_NAME_get_text_by_NID(subject, NID_COMMON_NAME, buffer, buffer.byteLength);
    crypto.X509_free(certificate);
    const name = new TextDecoder().decode(buffer.subarray(0, Math.max(length, 0)));
    // Of a name with a NUL, or one cut short, nobody knows whose it is.
    return name.includes("\0") || length >= buffer.byteLength - 1 ? "" : name;
  }

  /** Gives up what the session holds. */
  free(): void {
    if (this.#free) return;
    this.#free = true;
    this.lib.ssl.SSL_free(this.#ssl);
  }

  /** More than 0 where something was done, 0 where more must come, less at the end. */
  #try(work: () => number): number {
    const { ssl, crypto, lastError } = this.lib;
    crypto.ERR_clear_error();
    const done = work();
    if (done > 0) return done;
    const code = ssl.SSL_get_error(this.#ssl, done);
    if (code === SSL_ERROR_WANT_READ) return 0;
    if (code === SSL_ERROR_ZERO_RETURN) return -1;
    throw new Error(`TLS failed: ${lastError()}`);
  }
}
