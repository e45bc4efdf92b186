/**
 * Chooses how to send: by fetch where that will do, over connections of our own for uploads and for hosts that the runtime's own
 * check of certificates does not fit.
 *
 * @module
 */
import type { RegistryHost } from "../config/registry_host.ts";
import { dial } from "./connection.ts";
import { createFetchWire } from "./fetch_wire.ts";
import { type Env, misreadByFetch } from "./proxy.ts";
import { createSocketWire } from "./socket_wire.ts";
import { checkCa, checkClientCertificate } from "./tls.ts";
import { dialUnverified } from "./unverified.ts";
import type { TlsSettings, Wire } from "./wire.ts";

/** Address of a registry host without path, for example `https://registry-1.docker.io`. */
export function originOf(host: RegistryHost): string {
  return new URL(`${host.tls === "disabled" ? "http" : "https"}://${host.hostname}`).origin;
}

/** All wires of a client, made when first needed. */
export class Wires {
  readonly #env: Env;
  readonly #stallMs: number;
  readonly #made = new Map<string, Wire>();
  readonly #pinned = new Set<string>();

  /** `stallMs`: milliseconds after which a connection on which nothing moves is given up. */
  constructor(env: Env, stallMs: number) {
    this.#env = env;
    this.#stallMs = stallMs;
  }

  /**
   * The wire for a URL: `host` is the registry on whose behalf it is asked, `other` the settings of the URL's own host where that is
   * another one. A client certificate is for its own host alone; a CA also serves the hosts that its registry sends to.
   *
   * @throws {FerryError} CONFIG_INVALID for TLS settings that are not valid
   */
  pick(url: URL, host: RegistryHost, other: RegistryHost | undefined, upload: boolean): Wire {
    const settings = other ?? host;
    const tls: TlsSettings = {
      ca: other === undefined ? host.ca : [...host.ca, ...other.ca],
      cert: settings.clientCert,
      key: settings.clientKey,
    };
    const secure = url.protocol === "https:";
    const unverified = secure && (settings.tls === "insecure" || this.#pinned.has(url.origin));
    const way = unverified
      ? (settings.tls === "insecure" ? "insecure" : "pinned")
      : upload || misreadByFetch(url, this.#env)
      ? "upload"
      : "fetch";
    const key = JSON.stringify([way, secure ? tls : secure]);
    const made = this.#made.get(key);
    if (made !== undefined) return made;
    if (secure) {
      checkClientCertificate(tls, settings.name);
      checkCa(tls.ca, settings.name);
    }
    const wire = this.#make(way, tls);
    this.#made.set(key, wire);
    return wire;
  }

  /**
   * Takes a failure to verify a certificate: true when the host's own certificate may be the one that was configured as its CA, which
   * the runtime refuses whatever it is told. From then on that host must show exactly that certificate.
   */
  pin(url: URL, host: RegistryHost, failure: unknown): boolean {
    if (host.ca.length === 0 || !String(failure).includes("CaUsedAsEndEntity")) return false;
    this.#pinned.add(url.origin);
    return true;
  }

  /** Closes idle connections. */
  close(): void {
    for (const wire of this.#made.values()) wire.close();
    this.#made.clear();
  }

  #make(way: "insecure" | "pinned" | "upload" | "fetch", tls: TlsSettings): Wire {
    const env = this.#env;
    switch (way) {
      case "fetch":
        return createFetchWire(tls);
      case "upload":
        return createSocketWire((url, signal) => dial(url, tls, env, signal), this.#stallMs);
      default:
        return createSocketWire(
          (url, signal) => dialUnverified(url, tls, way === "pinned", env, signal),
          this.#stallMs,
        );
    }
  }
}
