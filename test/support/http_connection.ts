/** One connection of the tests' HTTP/1.1 server: reads requests and writes answers as raw bytes. */
import { type Answer, headerList, type ServerRequest } from "./http_message.ts";

const HEAD_MAX_BYTES = 256 * 1024;
const LINE_END = Uint8Array.of(13, 10);
const HEAD_END = Uint8Array.of(13, 10, 13, 10);
const TLS_HANDSHAKE = 0x16;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Joins two byte arrays. */
export function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.byteLength + b.byteLength);
  bytes.set(a);
  bytes.set(b, a.byteLength);
  return bytes;
}

/** Reads from a connection, keeping what came too early. */
export class BufferedReader {
  readonly #conn: Deno.Conn;
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** The next bytes, at most `most`, or undefined at the end. */
  async some(most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#rest.byteLength === 0 && !await this.#fill()) return undefined;
    const bytes = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(bytes.byteLength);
    return bytes;
  }

  /** Everything before `end`, which is read as well, or undefined when the connection ends first. */
  async until(end: Uint8Array): Promise<string | undefined> {
    let from = 0;
    for (;;) {
      const at = indexOf(this.#rest, end, from);
      if (at >= 0) {
        const text = decoder.decode(this.#rest.subarray(0, at));
        this.#rest = this.#rest.subarray(at + end.byteLength);
        return text;
      }
      if (this.#rest.byteLength > HEAD_MAX_BYTES) throw new Error("Request head is too long");
      from = Math.max(0, this.#rest.byteLength - end.byteLength);
      if (!await this.#fill()) return undefined;
    }
  }

  /** A line without its end. */
  line(): Promise<string | undefined> {
    return this.until(LINE_END);
  }

  /** A head: all lines before an empty one. Throws {@linkcode NotHttp} where a TLS handshake comes instead. */
  async head(): Promise<string | undefined> {
    if (this.#rest.byteLength === 0 && !await this.#fill()) return undefined;
    if (this.#rest[0] === TLS_HANDSHAKE) throw new NotHttp("A TLS handshake came to a server of plain HTTP");
    return await this.until(HEAD_END);
  }

  /** What was read too early, for who goes on with the connection. */
  rest(): Uint8Array<ArrayBuffer> {
    const rest = this.#rest;
    this.#rest = new Uint8Array(0);
    return rest;
  }

  async #fill(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    const count = await this.#conn.read(buffer);
    if (count === null) return false;
    this.#rest = this.#rest.byteLength === 0
      ? buffer.subarray(0, count)
      : joined(this.#rest, buffer.subarray(0, count));
    return true;
  }
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  outer: for (let at = from; at + wanted.byteLength <= bytes.byteLength; at++) {
    for (let i = 0; i < wanted.byteLength; i++) if (bytes[at + i] !== wanted[i]) continue outer;
    return at;
  }
  return -1;
}

/** Head of a request. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly headers: Headers;
}

/** Reads the next head, or undefined at the end of the connection. */
export async function readHead(reader: BufferedReader): Promise<RequestHead | undefined> {
  const text = await reader.head();
  if (text === undefined) return undefined;
  const [first = "", ...lines] = text.split("\r\n");
  const [method = "", target = ""] = first.split(" ");
  const headers = new Headers();
  for (const line of lines) {
    const at = line.indexOf(":");
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim());
  }
  return { method, target, headers };
}

/** A request whose body comes from the connection when it is asked for. */
export class ConnectionRequest implements ServerRequest {
  readonly method: string;
  readonly target: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly connection: number;
  received = 0;
  readonly #reader: BufferedReader;
  readonly #conn: Deno.Conn;
  readonly #chunked: boolean;
  #continueWanted: boolean;
  /** Bytes left of the body, or of the chunk. */
  #left: number;
  #ended: boolean;
  #whole: Promise<Uint8Array<ArrayBuffer>> | undefined;

  constructor(head: RequestHead, reader: BufferedReader, conn: Deno.Conn, connection: number) {
    const url = new URL(head.target, "http://server");
    this.method = head.method;
    this.target = head.target;
    this.path = decodeURIComponent(url.pathname);
    this.query = url.searchParams;
    this.headers = head.headers;
    this.connection = connection;
    this.#reader = reader;
    this.#conn = conn;
    this.#chunked = /chunked/i.test(head.headers.get("transfer-encoding") ?? "");
    this.#continueWanted = /100-continue/i.test(head.headers.get("expect") ?? "");
    this.#left = this.#chunked ? 0 : Number(head.headers.get("content-length") ?? "0");
    this.#ended = !this.#chunked && this.#left === 0;
  }

  /** True when nothing of the body is left on the connection. */
  get ended(): boolean {
    return this.#ended;
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#whole ??= this.take(Number.MAX_SAFE_INTEGER);
  }

  async take(most: number): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    let count = 0;
    while (count < most) {
      const part = await this.#next(most - count);
      if (part === undefined) break;
      parts.push(part);
      count += part.byteLength;
    }
    if (parts.length === 1) return parts[0]!;
    const all = new Uint8Array(count);
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.byteLength;
    }
    return all;
  }

  async #next(most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#ended) return undefined;
    if (this.#continueWanted) {
      this.#continueWanted = false;
      await writeAll(this.#conn, encoder.encode("HTTP/1.1 100 Continue\r\n\r\n"));
    }
    if (this.#chunked && this.#left === 0 && !await this.#nextChunk()) return undefined;
    const bytes = await this.#reader.some(Math.min(most, this.#left));
    if (bytes === undefined) throw new ConnectionEnded("The client went away in the middle of a body");
    this.#left -= bytes.byteLength;
    this.received += bytes.byteLength;
    if (this.#left === 0) {
      if (this.#chunked) await this.#reader.line();
      else this.#ended = true;
    }
    return bytes;
  }

  async #nextChunk(): Promise<boolean> {
    const line = await this.#reader.line();
    if (line === undefined) throw new ConnectionEnded("The client went away in the middle of a body");
    this.#left = Number.parseInt(line, 16);
    if (!Number.isSafeInteger(this.#left)) throw new Error(`Chunk size "${line}" is not a number`);
    if (this.#left > 0) return true;
    while ((await this.#reader.line() ?? "") !== "");
    this.#ended = true;
    return false;
  }
}

/** The other side closed the connection: what clients do in tests of faults, never a failure of the server. */
export class ConnectionEnded extends Error {}

/** What came is no HTTP. */
export class NotHttp extends Error {}

/** Writes all of `bytes`. */
export async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) at += await conn.write(bytes.subarray(at));
}

/** Writes an answer as it is described, with its faults. */
export async function writeAnswer(conn: Deno.Conn, request: ServerRequest, answer: Answer): Promise<void> {
  if (answer.status === 0) return;
  const body = typeof answer.body === "string" ? encoder.encode(answer.body) : answer.body;
  const lines = [`HTTP/1.1 ${answer.status} ${answer.status < 400 ? "OK" : "Failed"}`];
  const names = new Set<string>();
  for (const [name, value] of headerList(answer)) {
    names.add(name.toLowerCase());
    lines.push(`${name}: ${value}`);
  }
  const bodiless = request.method === "HEAD" || answer.status === 204 || answer.status === 304;
  const iterable = body !== undefined && !(body instanceof Uint8Array);
  const chunked = iterable && answer.contentLength === undefined;
  if (chunked) lines.push("transfer-encoding: chunked");
  else if (!names.has("content-length") && answer.contentLength !== null && answer.status !== 204) {
    lines.push(`content-length: ${answer.contentLength ?? (iterable ? 0 : body?.byteLength ?? 0)}`);
  }
  if (answer.end === "close" || answer.contentLength === null) lines.push("connection: close");
  const head = encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
  if (bodiless || body === undefined) return await writeAll(conn, head);
  if (body instanceof Uint8Array) return await writeAll(conn, joined(head, body));
  await writeAll(conn, head);
  for await (const part of body) {
    if (part.byteLength === 0) continue;
    await writeAll(conn, chunked ? chunk(part) : part);
  }
  if (chunked && answer.end !== "close") await writeAll(conn, encoder.encode("0\r\n\r\n"));
}

function chunk(part: Uint8Array): Uint8Array {
  return joined(joined(encoder.encode(`${part.byteLength.toString(16)}\r\n`), part), LINE_END);
}
