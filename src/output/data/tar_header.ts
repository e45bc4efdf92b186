/**
 * Headers of entries in archives as templates see them.
 *
 * @module
 */
import { GoTime } from "../template/time_value.ts";
import { goStruct, type GoValue } from "../template/value.ts";

/** The fields of a header that are shown; a `TarHeader` has them. */
export interface ShownHeader {
  /** Path. */
  readonly name: string;
  /** Type flag. */
  readonly type: string;
  /** Target of a link. */
  readonly linkname: string;
  /** Bytes of the content. */
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
  /** When it was changed last. */
  readonly mtime: { readonly seconds: number; readonly nanos: number };
  /** pax records. */
  readonly pax: ReadonlyMap<string, string>;
}

/** A header with Go's names: `.Header.Size`, `.Header.ModTime.Format`. */
export function tarHeaderData(header: ShownHeader): GoValue {
  const { name, type, linkname, size, mode, uid, gid, uname, gname, mtime } = header;
  const pax = Object.fromEntries(header.pax);
  const json = { name, type, linkname, size, mode, uid, gid, uname, gname, modTime: timeText(mtime.seconds), pax };
  return goStruct({
    type: "struct",
    fields: {
      Header: goStruct({
        type: "tar.Header",
        fields: {
          Typeflag: type.charCodeAt(0),
          Name: name,
          Linkname: linkname,
          Size: size,
          Mode: mode,
          Uid: uid,
          Gid: gid,
          Uname: uname,
          Gname: gname,
          ModTime: new GoTime(mtime.seconds, mtime.nanos),
          PAXRecords: pax,
        },
        json: () => json,
      }),
    },
    json: () => ({ header: json }),
  });
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
