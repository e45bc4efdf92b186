import type { CommandResult, Context } from "../../src/mod.ts";

/** Makes a script. */
export type Script = (
  /** The program that it completes. */
  program: string,
  /** The hidden command that it asks. */
  ask: "__complete" | "__completeNoDesc",
) => string;

/** The script as a result, for the program as it was called. */
export function scriptResult(context: Context, script: Script, bare: boolean | undefined): Promise<CommandResult> {
  const text = script(context.program, bare === true ? "__completeNoDesc" : "__complete");
  return Promise.resolve({ text: () => text, data: () => text });
}
