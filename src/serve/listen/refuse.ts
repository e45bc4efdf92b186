/**
 * The answer to a connection for which there is no room.
 *
 * @module
 */
import { closeQuietly, writeAll } from "./connection_io.ts";

/** Refusals that are said at a time; more connections than that wait to be accepted. */
const REFUSALS_MOST = 64;

/** Milliseconds that a client has to take its refusal. */
const TAKE_MS = 1000;

/** Bytes of the client's that are looked through for its end. */
const UNREAD_MOST = 64 * 1024;

const BODY = '{"errors":[{"code":"UNAVAILABLE","message":"Too many connections"}]}';

const ANSWER = new TextEncoder().encode(
  "HTTP/1.1 503 Service Unavailable\r\n" +
    "content-type: application/json\r\n" +
    `content-length: ${BODY.length}\r\n` +
    "retry-after: 1\r\n" +
    "connection: close\r\n\r\n" + BODY,
);

/** Tells clients that they come at a bad time. */
export class Refusals {
  #underWay = 0;
  #tellRoom = () => {};

  /** `hangUp` ends a connection, whatever its client does. */
  constructor(private readonly hangUp: (connection: Deno.Conn) => void) {}

  /** Waits until one more refusal can be said. */
  async room(): Promise<void> {
    while (this.#underWay >= REFUSALS_MOST) await new Promise<void>((resolve) => this.#tellRoom = resolve);
  }

  /** Answers 503 (RFC 9110, section 15.6.4) and closes. */
  async refuse(connection: Deno.Conn): Promise<void> {
    this.#underWay++;
    const timer = setTimeout(() => this.hangUp(connection), TAKE_MS);
    try {
      await writeAll(connection, ANSWER);
      await connection.closeWrite();
      // Closed with bytes unread, the connection would be reset, and the answer lost with it.
      const buffer = new Uint8Array(4096);
      for (let left = UNREAD_MOST; left > 0;) {
        const read = await connection.read(buffer);
        if (read === null) break;
        left -= read;
      }
    } catch {
      // The client is gone.
    } finally {
      clearTimeout(timer);
      closeQuietly(connection);
      this.#underWay--;
      this.#tellRoom();
    }
  }
}
