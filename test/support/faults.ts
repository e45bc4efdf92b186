/** Faults that a test server commits on request. */
import { type Answer, errorAnswer, jsonAnswer, type ServerRequest, withHeaders } from "./http_message.ts";

/** Answers a request in place of the server; `proceed` gives the right answer. */
export type FaultAction = (
  request: ServerRequest,
  proceed: () => Promise<Answer>,
  /** How often this fault struck before, from 0. */
  count: number,
) => Answer | Promise<Answer>;

/** When a fault strikes and what it does. */
export interface Fault {
  /** Only this method; any where not given. */
  readonly method?: string;
  /** Only request targets (path and query as sent) that match. */
  readonly path?: RegExp;
  /** Only requests that pass. */
  readonly when?: (request: ServerRequest) => boolean;
  /** How often; 1 where not given. */
  readonly times?: number;
  readonly action: FaultAction;
}

/** A list of faults, used up as they strike; the first that fits does. */
export class FaultScript {
  readonly #faults: { readonly fault: Fault; count: number }[] = [];

  /** Adds faults behind those that are there. */
  add(...faults: Fault[]): void {
    for (const fault of faults) this.#faults.push({ fault, count: 0 });
  }

  /** Forgets all faults. */
  clear(): void {
    this.#faults.length = 0;
  }

  /** How often the faults struck, in the order in which they were added. */
  get counts(): readonly number[] {
    return this.#faults.map(({ count }) => count);
  }

  /** The faulty answer where a fault strikes, else the right one. */
  async run(request: ServerRequest, proceed: () => Promise<Answer>): Promise<Answer> {
    const entry = this.#faults.find(({ fault, count }) =>
      count < (fault.times ?? 1) &&
      (fault.method === undefined || fault.method === request.method) &&
      (fault.path === undefined || fault.path.test(request.target)) &&
      (fault.when === undefined || fault.when(request))
    );
    return entry === undefined ? await proceed() : await entry.fault.action(request, proceed, entry.count++);
  }
}

/** A status with an error body and headers. */
export function status(code: number, headers: Record<string, string> = {}, error = "UNKNOWN"): FaultAction {
  return () => errorAnswer(code, error, `status ${code} on purpose`, headers);
}

/** Any answer. */
export function answer(value: Answer): FaultAction {
  return () => value;
}

/** A 401 with these WWW-Authenticate values, each in a header field of its own. */
export function unauthorized(...challenges: string[]): FaultAction {
  const body = errorAnswer(401, "UNAUTHORIZED");
  return () => ({ ...body, headers: challenges.map((value) => ["www-authenticate", value] as const) });
}

/** 429 or 503 with Retry-After in seconds or as an HTTP date. */
export function retryAfter(code: number, after: number | Date): FaultAction {
  const value = typeof after === "number" ? String(after) : after.toUTCString();
  return status(code, { "retry-after": value }, "TOOMANYREQUESTS");
}

/** Closes the connection without a word, and without reading the body. */
export function hangUp(): FaultAction {
  return () => ({ status: 0, end: "close" });
}

/** Answers right, then closes the connection without having said so. */
export function dropAfter(): FaultAction {
  return async (_request, proceed) => ({ ...await proceed(), end: "drop" });
}

/** Takes the request and never answers. */
export function silence(): FaultAction {
  return () => ({ status: 0, end: "stall" });
}

/** The right headers, but the connection ends after this many bytes of the body. */
export function cutAfter(bytes: number): FaultAction {
  return shortened(bytes, "close");
}

/** The right headers, but after this many bytes of the body nothing more comes. */
export function stallAfter(bytes: number): FaultAction {
  return shortened(bytes, "stall");
}

function shortened(bytes: number, end: "close" | "stall"): FaultAction {
  return async (_request, proceed) => {
    const right = await proceed();
    if (!(right.body instanceof Uint8Array)) return { ...right, end };
    return { ...right, body: right.body.subarray(0, bytes), contentLength: right.body.byteLength, end };
  };
}

/** The right headers, but the body of a change; the Content-Length follows it. */
export function changeBody(change: (body: Uint8Array) => Uint8Array): FaultAction {
  return async (_request, proceed) => {
    const right = await proceed();
    const body = right.body instanceof Uint8Array ? right.body : new TextEncoder().encode(String(right.body ?? ""));
    return { ...right, body: change(body.slice()) };
  };
}

/** One bit of the body turned. */
export function flipBit(): FaultAction {
  return changeBody((body) => {
    if (body.byteLength > 0) body[body.byteLength >> 1]! ^= 1;
    return body;
  });
}

/** The right body without Content-Length, in chunks. */
export function chunkedBody(): FaultAction {
  return async (_request, proceed) => {
    const right = await proceed();
    return right.body instanceof Uint8Array ? { ...right, body: pieces(right.body) } : right;
  };
}

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 16 * 1024) {
    yield await Promise.resolve(bytes.subarray(at, at + 16 * 1024));
  }
}

/** A body that never ends, with these headers; `sent` learns how much the client took. */
export function endless(headers: Record<string, string>, sent: (bytes: number) => void = () => {}): FaultAction {
  const piece = new Uint8Array(64 * 1024).fill(0x20);
  async function* body(): AsyncGenerator<Uint8Array> {
    for (;;) {
      yield await Promise.resolve(piece);
      sent(piece.byteLength);
    }
  }
  return () => ({ status: 200, headers, body: body() });
}

/** A redirect. */
export function redirect(to: string | ((request: ServerRequest) => string), code = 307): FaultAction {
  return (request) => ({ status: code, headers: { location: typeof to === "string" ? to : to(request) } });
}

/** The right answer with header fields set, or taken out where the value is undefined. */
export function headers(changes: Readonly<Record<string, string | undefined>>): FaultAction {
  return async (_request, proceed) => withHeaders(await proceed(), changes);
}

/** The right answer with another Location made from the right one. */
export function relocate(to: (location: string) => string): FaultAction {
  return async (_request, proceed) => {
    const right = await proceed();
    const location = new Headers(right.headers as HeadersInit).get("location") ?? "";
    return withHeaders(right, { location: to(location) });
  };
}

/** Holds requests until the test lets them go. */
export class Gate {
  readonly #open = Promise.withResolvers<void>();
  #arrived = 0;
  readonly #waiters: { readonly count: number; readonly resolve: () => void }[] = [];

  /** Requests that came. */
  get arrived(): number {
    return this.#arrived;
  }

  /** Waits until `count` requests came. */
  async wait(count: number): Promise<void> {
    if (this.#arrived >= count) return;
    await new Promise<void>((resolve) => this.#waiters.push({ count, resolve }));
  }

  /** Lets all go on, also those that come later. */
  open(): void {
    this.#open.resolve();
  }

  /** Counts a request that came, and wakes who waits for it. */
  arrive(): void {
    this.#arrived++;
    for (const waiter of this.#waiters) if (this.#arrived >= waiter.count) waiter.resolve();
  }

  /** The action of a fault: waits at the gate, then answers right. */
  hold(): FaultAction {
    return async (_request, proceed) => {
      this.arrive();
      await this.#open.promise;
      return await proceed();
    };
  }
}

/** A JSON answer with status 200. */
export function json(value: unknown): FaultAction {
  return () => jsonAnswer(200, value);
}
