/**
 * The connections of a server: how many there may be, and how long one may stand still. Nobody holds a connection by sending nothing, half
 * a request, or by not reading an answer.
 *
 * @module
 */

/** Limits of connections. */
export interface ConnectionLimits {
  /** Most connections at a time. */
  readonly most: number;
  /** Milliseconds for the first request's head, the TLS handshake among them. */
  readonly headTimeout: number;
  /** Milliseconds that a connection may wait for another request. */
  readonly keepAliveTimeout: number;
  /** Milliseconds that an answer may stand still. */
  readonly idleTimeout: number;
}

/** Bytes a second that a client must take of a long answer, over all of it. */
const RATE_LEAST = 10 * 1024;

/** Longest time between two looks at the connections, milliseconds. */
const LOOK_MOST = 1000;

/** Milliseconds after which an answer to a quiet connection has gone out. */
const SENT_MS = 25;

/** Milliseconds between two looks at what still runs when the server stops. */
const DRAIN_MS = 5;

/** One connection. */
export class Connection {
  /** Ends it at once. */
  readonly cut: AbortController = new AbortController();
  /** Requests that are being answered. */
  active = 0;
  /** When it began to wait for a request. */
  since: number;
  /** Until when what is being answered must be done. */
  until: number = Infinity;
  /** True until the first request. */
  fresh = true;

  /** Milliseconds, of a clock that only goes forward. */
  constructor(now: number) {
    this.since = now;
  }

  /** A request came. */
  begin(): void {
    this.fresh = false;
    this.active++;
  }

  /** Its answer was sent, or handed over where it is short. */
  end(now: number): void {
    this.since = now;
    if (--this.active === 0) this.until = Infinity;
  }
}

/** All connections of a server. */
export class Connections {
  readonly #open = new Set<Connection>();
  readonly #timer: number;

  /** Looks after the connections until {@linkcode drain}. */
  constructor(private readonly limits: ConnectionLimits) {
    const shortest = Math.min(limits.headTimeout, limits.keepAliveTimeout, limits.idleTimeout);
    this.#timer = setInterval(() => this.#sweep(performance.now()), Math.min(Math.max(shortest / 4, 10), LOOK_MOST));
  }

  /** Open connections. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Room for one more connection; undefined where there is none. Where all are taken, the one that has waited longest for another
   * request is ended in its favour.
   */
  open(now: number): Connection | undefined {
    if (this.#open.size >= this.limits.most && !this.#makeRoom(now)) return undefined;
    const connection = new Connection(now);
    this.#open.add(connection);
    return connection;
  }

  /** A connection has ended. */
  close(connection: Connection): void {
    this.#open.delete(connection);
  }

  /** The client must have taken an answer of so many bytes in a time that fits. */
  expect(connection: Connection, bytes: number, now: number): void {
    const until = now + this.limits.idleTimeout + bytes / RATE_LEAST * 1000;
    // Of several answers on one connection the longest counts.
    connection.until = connection.until === Infinity ? until : Math.max(connection.until, until);
  }

  /** Ends connections as they come to rest; what still runs after `limit` milliseconds is cut off. */
  async drain(limit: number): Promise<void> {
    clearInterval(this.#timer);
    const last = performance.now() + limit;
    while (this.#open.size > 0) {
      const now = performance.now();
      for (const connection of this.#open) {
        const atRest = connection.active === 0 && (connection.fresh || now - connection.since >= SENT_MS);
        if (atRest || now >= last) this.#cut(connection);
      }
      await new Promise((resolve) => setTimeout(resolve, DRAIN_MS));
    }
  }

  #sweep(now: number): void {
    const { headTimeout, keepAliveTimeout } = this.limits;
    for (const connection of this.#open) {
      const { active, fresh, since, until } = connection;
      const late = active > 0 ? now > until : now - since > (fresh ? headTimeout : keepAliveTimeout);
      if (late) this.#cut(connection);
    }
  }

  #makeRoom(now: number): boolean {
    let oldest: Connection | undefined;
    for (const connection of this.#open) {
      const { active, fresh, since } = connection;
      if (active > 0 || fresh || now - since < SENT_MS) continue;
      if (oldest === undefined || since < oldest.since) oldest = connection;
    }
    if (oldest === undefined) return false;
    this.#cut(oldest);
    return true;
  }

  /** Taken out at once: the runtime tells of a connection's end a little later, and it must not be cut twice. */
  #cut(connection: Connection): void {
    this.#open.delete(connection);
    connection.cut.abort();
  }
}
