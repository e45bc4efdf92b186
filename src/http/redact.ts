/**
 * Makes URLs and headers fit for logs and errors: no user information, no signed query values, no authorization.
 *
 * @module
 */

const PLAIN_QUERY: ReadonlySet<string> = new Set([
  "n",
  "last",
  "digest",
  "mount",
  "from",
  "artifactType",
  "ns",
  "service",
  "scope",
]);
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "proxy-authorization",
  "set-cookie",
  "x-registry-auth",
  "authentication-info",
  "proxy-authentication-info",
]);

/** Words in the names of headers that carry secrets, whoever thought of them: `X-Auth-Token`, `X-Amz-Security-Token`. */
const SECRET_WORDS = /token|secret|signature|credential|password|api-?key|cookie/;

/** The URL without user information and with every query value hidden that is not known to be plain. */
export function redactUrl(url: URL | string): string {
  let copy: URL;
  try {
    copy = new URL(url);
  } catch {
    return "(invalid URL)";
  }
  copy.username = copy.password = copy.hash = "";
  for (const name of [...copy.searchParams.keys()]) {
    if (!PLAIN_QUERY.has(name)) copy.searchParams.set(name, "***");
  }
  return copy.href;
}

/** Headers as people may see them: those that hold secrets are left out, and the query of a Location or Link is hidden. */
export function shownHeaders(headers: Headers): Headers {
  const shown = Object.entries(redactHeaders(headers)).filter(([name]) => !isSecret(name));
  return new Headers(shown);
}

/** Headers as a plain record, secrets cut out. */
export function redactHeaders(headers: Headers | Readonly<Record<string, string>>): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(entries.map(([name, value]) => {
    const key = name.toLowerCase();
    if (isSecret(key)) return [key, "***"];
    return [key, key === "location" || key === "link" ? hideQueries(value) : hideInUrls(value)];
  }));
}

function isSecret(name: string): boolean {
  return SECRET_HEADERS.has(name) || SECRET_WORDS.test(name);
}

/** URLs in a text without user information and query: a realm or a redirect may carry either. */
function hideInUrls(text: string): string {
  return text.replace(/[a-z][a-z0-9+.-]*:\/\/[^\s"<>]*/gi, (url) => hideQueries(url));
}

function hideQueries(text: string): string {
  return text.replace(/:\/\/[^\s/"<>?#]*@/g, "://").replace(/\?[^>\s"]*/g, "?***");
}
