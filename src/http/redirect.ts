/**
 * Which redirects are followed, and what goes along.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { isPrivateHost } from "./address.ts";
import { redactUrl } from "./redact.ts";

/** Most redirects of one request. */
export const REDIRECTS_MOST = 10;

/** True for the statuses that send a request elsewhere. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * Where an answer sends the request, resolved against its URL. A Location that names the same host over plain HTTP, as a registry
 * behind a proxy that ends TLS often says, is taken to mean HTTPS.
 *
 * @throws {FerryError} POLICY for HTTPS to HTTP, for a public host that sends to a private one, for other schemes;
 * RESPONSE_INVALID without a readable Location
 */
export function redirectTarget(from: URL, location: string | null): URL {
  if (location === null || location === "") {
    throw new FerryError("RESPONSE_INVALID", `Answer from ${redactUrl(from)} sends elsewhere without a Location`);
  }
  let target: URL;
  try {
    target = new URL(location, from);
  } catch (cause) {
    throw new FerryError("RESPONSE_INVALID", `Answer from ${redactUrl(from)} has a Location that is no URL`, { cause });
  }
  if (target.protocol !== "https:" && target.protocol !== "http:") {
    throw refused(from, target, "only http and https are followed");
  }
  if (target.username !== "" || target.password !== "") throw refused(from, target, "it carries a user name");
  if (from.protocol === "https:" && target.protocol === "http:") {
    if (target.hostname !== from.hostname) throw refused(from, target, "it leaves HTTPS for plain HTTP");
    target.protocol = "https:";
    if (target.port === "" || target.port === "80") target.port = from.port;
  }
  if (!isPrivateHost(from.hostname) && isPrivateHost(target.hostname)) {
    throw refused(from, target, "a public host sends to a private address");
  }
  return target;
}

function refused(from: URL, target: URL, why: string): FerryError {
  return new FerryError("POLICY", `Redirect from ${redactUrl(from)} to ${redactUrl(target)} was refused: ${why}`, {
    hint: `check the name and port of the registry: what answers at ${from.host} may be a login page or another server`,
  });
}
