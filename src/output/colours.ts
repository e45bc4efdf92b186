/**
 * Colours: whether they are wanted, and texts with them.
 *
 * @module
 */

/** NO_COLOR forbids colours (no-color.org), then FORCE_COLOR demands them, else a terminal has them. */
export function wantsColours(env: (name: string) => string | undefined, isTerminal: boolean): boolean {
  if ((env("NO_COLOR") ?? "") !== "") return false;
  const force = env("FORCE_COLOR") ?? "";
  return force !== "" ? force !== "0" && force !== "false" : isTerminal;
}

/** SGR parameters of lines of differences, by how the lines start (ECMA-48, 8.3.117). */
const DIFF: readonly (readonly [start: string, colour: number])[] = [["- ", 31], ["+ ", 32], ["@@", 36]];

/** Text of differences with its lines coloured: what goes red, what comes green, places cyan. */
export function colouredDiff(text: string): string {
  return text.split("\n").map((line) => {
    const colour = DIFF.find(([start]) => line.startsWith(start))?.[1];
    return colour === undefined ? line : `\x1b[${colour}m${line}\x1b[0m`;
  }).join("\n");
}
