/**
 * Counters in the text form of Prometheus.
 *
 * @module
 */

interface Counter {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  requests: number;
  seconds: number;
}

/** Values that are asked for when the text is made. */
export interface Gauges {
  /** Uploads that are open. */
  readonly uploads: number;
  /** Connections that are open. */
  readonly connections: number;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]);

/** What a server counts. */
export class Metrics {
  readonly #counters = new Map<string, Counter>();
  #collected = { runs: 0, blobs: 0, bytes: 0 };
  #refused = 0;

  /** Counts an answer. */
  count(method: string, route: string, status: number, milliseconds: number): void {
    // Other methods are the client's choice of a label.
    const known = METHODS.has(method) ? method : "OTHER";
    const key = `${known} ${route} ${status}`;
    let counter = this.#counters.get(key);
    if (counter === undefined) {
      counter = { method: known, route: route === "" ? "none" : route, status, requests: 0, seconds: 0 };
      this.#counters.set(key, counter);
    }
    counter.requests++;
    counter.seconds += milliseconds / 1000;
  }

  /** Counts a connection for which there was no room. */
  connectionRefused(): void {
    this.#refused++;
  }

  /** Counts a garbage collection. */
  collected(blobs: number, bytes: number): void {
    const { runs, blobs: before, bytes: sum } = this.#collected;
    this.#collected = { runs: runs + 1, blobs: before + blobs, bytes: sum + bytes };
  }

  /** All values. */
  text(gauges: Gauges): string {
    const lines: string[] = [];
    const counters = [...this.#counters.values()];
    const each = (name: string, help: string, value: (counter: Counter) => number) => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
      for (const one of counters) {
        lines.push(`${name}{method="${one.method}",endpoint="${one.route}",status="${one.status}"} ${value(one)}`);
      }
    };
    const one = (name: string, type: string, help: string, value: number) => {
      lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`);
    };
    each("ferry_requests_total", "Requests answered.", (counter) => counter.requests);
    each("ferry_request_seconds_total", "Seconds until answers began.", (counter) => counter.seconds);
    one("ferry_connections_open", "gauge", "Connections that are open.", gauges.connections);
    one("ferry_connections_refused_total", "counter", "Connections for which there was no room.", this.#refused);
    one("ferry_uploads_open", "gauge", "Uploads whose files are open.", gauges.uploads);
    one("ferry_gc_runs_total", "counter", "Garbage collections.", this.#collected.runs);
    one("ferry_gc_blobs_total", "counter", "Blobs collected.", this.#collected.blobs);
    one("ferry_gc_bytes_total", "counter", "Bytes collected.", this.#collected.bytes);
    one("ferry_memory_bytes", "gauge", "Resident memory.", Deno.memoryUsage().rss);
    return lines.join("\n") + "\n";
  }
}
