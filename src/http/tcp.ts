/**
 * TCP connections to hosts of several addresses. The runtime itself tries the first one alone, which leaves out hosts whose names
 * have an IPv6 address that nothing listens on, or that no route leads to.
 *
 * @module
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { stopped } from "./stopped.ts";

/** Milliseconds that an address has before the next one is tried beside it (RFC 8305, section 5). */
const STAGGER_MS = 250;

/** How addresses are found and tried. */
export interface TcpOptions {
  /** Addresses of a name, the one to try first at the front. */
  readonly resolve?: (hostname: string) => Promise<readonly string[]>;
  /** Milliseconds that an address has before the next one is tried beside it. */
  readonly staggerMs?: number;
}

/**
 * Opens a connection to the first address of a host that takes one, without Nagle's delay.
 *
 * @throws what the first address failed with, where none takes one
 */
export async function connectTcp(
  hostname: string,
  port: number,
  signal: AbortSignal,
  { resolve = addressesOf, staggerMs = STAGGER_MS }: TcpOptions = {},
): Promise<Deno.TcpConn> {
  signal.throwIfAborted();
  // The system's own search for a name cannot be stopped, only left alone.
  const addresses = isIP(hostname) === 0 ? await stopped(resolve(hostname), signal) : [hostname];
  const connection = addresses.length < 2
    ? await Deno.connect({ hostname: addresses[0] ?? hostname, port, signal })
    : await firstOf(addresses, port, signal, staggerMs);
  connection.setNoDelay(true);
  return connection;
}

/** Addresses of a name as the system has them, the two families in turns (RFC 8305, section 4). */
async function addressesOf(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true });
  const first = found.filter(({ family }) => family === found[0]?.family);
  const second = found.filter(({ family }) => family !== found[0]?.family);
  return found.flatMap((_, at) => [first[at], second[at]]).flatMap((one) => one === undefined ? [] : [one.address]);
}

function firstOf(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
  staggerMs: number,
): Promise<Deno.TcpConn> {
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  return new Promise((resolve, reject) => {
    let next = 0;
    let failed = 0;
    let first: unknown;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = () => {
      clearTimeout(timer);
      over.abort();
    };
    const tryNext = () => {
      clearTimeout(timer);
      const at = next++;
      Deno.connect({ hostname: addresses[at]!, port, signal: stop }).then((connection) => {
        // Another was sooner, or nobody waits any more.
        if (over.signal.aborted) return connection.close();
        end();
        resolve(connection);
      }, (error) => {
        if (over.signal.aborted) return;
        if (at === 0) first = error;
        failed++;
        if (signal.aborted || failed === addresses.length) {
          end();
          reject(signal.aborted ? signal.reason : first);
        } else if (at === next - 1 && next < addresses.length) tryNext();
      });
      if (next < addresses.length) timer = setTimeout(tryNext, staggerMs);
    };
    tryNext();
  });
}
