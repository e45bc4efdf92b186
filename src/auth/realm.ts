/**
 * Where a registry sends its clients for tokens, and whether to go there.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/**
 * The URL of a token realm, which may be relative to the registry's origin.
 *
 * @throws {FerryError} RESPONSE_INVALID where the realm is no URL; POLICY where credentials must not go there
 */
export function resolveRealm(realm: string, origin: string): URL {
  const from = new URL(origin);
  let url: URL;
  try {
    url = new URL(realm, from);
  } catch {
    throw new FerryError(
      "RESPONSE_INVALID",
      `Registry at ${quote(from.origin)} named a token realm that is not a URL`,
      {
        detail: realm.includes("@") ? "" : realm.slice(0, 200),
      },
    );
  }
  const refuse = (why: string) =>
    new FerryError(
      "POLICY",
      `Token realm ${quote(url.origin + url.pathname)} of ${quote(from.origin)} was refused: ${why}`,
      {
        hint: "the registry's own configuration names the realm; ask who runs it",
      },
    );
  if (url.username !== "" || url.password !== "") throw refuse("it holds a user name or password");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refuse(`its scheme is ${quote(url.protocol)}`);
  if (from.protocol === "https:" && url.protocol === "http:") throw refuse("it leaves https for http");
  if (url.hostname !== from.hostname) {
    if (isLinkLocal(url.hostname)) throw refuse("it is a link-local address");
    if (from.protocol === "https:" && isLoopback(url.hostname) && !isLoopback(from.hostname)) {
      throw refuse("it is this machine, the registry is not");
    }
  }
  url.hash = "";
  return url;
}

/** True for a host name or literal address of this machine, as `URL.hostname` writes it. */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname) || hostname === "0.0.0.0" || hostname === "[::]" ||
    /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(hostname);
}

function isLinkLocal(hostname: string): boolean {
  return /^169\.254\.\d+\.\d+$/.test(hostname) || /^\[fe[89ab][0-9a-f]:/.test(hostname) ||
    /^\[::ffff:a9fe:[0-9a-f]{1,4}\]$/.test(hostname);
}

function quote(text: string): string {
  return JSON.stringify(text);
}
