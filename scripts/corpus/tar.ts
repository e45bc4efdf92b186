/**
 * As much of tar (POSIX ustar) as the corpus needs: short names, no owners but root.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** An entry: a folder, a symbolic link or a file. */
export type TarEntry =
  | { readonly name: string; readonly folder: true }
  | { readonly name: string; readonly link: string }
  | { readonly name: string; readonly content: Uint8Array };

const BLOCK = 512;
const MODIFIED = 1_704_164_645;

/** Header of an entry whose content has `size` bytes. Type: `0` file, `2` symbolic link, `5` folder. */
export function tarHeader(name: string, size: number, type: "0" | "2" | "5" = "0", link = ""): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(BLOCK);
  const put = (offset: number, text: string) => header.set(new TextEncoder().encode(text), offset);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0");
  put(0, name);
  put(100, `${octal(type === "5" || name.includes("bin/") ? 0o755 : 0o644, 7)}\0`);
  put(108, `${octal(0, 7)}\0${octal(0, 7)}\0`);
  put(124, `${octal(size, 11)}\0${octal(MODIFIED, 11)}\0`);
  put(148, " ".repeat(8));
  put(156, type);
  put(157, link);
  put(257, "ustar\x0000root");
  put(297, "root");
  put(148, `${octal(header.reduce((sum, byte) => sum + byte, 0), 6)}\0 `);
  return header;
}

/** Zeros that fill the last block of a content. */
export function tarPadding(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array((BLOCK - size % BLOCK) % BLOCK);
}

/** What ends an archive. */
export const TAR_END: Uint8Array<ArrayBuffer> = new Uint8Array(2 * BLOCK);

/** A whole archive in memory. */
export function tar(entries: readonly TarEntry[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    if ("folder" in entry) parts.push(tarHeader(`${entry.name}/`, 0, "5"));
    else if ("link" in entry) parts.push(tarHeader(entry.name, 0, "2", entry.link));
    else parts.push(tarHeader(entry.name, entry.content.length), entry.content, tarPadding(entry.content.length));
  }
  return new Uint8Array(Buffer.concat([...parts, TAR_END]));
}
