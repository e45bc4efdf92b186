/**
 * Lists of referrers as text for people.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import { descriptorRows, EMPTY_ROW, type Row, rowsText } from "./manifest_text.ts";

/** A list of referrers with its names. */
export interface ReferrersText {
  /** Subject, by digest. */
  readonly subject: string;
  /** Where the referrers are, where that is elsewhere. */
  readonly source: string | undefined;
  /** Descriptors. */
  readonly descriptors: readonly Descriptor[];
  /** Name of a referrer. */
  readonly nameOf: (descriptor: Descriptor) => string;
}

/** The text with its line ends; lines without a value end in blanks, as in aligned tables of Go programs. */
export function referrersText({ subject, source, descriptors, nameOf }: ReferrersText): string {
  const rows: Row[] = [["Subject:", subject]];
  if (source !== undefined) rows.push(["Source:", source]);
  rows.push(EMPTY_ROW, ["Referrers:", ""]);
  for (const descriptor of descriptors) {
    rows.push(EMPTY_ROW, ["  Name:", nameOf(descriptor)], ...descriptorRows(descriptor, "  "));
  }
  return rowsText(rows);
}
