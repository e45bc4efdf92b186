/**
 * Passes a stream of pieces through a transform of node:stream.
 *
 * @module
 */
import type { Transform } from "node:stream";

/**
 * What the transform makes of `source`, no faster than it is taken. Either side's failure ends both; when the taker stops,
 * the source is told.
 */
export async function* through(
  source: AsyncIterable<Uint8Array>,
  transform: Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  let stopped = false;
  let failure: unknown;
  const feed = async () => {
    try {
      for await (const piece of source) {
        if (stopped || transform.destroyed) return;
        if (!transform.write(piece)) await roomIn(transform);
      }
      transform.end();
    } catch (error) {
      failure = error;
      transform.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  transform.on("error", () => {});
  const fed = feed();
  try {
    for await (const piece of transform) yield piece as Uint8Array;
    await fed;
  } catch (error) {
    throw failure ?? error;
  } finally {
    stopped = true;
    transform.destroy();
    await fed;
  }
}

function roomIn(transform: Transform): Promise<void> {
  if (transform.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      transform.off("drain", done).off("close", done).off("error", done);
      resolve();
    };
    transform.on("drain", done).on("close", done).on("error", done);
  });
}
