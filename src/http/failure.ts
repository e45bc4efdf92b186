/**
 * What went wrong when no usable answer came: the runtime's own errors, told apart by their names and words.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { redactUrl } from "./redact.ts";

/** An error of a connection as a FerryError: DNS, CONNECT, TLS, TIMEOUT or CONNECTION_LOST. FerryErrors stay as they are. */
export function connectionFailure(error: unknown, method: string, url: URL): FerryError {
  if (error instanceof FerryError) return error;
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const what = `${method} ${redactUrl(url)}`;
  const detail = describe(text);
  const make = (code: "DNS" | "CONNECT" | "TLS" | "TIMEOUT" | "CONNECTION_LOST", message: string, hint?: string) =>
    new FerryError(code, message, { detail, cause: error, ...(hint === undefined ? {} : { hint }) });
  if (/InvalidContentType|wrong version number|WRONG_VERSION_NUMBER/.test(text)) {
    return make(
      "TLS",
      `${what} failed: ${url.host} does not speak TLS`,
      `if it is meant to speak plain HTTP: ferry registry set --tls disabled ${url.host}`,
    );
  }
  if (/certificate|CaUsedAsEndEntity|UnknownIssuer|NotValidForName|CERT_|handshake|\btls\b|\bTLS\b|alert/i.test(text)) {
    return make(
      "TLS",
      `${what} failed: ${tlsReason(text)}`,
      `give its CA with: ferry registry set --cacert "$(cat ca.pem)" ${url.host}`,
    );
  }
  if (/dns error|failed to lookup address|ENOTFOUND|EAI_AGAIN/i.test(text)) {
    return make("DNS", `${what} failed: no address was found for "${url.hostname}"`, "check the name of the registry");
  }
  if (/timed? ?out|TimeoutError|ETIMEDOUT/i.test(text)) return make("TIMEOUT", `${what} timed out`);
  if (/refused|unreachable|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|tcp connect error|AddrNotAvailable/i.test(text)) {
    return make("CONNECT", `${what} failed: ${url.host} cannot be reached (${detail})`);
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

function tlsReason(text: string): string {
  if (/UnknownIssuer|self.?signed|CERT_UNTRUSTED|unable to (get|verify)/i.test(text)) {
    return "its certificate is not trusted";
  }
  if (/Expired/i.test(text)) return "its certificate has expired";
  if (/NotValidForName|not valid for name|ERR_TLS_CERT_ALTNAME/i.test(text)) {
    return "its certificate is for another name";
  }
  if (/CertificateRequired|certificate required|HandshakeFailure|handshake failure/i.test(text)) {
    return "it wants a client certificate, or another protocol version";
  }
  return `TLS failed (${describe(text)})`;
}

/** The innermost words of a runtime error, without addresses. */
function describe(text: string): string {
  const inner = text.replace(/^\w*Error: /, "").replace(/error sending request for url \([^)]*\):? ?/, "");
  return inner.replace(/^(client error \([^)]*\)|tcp connect error|error trying to connect): /g, "").slice(0, 200);
}
