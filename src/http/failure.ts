/**
 * What went wrong when no usable answer came: the runtime's own errors, told apart by their names and words.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { redactUrl } from "./redact.ts";

/** Hint for a proxy that wants to know who asks. */
export const PROXY_LOGIN =
  "give the proxy's user and password in HTTPS_PROXY (HTTP_PROXY for plain HTTP): http://user:password@proxy:port";

/** An error of a connection as a FerryError: DNS, CONNECT, TLS, TIMEOUT or CONNECTION_LOST. FerryErrors stay as they are. */
export function connectionFailure(error: unknown, method: string, url: URL): FerryError {
  if (error instanceof FerryError) return error;
  const words = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // A host may be called after what the words are looked through for.
  const text = words.replace(/error sending request for url \([^)]*\)(?=:| |$)/, "error sending request");
  const what = `${method} ${redactUrl(url)}`;
  const detail = describe(text);
  const make = (code: "DNS" | "CONNECT" | "TLS" | "TIMEOUT" | "CONNECTION_LOST", message: string, hint?: string) =>
    new FerryError(code, message, {
      detail,
      cause: error,
      target: url.host,
      ...(hint === undefined ? {} : { hint }),
    });
  if (/tunnel|proxy auth/i.test(text)) {
    const login = /407|auth/i.test(text);
    return make(
      "CONNECT",
      `${what} failed: the proxy refused a connection to ${url.host} (${detail})`,
      login ? PROXY_LOGIN : `have the proxy allow it, or add ${url.hostname} to NO_PROXY`,
    );
  }
  if (/InvalidContentType|wrong version number|WRONG_VERSION_NUMBER/.test(text)) {
    return make(
      "TLS",
      `${what} failed: ${url.host} does not speak TLS`,
      `if it is meant to speak plain HTTP: ferry registry set --tls disabled ${url.host}`,
    );
  }
  if (/certificate|CaUsedAsEndEntity|UnknownIssuer|NotValidForName|CERT_|handshake|\btls\b|\bTLS\b|alert/i.test(text)) {
    const { reason, hint } = tlsReason(text, url);
    return make("TLS", `${what} failed: ${reason}`, hint);
  }
  if (/dns error|failed to lookup address|ENOTFOUND|EAI_AGAIN/i.test(text)) {
    return make("DNS", `${what} failed: no address was found for "${url.hostname}"`, "check the name of the registry");
  }
  if (/timed? ?out|TimeoutError|ETIMEDOUT/i.test(text)) {
    return make(
      "TIMEOUT",
      `${what} timed out`,
      "check the name and port; a firewall that drops packets looks like this",
    );
  }
  if (/refused|unreachable|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|tcp connect error|AddrNotAvailable/i.test(text)) {
    return make(
      "CONNECT",
      `${what} failed: ${url.host} cannot be reached (${detail})`,
      /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)
        ? "nothing listens on that port of this machine: start the registry, or one with: ferry serve DIR"
        : "check the name and port, and whether a firewall or proxy stands in between",
    );
  }
  return make("CONNECTION_LOST", `${what} failed: the connection was lost (${detail})`);
}

/** True for failures that another try may mend. */
export function isTransient(error: unknown): boolean {
  return error instanceof FerryError &&
    (error.code === "CONNECT" || error.code === "TIMEOUT" || error.code === "CONNECTION_LOST" ||
      error.code === "HTTP_5XX" ||
      error.code === "TOOMANYREQUESTS" || error.code === "DNS");
}

function tlsReason(text: string, url: URL): { readonly reason: string; readonly hint: string } {
  const set = "ferry registry set";
  if (/CaUsedAsEndEntity/i.test(text)) {
    return {
      reason: "its certificate signed itself and is not trusted",
      hint: `trust that very certificate with: ${set} --cacert "$(cat cert.pem)" ${url.host}`,
    };
  }
  if (/UnknownIssuer|self.?signed|CERT_UNTRUSTED|unable to (get|verify)/i.test(text)) {
    return {
      reason: "its certificate is not trusted",
      hint: `give its CA with: ${set} --cacert "$(cat ca.pem)" ${url.host}`,
    };
  }
  if (/Expired/i.test(text)) {
    return { reason: "its certificate has expired", hint: "have it renewed, or set this machine's clock right" };
  }
  if (/NotValidYet/i.test(text)) {
    return { reason: "its certificate is not valid yet", hint: "check this machine's clock" };
  }
  if (/NotValidForName|not valid for name|ERR_TLS_CERT_ALTNAME/i.test(text)) {
    const names = [...text.matchAll(/(?:DnsName|IpAddress)\(+"?([\w.*:-]{1,253})/g)].slice(0, 5).map((match) =>
      match[1]
    );
    const known = names.length === 0
      ? "the name that the certificate has"
      : `the certificate's name, ${names.join(" or ")}`;
    return {
      reason: "its certificate is for another name",
      hint: `use ${known}, or dial that with: ${set} --hostname HOST ${url.host}`,
    };
  }
  if (/CertificateRequired|certificate required|HandshakeFailure|handshake failure/i.test(text)) {
    return {
      reason: "it wants a client certificate, or another protocol version",
      hint:
        `give a client certificate with: ${set} --client-cert "$(cat cert.pem)" --client-key "$(cat key.pem)" ${url.host}`,
    };
  }
  return {
    reason: `TLS failed (${describe(text)})`,
    hint: `if it is meant to speak plain HTTP: ${set} --tls disabled ${url.host}`,
  };
}

/** The innermost words of a runtime error, without addresses. */
function describe(text: string): string {
  const inner = text.replace(/^\w*Error: /, "").replace(/error sending request:? ?/, "");
  return inner.replace(/^(client error \([^)]*\)|tcp connect error|error trying to connect): /g, "").slice(0, 200);
}
