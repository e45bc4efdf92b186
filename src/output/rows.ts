/**
 * Lists as `--format ndjson` prints them: one JSON value a line.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { Handler, HandlerModule } from "../plugin.ts";

/**
 * A handler that gives the rows of a list as lines. A batch is out before the next is asked for.
 *
 * @throws {FerryError} FLAG_INVALID where the command gives no list
 */
export function rowsHandler({ rows }: HandlerModule): Handler {
  if (rows === undefined) {
    throw new FerryError("FLAG_INVALID", 'Flag "--format" cannot be "ndjson" here: the command gives no list', {
      hint: "use --format json",
    });
  }
  return (context, input) => Promise.resolve({ body: ReadableStream.from(lines(rows(context, input))) });
}

async function* lines(batches: AsyncIterable<readonly unknown[]>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const batch of batches) {
    if (batch.length > 0) yield encoder.encode(batch.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
}
