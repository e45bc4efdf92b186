/**
 * Which proxy a URL goes through, from HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY in either case. fetch finds it by itself;
 * this is for connections that ferry opens on its own.
 *
 * @module
 */

/** Gives an environment variable. */
export type Env = (name: string) => string | undefined;

/** The proxy for `url`, or undefined for a direct connection. Invalid values are as if not set. */
export function proxyFor(url: URL, env: Env): URL | undefined {
  const names = url.protocol === "https:" ? ["HTTPS_PROXY", "ALL_PROXY"] : ["HTTP_PROXY", "ALL_PROXY"];
  const value = names.map((name) => read(env, name)).find((text) => text !== undefined);
  if (value === undefined || bypassed(url, read(env, "NO_PROXY") ?? "")) return undefined;
  try {
    return new URL(value.includes("://") ? value : `http://${value}`);
  } catch {
    return undefined;
  }
}

/**
 * True where fetch would not do with the environment's proxy what it should: it shows the proxy's credential to the host behind a
 * tunnel, and takes `*` in NO_PROXY for a name.
 */
export function misreadByFetch(url: URL, env: Env): boolean {
  const none: Env = (name) => name.toUpperCase() === "NO_PROXY" ? undefined : env(name);
  const proxy = proxyFor(url, none);
  if (proxy === undefined) return false;
  return proxyFor(url, env) === undefined || (url.protocol === "https:" && proxy.username !== "");
}

function read(env: Env, name: string): string | undefined {
  return [env(name.toLowerCase()), env(name)].find((value) => value !== undefined && value !== "");
}

function bypassed(url: URL, noProxy: string): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = url.port === "" ? (url.protocol === "https:" ? "443" : "80") : url.port;
  return noProxy.split(",").map((entry) => entry.trim().toLowerCase()).some((entry) => {
    if (entry === "") return false;
    if (entry === "*") return true;
    const match = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(entry);
    const name = (match?.[1] ?? entry).replace(/^\[|\]$/g, "");
    if (match?.[2] !== undefined && match[2] !== port) return false;
    if (name.includes("/")) return inNetwork(host, name);
    const domain = name.replace(/^\*?\./, "");
    return host === domain || host.endsWith(`.${domain}`);
  });
}

function inNetwork(host: string, network: string): boolean {
  const [base, bits] = network.split("/", 2);
  const address = ipv4(host);
  const start = ipv4(base ?? "");
  const length = Number(bits);
  if (address === undefined || start === undefined || !(length >= 0 && length <= 32)) return false;
  return length === 0 || (address >>> (32 - length)) === (start >>> (32 - length));
}

function ipv4(text: string): number | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((sum, part) => (sum << 8 | Number(part)) >>> 0, 0);
}
