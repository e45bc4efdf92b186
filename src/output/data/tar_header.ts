/**
 * Headers of entries in archives as templates see them.
 *
 * @module
 */
import type { TarHeader } from "../../archive/tar_header.ts";
import { GoTime } from "../template/time_value.ts";
import { goStruct, type GoValue } from "../template/value.ts";

/** A header with Go's names: `.Header.Size`, `.Header.ModTime.Format`. */
export function tarHeaderData(header: TarHeader): GoValue {
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
