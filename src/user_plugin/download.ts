/**
 * Fetches a plugin of one file. What comes is taken only where it is what was asked for, by its sha256.
 *
 * @module
 */
import { joinBytes } from "../oci/join_bytes.ts";
import { FerryError, isFerryError } from "../errors.ts";
import type { Collected } from "./collect.ts";
import { reasonOf } from "./import_plugin.ts";
import { sha256 } from "./stage.ts";

/** Most bytes of a file. */
const BYTES_MOST = 8 * 1024 * 1024;
/** Times that an address may name another one. */
const REDIRECTS_MOST = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** True for an address rather than a path. */
export function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/**
 * Fetches the file at an address. What is fetched from another one, which the first names, has to be as safe.
 *
 * @throws {FerryError} PLUGIN_INVALID, CONNECT, HTTP_4XX, HTTP_5XX, DIGEST_MISMATCH
 */
export async function download(address: string, expected: string, signal: AbortSignal): Promise<Collected> {
  const url = URL.parse(address);
  if (url === null || !isSafe(url)) {
    const words = url === null ? "its address is not valid" : "an https address is needed";
    throw new FerryError(
      "PLUGIN_INVALID",
      `Plugin "${url === null ? address : shown(url)}" cannot be fetched: ${words}`,
    );
  }
  if (!/^[0-9a-f]{64}$/.test(expected)) {
    throw new FerryError("FLAG_INVALID", `Plugin "${shown(url)}" needs its sha256, 64 hexadecimal digits`, {
      hint: "give it with --sha256, as plugin build and sha256sum print it",
    });
  }
  const name = url.pathname.split("/").at(-1) ?? "";
  if (!/^[\w.-]+\.m?[jt]s$/.test(name)) {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${shown(url)}" is no file with .ts, .js, .mts or .mjs at its end`);
  }
  const bytes = await read(await open(url, signal), url);
  const found = sha256(bytes);
  if (found !== expected) {
    throw new FerryError("DIGEST_MISMATCH", `Plugin "${shown(url)}" has sha256 ${found}, expected ${expected}`);
  }
  return { source: shown(url), root: "", entry: name, files: new Map([[name, bytes]]) };
}

async function open(first: URL, signal: AbortSignal): Promise<Response> {
  let url = first;
  for (let asked = 0; asked <= REDIRECTS_MOST; asked++) {
    const answer = await ask(url, signal);
    if (answer.ok) return answer;
    await answer.body?.cancel();
    const place = REDIRECTS.includes(answer.status) ? answer.headers.get("location") : null;
    if (place === null) {
      const code = answer.status >= 500 ? "HTTP_5XX" : "HTTP_4XX";
      throw new FerryError(code, `Plugin "${shown(first)}" could not be fetched: status ${answer.status}`, {
        status: answer.status,
      });
    }
    const next = URL.parse(place, url);
    // What starts on another machine must not end on this one, or in the clear.
    if (next === null || !isSafe(next) || (isLoopback(next.hostname) && !isLoopback(first.hostname))) {
      throw new FerryError(
        "PLUGIN_INVALID",
        `Plugin "${shown(first)}" cannot be fetched: it is sent on to an unsafe address`,
        {
          hint: "fetch it by other means, and add the file",
        },
      );
    }
    url = next;
  }
  throw new FerryError("PLUGIN_INVALID", `Plugin "${shown(first)}" cannot be fetched: it is sent on too often`);
}

async function ask(url: URL, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, redirect: "manual" });
  } catch (cause) {
    signal.throwIfAborted();
    // The engine's words have the whole address, with what is secret in it.
    const words = reasonOf(cause).replace(/https?:\/\/\S+/g, shown(url));
    throw new FerryError("CONNECT", `Plugin "${shown(url)}" could not be fetched: ${words}`);
  }
}

async function read(answer: Response, url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of answer.body ?? []) {
      pieces.push(piece);
      size += piece.byteLength;
      if (size > BYTES_MOST) {
        throw new FerryError("PLUGIN_INVALID", `Plugin "${shown(url)}" is larger than ${BYTES_MOST >> 20} MiB`);
      }
    }
  } catch (cause) {
    if (isFerryError(cause) || !(cause instanceof Error) || cause.name === "AbortError") throw cause;
    throw new FerryError("CONNECT", `Plugin "${shown(url)}" could not be fetched: the connection was cut`);
  }
  return joinBytes(pieces);
}

/** The address without what may be secret in it. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function isSafe(url: URL): boolean {
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname));
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
