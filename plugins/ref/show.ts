import {
  type CommandResult,
  type Context,
  formatReference,
  type InputOf,
  parseReference,
  referenceData,
} from "../../src/mod.ts";
import type { ref } from "./mod.ts";

/** Handler of `ref`. */
export default function show(_context: Context, { args }: InputOf<typeof ref>): Promise<CommandResult> {
  const reference = parseReference(args.reference);
  const name = formatReference(reference);
  return Promise.resolve({ text: () => name, data: () => referenceData(reference, name, args.reference) });
}
