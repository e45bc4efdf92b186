/**
 * An entry of a tar archive as data (POSIX.1-2008, pax; GNU tar manual, "Basic Tar Format").
 *
 * @module
 */

/** A point in time: seconds since 1970, rounded down, and the nanoseconds above them (0 to 999,999,999). */
export interface TarTime {
  /** Whole seconds, may be negative. */
  readonly seconds: number;
  /** Nanoseconds above the seconds. */
  readonly nanos: number;
}

/** Formats that a header may be written in: bits of a set. */
export const TAR_FORMAT = { ustar: 1, pax: 2, gnu: 4, any: 7 } as const;

/** Type flags of entries. */
export const TAR_TYPE = {
  file: "0",
  hardLink: "1",
  symbolicLink: "2",
  characterDevice: "3",
  blockDevice: "4",
  folder: "5",
  fifo: "6",
  contiguous: "7",
  paxGlobal: "g",
  pax: "x",
  gnuSparse: "S",
  gnuLongName: "L",
  gnuLongLink: "K",
} as const;

/** What an archive says of an entry. Texts keep bytes that are not UTF-8 (see `byte_text.ts`). */
export interface TarHeader {
  /** Path within the archive; a folder's ends in `/` in most archives. */
  readonly name: string;
  /** Type flag, one of {@linkcode TAR_TYPE} or another character. */
  readonly type: string;
  /** Target of a link. */
  readonly linkname: string;
  /** Size of the content in bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Owner's id. */
  readonly uid: number;
  /** Group's id. */
  readonly gid: number;
  /** Owner's name. */
  readonly uname: string;
  /** Group's name. */
  readonly gname: string;
  /** When the content was changed last. */
  readonly mtime: TarTime;
  /** When it was read last, where the archive says so. */
  readonly atime?: TarTime | undefined;
  /** When its state was changed last, where the archive says so. */
  readonly ctime?: TarTime | undefined;
  /** Major number of a device. */
  readonly devmajor: number;
  /** Minor number of a device. */
  readonly devminor: number;
  /** pax records of the entry, with those that other fields show as well. */
  readonly pax: ReadonlyMap<string, string>;
  /** Formats that fit how it was written: a set of {@linkcode TAR_FORMAT} bits; 0 where any will do. */
  readonly formats: number;
}

/** The pax records that stand for fields of the header. */
export const BASIC_PAX_KEYS: ReadonlySet<string> = new Set([
  "path",
  "linkpath",
  "size",
  "uid",
  "gid",
  "uname",
  "gname",
  "mtime",
  "atime",
  "ctime",
]);

/** Bytes of a block. */
export const TAR_BLOCK = 512;

/** Bytes that pax records or a long name may have. */
export const TAR_SPECIAL_MAX = 1 << 20;

/** Places of the fields of a header block: offset and length in bytes. */
export const TAR_FIELD = {
  name: [0, 100],
  mode: [100, 8],
  uid: [108, 8],
  gid: [116, 8],
  size: [124, 12],
  mtime: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  linkname: [157, 100],
  magic: [257, 8],
  uname: [265, 32],
  gname: [297, 32],
  devmajor: [329, 8],
  devminor: [337, 8],
  prefix: [345, 155],
  gnuAtime: [345, 12],
  gnuCtime: [357, 12],
  starPrefix: [345, 131],
  starAtime: [476, 12],
  starCtime: [488, 12],
  starTrailer: [508, 4],
} as const satisfies Record<string, readonly [number, number]>;

/** Name of a field. */
export type TarField = keyof typeof TAR_FIELD;

/** A header with the given name and, unless told otherwise, an empty file of root with no time. */
export function tarHeader(name: string, fields: Partial<TarHeader> = {}): TarHeader {
  return {
    name,
    type: TAR_TYPE.file,
    linkname: "",
    size: 0,
    mode: 0o644,
    uid: 0,
    gid: 0,
    uname: "",
    gname: "",
    mtime: { seconds: 0, nanos: 0 },
    devmajor: 0,
    devminor: 0,
    pax: new Map(),
    formats: 0,
    ...fields,
  };
}

/** True when entries of this type have no content, whatever their size field says. */
export function isHeaderOnly(type: string): boolean {
  return type >= "1" && type <= "6" && type.length === 1;
}

/** Zeros that fill the last block of a content of `size` bytes. */
export function tarPadding(size: number): number {
  return (TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK;
}
