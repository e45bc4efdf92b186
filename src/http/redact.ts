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
]);

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

/** Headers as a plain record, secrets cut out. */
export function redactHeaders(headers: Headers | Readonly<Record<string, string>>): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(entries.map(([name, value]) => {
    const key = name.toLowerCase();
    if (SECRET_HEADERS.has(key)) return [key, "***"];
    return [key, key === "location" || key === "link" ? value.replace(/\?[^>\s]*/, "?***") : value];
  }));
}
