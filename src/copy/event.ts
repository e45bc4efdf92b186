/** The names of a copy as people write them. Each copy has an object of its own, so that two of the same names are told apart. */
export interface CopyName {
  /** What is copied. */
  readonly source: string;
  /** Where it goes. */
  readonly target: string;
}

/** What happens while a copy runs; the caller draws it. Fields are only ever added. */
export type CopyEvent =
  | {
    /** Work was found: a blob or manifest that may have to move. */
    readonly type: "found";
    readonly copy: CopyName;
    readonly kind: "blob" | "manifest";
    readonly digest: string;
    readonly size: number;
  }
  | {
    /** Bytes of a blob start to move. */
    readonly type: "start";
    readonly copy: CopyName;
    readonly kind: "blob" | "manifest";
    readonly digest: string;
    readonly size: number;
  }
  | {
    /** More bytes of a blob went over; `bytes` is the increment, negative where they have to be sent again. */
    readonly type: "bytes";
    readonly copy: CopyName;
    readonly digest: string;
    readonly bytes: number;
  }
  | {
    /** A blob or manifest is at the target. */
    readonly type: "done";
    readonly copy: CopyName;
    readonly kind: "blob" | "manifest";
    readonly digest: string;
    readonly size: number;
    readonly outcome: "exists" | "mounted" | "linked" | "sent" | "skipped";
  }
  | {
    /** The copy has ended: what has not arrived by now will not. */
    readonly type: "end";
    readonly copy: CopyName;
    readonly outcome: "done" | "failed";
  };

/** An event before it is known which copy it is of. */
export type CopyStep = CopyEvent extends infer E ? E extends CopyEvent ? Omit<E, "copy"> : never : never;
