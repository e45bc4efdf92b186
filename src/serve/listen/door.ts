/**
 * Where clients come in: an address that is listened on, in plain or by TLS.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { closeQuietly } from "./connection_io.ts";
import { HangUps } from "./hang_up.ts";

/** Certificate chain and key of a server, PEM. */
export interface ServerIdentity {
  /** Certificates, the server's own first. */
  readonly cert: string;
  /** Key of the first. */
  readonly key: string;
}

/** Which certificates of clients count. */
export interface ClientAuthorities {
  /** Certificates of the authorities that sign those of clients, PEM. */
  readonly ca: string;
  /** Refuses clients that show none. */
  readonly required: boolean;
}

/** A client that may send requests now. */
export interface Entered {
  /** What HTTP is spoken on. */
  readonly connection: Deno.Conn;
  /** Common name of the certificate that the client showed; "" for none. */
  readonly name: string;
  /** Ends when nothing is left of the connection, after HTTP is done with it; never fails. */
  readonly ended: Promise<void>;
}

/** An address that is listened on. */
export interface Door {
  /** Where it listens. */
  readonly address: Deno.NetAddr;
  /** The next connection; undefined once the door is closed. */
  accept(): Promise<Deno.Conn<Deno.NetAddr> | undefined>;
  /** Brings a connection to where HTTP begins; undefined where that is at once. Fails where the client is not let in. */
  readonly enter: ((connection: Deno.Conn, signal: AbortSignal) => Promise<Entered>) | undefined;
  /** True where a client can be told something before it has entered. */
  readonly speaks: boolean;
  /** Ends a connection that has not entered, whatever its client does. */
  hangUp(connection: Deno.Conn): void;
  /** Lets nobody in any more. */
  close(): void;
  /** Ends what is left, when no connection that has entered is. */
  done(): void;
}

/** How to listen. */
export interface DoorOptions {
  /** Address to listen on. */
  readonly address: string;
  /** Port, 0 for any that is free. */
  readonly port: number;
  /** Speaks TLS. */
  readonly tls?: ServerIdentity | undefined;
  /** Asks clients for certificates. */
  readonly clients?: ClientAuthorities | undefined;
  /** Told of what keeps connections from being accepted. */
  readonly onFailure: (error: unknown) => void;
}

/** Milliseconds before the next try where the system gives no connection, for example since too many files are open. */
const PAUSE_MS = 100;

/**
 * Opens a door.
 *
 * @throws {FerryError} CONNECT where the address cannot be listened on, TLS where certificate and key are not usable
 */
export async function openDoor(options: DoorOptions): Promise<Door> {
  const { address, port, tls, clients } = options;
  const mutual = tls === undefined || clients === undefined
    ? undefined
    : (await import("./mutual_tls.ts")).openMutualTls(tls, clients);
  let listener: Deno.Listener<Deno.TcpConn | Deno.TlsConn, Deno.NetAddr>;
  try {
    listener = tls === undefined || mutual !== undefined
      ? Deno.listen({ hostname: address, port })
      : Deno.listenTls({ hostname: address, port, ...tls, alpnProtocols: ["h2", "http/1.1"] });
  } catch (cause) {
    mutual?.close();
    throw startFailure(cause, address, port);
  }
  const hangUps = new HangUps();
  const hangUp = (connection: Deno.Conn) => {
    if (tls !== undefined && mutual === undefined) {
      hangUps.add({ local: connection.localAddr as Deno.NetAddr, remote: connection.remoteAddr as Deno.NetAddr });
    }
    closeQuietly(connection);
  };
  const handshake = (connection: Deno.Conn, signal: AbortSignal) => shakeHands(connection, signal, hangUp);
  let open = true;
  return {
    address: listener.addr,
    enter: mutual?.enter ?? (tls === undefined ? undefined : handshake),
    speaks: mutual === undefined,
    hangUp,
    accept: async () => {
      while (open) {
        try {
          const connection = await listener.accept();
          if (!open) {
            closeQuietly(connection);
            break;
          }
          // Answers are written whole: to wait for more to send would only delay them.
          if ("setNoDelay" in connection) connection.setNoDelay();
          return connection;
        } catch (error) {
          if (!open) break;
          options.onFailure(error);
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
        }
      }
      return undefined;
    },
    close: () => {
      open = false;
      closeQuietly(listener);
    },
    done: () => {
      hangUps.now();
      mutual?.close();
    },
  };
}

/** Does the runtime's handshake: left to its HTTP, one that stands still could not be ended. */
async function shakeHands(
  connection: Deno.Conn,
  signal: AbortSignal,
  hangUp: (connection: Deno.Conn) => void,
): Promise<Entered> {
  const stop = () => hangUp(connection);
  signal.addEventListener("abort", stop, { once: true });
  try {
    if ("handshake" in connection) await (connection as Deno.TlsConn).handshake();
  } finally {
    signal.removeEventListener("abort", stop);
  }
  return { connection, name: "", ended: Promise.resolve() };
}

function startFailure(cause: unknown, address: string, port: number): FerryError {
  const words = cause instanceof Error ? cause.message : String(cause);
  const isTls = /certificate|private key|\bkey\b|pem/i.test(words);
  if (isTls) {
    return new FerryError("TLS", `Certificate and key cannot be used: ${words}`, {
      cause,
      hint: "give a PEM certificate with --tls-cert and its PEM key with --tls-key",
    });
  }
  return new FerryError("CONNECT", `Could not listen on "${address}:${port}": ${words}`, {
    cause,
    hint: "choose another --port, or 0 for any that is free",
  });
}
