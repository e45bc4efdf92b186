/**
 * How many requests a host serves at a time and a second. A transfer between two hosts takes its places at both at once,
 * or waits for both: two transfers in opposite directions can never hold what the other needs.
 *
 * @module
 */

/** Places held until they are released, once. */
export interface Lease {
  /** Hosts at which a place is held. */
  readonly hosts: readonly string[];
  /** Gives the places back; a second call does nothing. */
  release(): void;
}

interface HostState {
  active: number;
  limit: number;
}

interface Waiter {
  readonly hosts: readonly string[];
  readonly grant: (lease: Lease) => void;
}

/** Places at all hosts. First come, first served among those that can be served. */
export class Throttle {
  readonly #hosts = new Map<string, HostState>();
  readonly #queue = new Set<Waiter>();
  readonly #next = new Map<string, number>();

  /** Sets a host's limit; unlimited until then. */
  limit(host: string, concurrent: number): void {
    this.#state(host).limit = Math.max(1, concurrent);
  }

  /** Takes a place at every host at once. A host named twice takes two places, or one where it has only one. */
  acquire(hosts: readonly string[], signal?: AbortSignal): Promise<Lease> {
    signal?.throwIfAborted();
    const wanted = this.#affordable(hosts);
    if (this.#queue.size === 0 && this.#free(wanted)) return Promise.resolve(this.#take(wanted));
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        hosts: wanted,
        grant: (lease) => {
          signal?.removeEventListener("abort", stop);
          resolve(lease);
        },
      };
      const stop = () => {
        this.#queue.delete(waiter);
        reject(signal?.reason);
        // It may have kept a host from those behind it.
        this.#serve();
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.#queue.add(waiter);
      this.#serve();
    });
  }

  /** Milliseconds to wait so that the host gets no more than `perSecond` requests a second; books the turn. */
  turn(host: string, perSecond: number, now: number): number {
    if (perSecond <= 0) return 0;
    const at = Math.max(now, this.#next.get(host) ?? 0);
    this.#next.set(host, at + 1000 / perSecond);
    return at - now;
  }

  #state(host: string): HostState {
    let state = this.#hosts.get(host);
    if (state === undefined) this.#hosts.set(host, state = { active: 0, limit: Infinity });
    return state;
  }

  #affordable(hosts: readonly string[]): readonly string[] {
    const wanted: string[] = [];
    for (const host of hosts) {
      const held = wanted.filter((other) => other === host).length;
      if (held < this.#state(host).limit) wanted.push(host);
    }
    return wanted;
  }

  #free(hosts: readonly string[]): boolean {
    return hosts.every((host) => {
      const { active, limit } = this.#state(host);
      return active + hosts.filter((other) => other === host).length <= limit;
    });
  }

  #take(hosts: readonly string[]): Lease {
    for (const host of hosts) this.#state(host).active++;
    let held = true;
    return {
      hosts,
      release: () => {
        if (!held) return;
        held = false;
        for (const host of hosts) this.#state(host).active--;
        this.#serve();
      },
    };
  }

  #serve(): void {
    // A waiter that cannot be served yet keeps its hosts from those behind it, or a big one would wait for ever.
    const claimed = new Set<string>();
    for (const waiter of this.#queue) {
      if (!waiter.hosts.some((host) => claimed.has(host)) && this.#free(waiter.hosts)) {
        this.#queue.delete(waiter);
        waiter.grant(this.#take(waiter.hosts));
      } else {
        for (const host of waiter.hosts) claimed.add(host);
      }
    }
  }
}
