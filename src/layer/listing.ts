/**
 * A layer's entries as lines for people: mode, owner, size, time, name, digest of the content.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { TAR_TYPE, type TarHeader } from "../archive/tar_header.ts";
import type { TarEntry } from "../archive/tar_read.ts";

/** Options of {@linkcode listEntries}. */
export interface ListingOptions {
  /** Leave out when entries were changed. */
  readonly ignoreTime?: boolean;
}

/** Columns that names are filled up to. */
const NAME_COLUMNS = 40;

const LETTERS: Readonly<Record<string, string>> = {
  [TAR_TYPE.hardLink]: "h",
  [TAR_TYPE.symbolicLink]: "l",
  [TAR_TYPE.characterDevice]: "c",
  [TAR_TYPE.blockDevice]: "b",
  [TAR_TYPE.folder]: "d",
  [TAR_TYPE.fifo]: "p",
};

/** One line an entry, in the layer's order. */
export async function listEntries(entries: AsyncIterable<TarEntry>, options: ListingOptions = {}): Promise<string[]> {
  const lines: string[] = [];
  for await (const { header, body } of entries) {
    if (header.type === TAR_TYPE.paxGlobal) continue;
    const hash = createHash("sha256");
    for await (const piece of body) hash.update(piece);
    lines.push(lineOf(header, options, hash.digest("hex")));
  }
  return lines;
}

/** Permissions as `ls -l` shows them. */
export function modeText(header: TarHeader): string {
  const { mode } = header;
  const three = (bits: number, special: boolean, letter: string) => {
    const execute = (bits & 1) !== 0;
    const last = special ? (execute ? letter : letter.toUpperCase()) : execute ? "x" : "-";
    return `${(bits & 4) === 0 ? "-" : "r"}${(bits & 2) === 0 ? "-" : "w"}${last}`;
  };
  const [user, group, others] = [mode >> 6, mode >> 3, mode];
  return (LETTERS[header.type] ?? "-") + three(user, (mode & 0o4000) !== 0, "s") +
    three(group, (mode & 0o2000) !== 0, "s") + three(others, (mode & 0o1000) !== 0, "t");
}

function lineOf(header: TarHeader, options: ListingOptions, hex: string): string {
  const columns = [modeText(header), `${header.uid}/${header.gid}`, String(header.size).padStart(8)];
  if (options.ignoreTime !== true) columns.push(timeText(header.mtime.seconds));
  columns.push(header.name.padEnd(NAME_COLUMNS));
  if (header.linkname !== "") columns.push(`-> ${header.linkname}`);
  if (header.size > 0) columns.push(`sha256:${hex}`);
  return columns.join(" ");
}

function timeText(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString().replace(".000Z", "Z");
}
