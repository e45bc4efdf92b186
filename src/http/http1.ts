/**
 * HTTP/1.1 messages on a connection of our own (RFC 9112): what is needed to send a body with an exact length, which fetch cannot.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/** The part of a connection that messages need. */
export interface ByteConnection {
  /** Reads into `into`; null at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of `bytes` and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Closes it. */
  close(): void;
}

/** Status line and headers of an answer. */
export interface AnswerHead {
  /** Status. */
  readonly status: number;
  /** Headers. */
  readonly headers: Headers;
  /** The connection may be used again, as far as the head says. */
  readonly keepAlive: boolean;
}

/** Runs a step during which the host has to do something. */
export type Turn = <T>(step: () => Promise<T>) => Promise<T>;

interface Framing {
  left: number;
  readonly chunked: boolean;
  first: boolean;
}

const HEAD_MOST = 64 * 1024;
const LINE_MOST = 4096;

/** Writes all of `bytes`. */
export async function writeAll(connection: ByteConnection, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) at += await connection.write(bytes.subarray(at));
}

/** Text of a request's head. Values with line breaks are refused: they would be headers of their own. */
export function encodeHead(method: string, target: string, headers: Readonly<Record<string, string>>): Uint8Array {
  const lines = [`${method} ${target} HTTP/1.1`];
  for (const [name, value] of Object.entries(headers)) {
    if (/[\r\n\0]/.test(name + value)) {
      throw new FerryError("INTERNAL", `Header "${name.replace(/[\r\n\0]/g, " ")}" has a line break`);
    }
    lines.push(`${name}: ${value}`);
  }
  return new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`);
}

/** Reads answers from a connection, keeping what was read too far for the next. */
export class AnswerReader {
  readonly #connection: ByteConnection;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(16 * 1024);
  #start = 0;
  #end = 0;

  /** Reads from `connection`. */
  constructor(connection: ByteConnection) {
    this.#connection = connection;
  }

  /** True when bytes were read that belong to no answer yet. */
  get pending(): boolean {
    return this.#end > this.#start;
  }

  /** Reads the next final head; interim answers (1xx) are passed over. */
  async head(): Promise<AnswerHead> {
    for (;;) {
      const head = parseHead(await this.#headText());
      if (head.status >= 200) return head;
    }
  }

  /**
   * The body that follows a head, or null when there is none. `ended` is told once: true when the body was read to its end and the
   * connection stands at the next answer, false when the connection is spent. `turn` wraps each wait for the host.
   */
  body(
    head: AnswerHead,
    method: string,
    ended: (clean: boolean) => void,
    turn: Turn,
  ): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    const length = head.headers.get("content-length");
    const chunked = /\bchunked\b/i.test(head.headers.get("transfer-encoding") ?? "");
    if (method === "HEAD" || head.status === 204 || head.status === 304 || (!chunked && length === "0")) {
      ended(true);
      return null;
    }
    if (!chunked && length !== null && !/^\d{1,15}$/.test(length)) throw broken("an invalid Content-Length");
    const framing: Framing = chunked
      ? { left: 0, chunked: true, first: true }
      : { left: length === null ? Infinity : Number(length), chunked: false, first: false };
    let over = false;
    const end = (clean: boolean) => {
      if (!over) ended(clean);
      over = true;
    };
    return new ReadableStream({
      type: "bytes",
      autoAllocateChunkSize: 64 * 1024,
      pull: async (controller) => {
        try {
          const view = controller.byobRequest!.view as Uint8Array<ArrayBuffer>;
          const read = await turn(() => this.#framed(framing, view));
          if (read > 0) return controller.byobRequest!.respond(read);
          end(!(length === null && !chunked));
          controller.close();
          controller.byobRequest?.respond(0);
        } catch (error) {
          end(false);
          throw error;
        }
      },
      cancel: () => end(false),
    });
  }

  /** Reads the next bytes of a body into `into`; 0 at its end. */
  async #framed(framing: Framing, into: Uint8Array): Promise<number> {
    if (framing.chunked && framing.left === 0) {
      if (!framing.first) await this.#line();
      framing.first = false;
      const size = /^([0-9a-fA-F]{1,8})\s*(;.*)?$/.exec(await this.#line())?.[1];
      if (size === undefined) throw broken("a chunk without a size");
      framing.left = parseInt(size, 16);
      if (framing.left === 0) {
        while (await this.#line() !== "") { /* trailers are of no use here */ }
        return 0;
      }
    }
    if (framing.left === 0) return 0;
    const room = into.subarray(0, Math.min(into.byteLength, framing.left));
    const read = await this.#some(room);
    if (read === 0) {
      if (framing.left === Infinity) return 0;
      throw new Deno.errors.UnexpectedEof("connection closed in the middle of the answer");
    }
    framing.left -= read;
    return read;
  }

  /** Some bytes, from the buffer first; 0 at the end of the connection. */
  async #some(into: Uint8Array): Promise<number> {
    if (!this.pending) return await this.#connection.read(into) ?? 0;
    const size = Math.min(into.byteLength, this.#end - this.#start);
    into.set(this.#buffer.subarray(this.#start, this.#start + size));
    this.#start += size;
    return size;
  }

  async #headText(): Promise<string> {
    const lines: string[] = [];
    let size = 0;
    for (;;) {
      const line = await this.#line();
      if (line === "" && lines.length > 0) return lines.join("\n");
      size += line.length;
      if (size > HEAD_MOST) throw broken("headers without end");
      if (line !== "") lines.push(line);
    }
  }

  /** One line without its end. Bare line feeds are taken as ends as well: some hosts send them with their 429. */
  async #line(): Promise<string> {
    const pieces: string[] = [];
    let size = 0;
    for (;;) {
      const at = this.#buffer.subarray(this.#start, this.#end).indexOf(10);
      const stop = at < 0 ? this.#end : this.#start + at;
      pieces.push(latin1(this.#buffer.subarray(this.#start, stop)));
      size += stop - this.#start;
      this.#start = at < 0 ? stop : stop + 1;
      if (at >= 0) return pieces.join("").replace(/\r$/, "");
      if (size > HEAD_MOST) throw broken("a line without end");
      if (!await this.#fill()) throw new Deno.errors.UnexpectedEof("connection closed before the answer");
    }
  }

  async #fill(): Promise<boolean> {
    if (!this.pending) this.#start = this.#end = 0;
    if (this.#end === this.#buffer.byteLength) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    const read = await this.#connection.read(this.#buffer.subarray(this.#end));
    if (read === null || read === 0) return false;
    this.#end += read;
    return true;
  }
}

function parseHead(text: string): AnswerHead {
  const [first = "", ...lines] = text.split("\n");
  const match = /^HTTP\/1\.([01]) (\d{3})(?: |$)/.exec(first);
  if (match === null) throw broken(`"${first.slice(0, 60)}" instead of a status line`);
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    if (colon <= 0 || line.length > LINE_MOST * 4) continue;
    try {
      headers.append(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
    } catch {
      // A header that cannot be represented is as if not sent.
    }
  }
  const connection = (headers.get("connection") ?? "").toLowerCase();
  const keepAlive = match[1] === "1" ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
  return { status: Number(match[2]), headers, keepAlive };
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

function broken(what: string): FerryError {
  return new FerryError("RESPONSE_INVALID", `Host answered with ${what}`, {
    hint: "check that it is a registry that speaks HTTP/1.1",
  });
}
