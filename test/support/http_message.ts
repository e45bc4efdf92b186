/** Messages of the tests' own HTTP/1.1 server: what came in, what goes out, and how the answer may go wrong. */

/** Header fields in order; a name may come twice. */
export type HeaderList = readonly (readonly [string, string])[];

/** What a server sends, right or wrong. */
export interface Answer {
  /** Status code; 0 sends nothing at all. */
  readonly status: number;
  /** Header fields; a list where one name comes more than once. */
  readonly headers?: Readonly<Record<string, string>> | HeaderList;
  /** The body. An iterable goes out in chunks unless contentLength is given. */
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>;
  /** Content-Length to claim instead of the true one; null sends none, and the body ends with the connection. */
  readonly contentLength?: number | null;
  /** What happens to the connection after the answer: `drop` closes it without having said so, `stall` keeps it open and silent. */
  readonly end?: "keep" | "close" | "drop" | "stall";
}

/** A request as a handler sees it. The body is read when it is asked for. */
export interface ServerRequest {
  /** Method, upper case. */
  readonly method: string;
  /** Request target as sent. */
  readonly target: string;
  /** Path, percent-decoded. */
  readonly path: string;
  /** Query. */
  readonly query: URLSearchParams;
  /** Header fields. */
  readonly headers: Headers;
  /** Number of the connection, from 0. */
  readonly connection: number;
  /** Bytes of the body read so far. */
  readonly received: number;
  /** The whole body. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** The next bytes of the body, at most `most`, fewer only at its end. */
  take(most: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Answers a request. */
export type HttpHandler = (request: ServerRequest) => Answer | Promise<Answer>;

/** An answer with a JSON body. */
export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(value) };
}

/** The error body of the distribution-spec, section "Error Codes". */
export function errorAnswer(
  status: number,
  code: string,
  message = code,
  headers: Record<string, string> = {},
): Answer {
  return jsonAnswer(status, { errors: [{ code, message, detail: {} }] }, headers);
}

/** The first value of a header of an answer, by name in any case. */
export function answerHeader(answer: Answer, name: string): string | undefined {
  return headerList(answer).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
}

/** Header fields of an answer as a list. */
export function headerList(answer: Answer): HeaderList {
  const { headers } = answer;
  if (headers === undefined) return [];
  return Array.isArray(headers) ? headers as HeaderList : Object.entries(headers as Record<string, string>);
}

/** The same answer with header fields set, or taken out where the value is undefined. */
export function withHeaders(answer: Answer, changes: Readonly<Record<string, string | undefined>>): Answer {
  const names = new Set(Object.keys(changes).map((name) => name.toLowerCase()));
  const kept = headerList(answer).filter(([name]) => !names.has(name.toLowerCase()));
  const added = Object.entries(changes).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...answer, headers: [...kept, ...added] };
}
