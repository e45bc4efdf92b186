import { blobRow, moreRow, type Row, totalRow } from "./row.ts";
import { Screen, type ScreenSize } from "./screen.ts";
import type { ActiveBlob } from "./tally.ts";
import type { View, ViewOptions } from "./view.ts";
import { closing } from "./words.ts";

/** Milliseconds between frames. */
const FRAME = 100;

/** Bars on a terminal: one line a blob on its way, and one for all; at the end a line that stays. */
export function ttyView(options: ViewOptions): View {
  const { tally, write } = options;
  const screen = new Screen(write, options.size);
  const rows = (size: ScreenSize) => tally.running === 0 ? [] : frame(size);
  const frame = ({ columns, rows }: ScreenSize): Row[] => {
    const style = { columns, colours: options.colours };
    const blobs = [...tally.active()];
    // One line is for all, one for the cursor of what is written above.
    const room = Math.max(0, rows - 2);
    const shown = blobs.length <= room ? blobs : movingFirst(blobs).slice(0, Math.max(0, room - 1));
    const lines = shown.map((blob) => blobRow(blob, tally.running > 1, style));
    if (shown.length < blobs.length && room > 0) lines.push(moreRow(blobs.length - shown.length, style));
    return [...lines, totalRow(tally, style)];
  };
  return {
    every: FRAME,
    tick: () => screen.draw(rows),
    above: (text) => screen.above(text),
    clear: () => screen.clear(),
    finish(outcome) {
      screen.clear();
      if (outcome === "done" || tally.copied > 0) write(`${closing(tally, options.now() - options.started)}\n`);
    },
  };
}

/** Blobs that move before those that wait for their turn. */
function movingFirst(blobs: readonly ActiveBlob[]): readonly ActiveBlob[] {
  return [...blobs].sort((a, b) => Number(b.bytes > 0) - Number(a.bytes > 0));
}
