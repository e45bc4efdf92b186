/**
 * Differences as results of commands: `manifest diff`, `blob diff-config`, `blob diff-layer`.
 *
 * @module
 */
import { loadDiff } from "../diff/load.ts";
import type { CommandResult } from "../plugin.ts";

/** Flags of commands that show differences, for their specs. */
export const DIFF_FLAGS = {
  context: {
    type: "integer",
    default: 3,
    summary: "show this many equal lines around each difference",
    placeholder: "lines",
  },
  "context-full": { type: "boolean", summary: "show all equal lines" },
  "exit-code": { type: "boolean", summary: "exit with 10 where there is a difference" },
} as const;

/** Values of {@linkcode DIFF_FLAGS}. */
export interface DiffFlags {
  /** Equal lines around each difference. */
  readonly context: number;
  /** All equal lines. */
  readonly "context-full": boolean | undefined;
  /** A difference is exit code 10. */
  readonly "exit-code": boolean | undefined;
}

/** The differences of two lists of lines: hunks as text, or as data. */
export async function showDiff(
  old: readonly string[],
  young: readonly string[],
  flags: DiffFlags,
): Promise<CommandResult> {
  const { diffHunks, hunksText } = await loadDiff();
  const context = flags["context-full"] === true ? Infinity : Math.max(flags.context, 0);
  const hunks = diffHunks(old, young, context);
  const differ = hunks.length > 0;
  return {
    text: () => hunksText(hunks),
    style: "diff",
    data: () => ({ differ, hunks }),
    exit: differ && flags["exit-code"] === true ? 10 : 0,
  };
}
