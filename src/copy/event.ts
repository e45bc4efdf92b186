/** What happens while a copy runs; the caller draws it. Fields are only ever added. */
export type CopyEvent =
  | {
    /** Work was found: a blob or manifest that may have to move. */
    readonly type: "found";
    readonly kind: "blob" | "manifest";
    readonly digest: string;
    readonly size: number;
  }
  | {
    /** Bytes of a blob start to move. */
    readonly type: "start";
    readonly kind: "blob" | "manifest";
    readonly digest: string;
    readonly size: number;
  }
  | {
    /** More bytes of a blob went over; `bytes` is the increment. */
    readonly type: "bytes";
    readonly digest: string;
    readonly bytes: number;
  }
  | {
    /** A blob or manifest is at the target. */
    readonly type: "done";
    readonly kind: "blob" | "manifest";
    readonly digest: string;
    readonly size: number;
    readonly outcome: "exists" | "mounted" | "linked" | "sent" | "skipped";
  };
