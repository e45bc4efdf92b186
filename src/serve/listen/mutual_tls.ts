/**
 * TLS with certificates on both sides. The machine's OpenSSL speaks it; what comes out of it goes on to the runtime's HTTP through a
 * connection within this process.
 *
 * @module
 */
import { connectedPair } from "./connected_pair.ts";
import { closeQuietly, writeAll } from "./connection_io.ts";
import type { ClientAuthorities, Entered, ServerIdentity } from "./door.ts";
import { loadOpenSsl } from "./openssl.ts";
import { makeContext } from "./tls_context.ts";
import { TlsSession } from "./tls_session.ts";

const BUFFER_BYTES = 64 * 1024;

/** Lets clients in by their certificates. */
export interface MutualTls {
  /** Does the handshake on a connection. Fails where the client is not let in, or where the signal says so. */
  enter(connection: Deno.Conn, signal: AbortSignal): Promise<Entered>;
  /** Lets nobody in any more; those inside stay. */
  close(): void;
}

/**
 * Gets ready.
 *
 * @throws {FerryError} UNSUPPORTED where the machine has no OpenSSL, TLS where certificates or key are not usable
 */
export function openMutualTls(tls: ServerIdentity, clients: ClientAuthorities): MutualTls {
  const lib = loadOpenSsl();
  let users = 1;
  const leave = () => {
    if (--users > 0) return;
    lib.ssl.SSL_CTX_free(context);
    lib.close();
  };
  let context: ReturnType<typeof makeContext>;
  try {
    context = makeContext(lib, tls, clients);
  } catch (error) {
    lib.close();
    throw error;
  }
  return {
    enter: async (connection, signal) => {
      users++;
      const tunnel = new Tunnel(connection, new TlsSession(lib, context));
      const stop = () => closeQuietly(connection);
      signal.addEventListener("abort", stop, { once: true });
      const end = () => {
        signal.removeEventListener("abort", stop);
        tunnel.close();
        leave();
      };
      try {
        const name = await tunnel.handshake();
        const [inside, outside] = await connectedPair();
        return { connection: inside, name, ended: tunnel.relay(outside).finally(end) };
      } catch (error) {
        end();
        throw error;
      }
    },
    close: leave,
  };
}

class Tunnel {
  readonly #in = new Uint8Array(BUFFER_BYTES);
  readonly #out = new Uint8Array(BUFFER_BYTES);
  #sent: Promise<void> = Promise.resolve();

  constructor(private readonly connection: Deno.Conn, private readonly session: TlsSession) {}

  /** Does the handshake; gives the common name of the client's certificate. */
  async handshake(): Promise<string> {
    try {
      while (!this.session.handshake()) {
        await this.#send();
        if (!await this.#take()) throw new Error("the client went away");
      }
    } finally {
      // Also where it has failed: this tells the client why.
      await this.#send().catch(() => {});
    }
    return this.session.commonName();
  }

  /** Carries bytes between the client and the other end, until both are done. */
  async relay(other: Deno.Conn): Promise<void> {
    const up = this.#carryIn(other).catch(() => {}).finally(() => other.closeWrite().catch(() => {}));
    // When the server is done with the connection there is nothing left to hear.
    const down = this.#carryOut(other).catch(() => {}).finally(() => closeQuietly(this.connection));
    await Promise.all([up, down]);
    closeQuietly(other);
  }

  close(): void {
    closeQuietly(this.connection);
    this.session.free();
  }

  async #carryIn(other: Deno.Conn): Promise<void> {
    const plain = new Uint8Array(BUFFER_BYTES);
    // Some may have come with the end of the handshake.
    for (let more = true; more; more = await this.#take()) {
      for (;;) {
        const read = this.session.read(plain);
        if (read === undefined) return;
        if (read === 0) break;
        await writeAll(other, plain.subarray(0, read));
      }
      await this.#send();
    }
  }

  async #carryOut(other: Deno.Conn): Promise<void> {
    const plain = new Uint8Array(BUFFER_BYTES);
    for (;;) {
      const read = await other.read(plain);
      if (read === null) break;
      this.session.write(plain.subarray(0, read));
      await this.#send();
    }
    this.session.end();
    await this.#send();
  }

  async #take(): Promise<boolean> {
    const read = await this.connection.read(this.#in);
    if (read === null) return false;
    this.session.feed(this.#in.subarray(0, read));
    return true;
  }

  /** Sends what the session has for the client; one after the other, since both directions have something to say. */
  #send(): Promise<void> {
    this.#sent = this.#sent.then(async () => {
      for (let count = this.session.drain(this.#out); count > 0; count = this.session.drain(this.#out)) {
        await writeAll(this.connection, this.#out.subarray(0, count));
      }
    });
    return this.#sent;
  }
}
