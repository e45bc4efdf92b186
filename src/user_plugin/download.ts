/**
 * Fetches a plugin of one file. What comes is taken only where it is what was asked for, by its sha256.
 *
 * @module
 */
import { joinBytes } from "../oci/join_bytes.ts";
import { FerryError } from "../errors.ts";
import type { Collected } from "./collect.ts";
import { reasonOf } from "./import_plugin.ts";
import { sha256 } from "./stage.ts";

/** Most bytes of a file. */
const BYTES_MOST = 8 * 1024 * 1024;

/** True for an address rather than a path. */
export function isAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/**
 * Fetches the file at an address.
 *
 * @throws {FerryError} PLUGIN_INVALID, CONNECT, HTTP_4XX, HTTP_5XX, DIGEST_MISMATCH
 */
export async function download(address: string, expected: string, signal: AbortSignal): Promise<Collected> {
  if (!/^[0-9a-f]{64}$/.test(expected)) {
    throw new FerryError("FLAG_INVALID", `Plugin "${address}" needs its sha256, 64 hexadecimal digits`, {
      hint: "give it with --sha256, as plugin build and sha256sum print it",
    });
  }
  const url = URL.parse(address);
  if (url === null || (url.protocol !== "https:" && !isLoopback(url.hostname))) {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${address}" cannot be fetched: an https address is needed`);
  }
  const name = url.pathname.split("/").at(-1) ?? "";
  if (!/^[\w.-]+\.m?[jt]s$/.test(name)) {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${address}" is no file with .ts, .js, .mts or .mjs at its end`);
  }
  const bytes = await read(url, signal);
  const found = sha256(bytes);
  if (found !== expected) {
    throw new FerryError("DIGEST_MISMATCH", `Plugin "${shown(url)}" has sha256 ${found}, expected ${expected}`);
  }
  return { source: shown(url), root: "", entry: name, files: new Map([[name, bytes]]) };
}

async function read(url: URL, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  let answer: Response;
  try {
    answer = await fetch(url, { signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new FerryError("CONNECT", `Plugin "${shown(url)}" could not be fetched: ${reasonOf(cause)}`, { cause });
  }
  if (!answer.ok) {
    await answer.body?.cancel();
    const code = answer.status >= 500 ? "HTTP_5XX" : "HTTP_4XX";
    throw new FerryError(code, `Plugin "${shown(url)}" could not be fetched: status ${answer.status}`, {
      status: answer.status,
    });
  }
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of answer.body ?? []) {
    pieces.push(piece);
    size += piece.byteLength;
    if (size > BYTES_MOST) {
      throw new FerryError("PLUGIN_INVALID", `Plugin "${shown(url)}" is larger than ${BYTES_MOST >> 20} MiB`);
    }
  }
  return joinBytes(pieces);
}

/** The address without what may be secret in it. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\./.test(host);
}
