/**
 * Paths of entries in archives, made safe.
 *
 * @module
 */
import { FerryError } from "../errors.ts";

/**
 * An entry's path without a leading slash, `.`, empty parts or a slash at the end; `..` never leaves the root. The root is "".
 * For looking up entries, as a container engine would see them.
 */
export function cleanEntryPath(name: string): string {
  const parts: string[] = [];
  for (const part of name.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/**
 * An entry's path for writing under a folder: as {@linkcode cleanEntryPath}, but a path that tries to leave is refused.
 *
 * @throws {FerryError} ARCHIVE_INVALID
 */
export function safeEntryPath(name: string): string {
  if (
    name.startsWith("/") || /^[A-Za-z]:/.test(name) || name.includes("\\") || name.includes("\0") ||
    name.split("/").includes("..")
  ) {
    throw new FerryError("ARCHIVE_INVALID", `Entry "${name.slice(0, 200)}" would be written outside the output folder`);
  }
  return cleanEntryPath(name);
}
