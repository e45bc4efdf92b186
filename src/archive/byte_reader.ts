/**
 * Takes exact numbers of bytes from a stream of pieces.
 *
 * @module
 */

/** A stream that can leave out bytes without reading them. */
export interface Skipper {
  /** Leaves out the next bytes behind the pieces that were given; gives how many there were. */
  skip(count: number): number;
}

/** Reads a stream of pieces by counts. What it gives is valid until the next call, for pieces are not copied where they need not be. */
export class ByteReader {
  readonly #pieces: AsyncIterator<Uint8Array>;
  readonly #skipper: Skipper | undefined;
  #piece: Uint8Array = new Uint8Array(0);
  #offset = 0;

  /** Pieces of the stream, of any size; and what leaves out some of them, where that can be done. */
  constructor(pieces: AsyncIterable<Uint8Array>, skipper?: Skipper) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#skipper = skipper;
  }

  /** Bytes given so far. */
  get offset(): number {
    return this.#offset;
  }

  /** True when nothing is left. */
  async ended(): Promise<boolean> {
    return (await this.#next()) === 0;
  }

  /** The next bytes, at most `most`; undefined at the end. */
  async some(most: number): Promise<Uint8Array | undefined> {
    if ((await this.#next()) === 0) return undefined;
    return this.#take(Math.min(most, this.#piece.byteLength));
  }

  /** Exactly `count` bytes, or fewer where the stream ends before. For small counts: they are gathered in memory. */
  async upTo(count: number): Promise<Uint8Array> {
    if ((await this.#next()) >= count) return this.#take(count);
    const gathered = new Uint8Array(count);
    let size = 0;
    while (size < count) {
      const piece = await this.some(count - size);
      if (piece === undefined) break;
      gathered.set(piece, size);
      size += piece.byteLength;
    }
    return gathered.subarray(0, size);
  }

  /** Leaves out `count` bytes; gives how many there were. */
  async skip(count: number): Promise<number> {
    let left = count;
    if (this.#skipper !== undefined && left > this.#piece.byteLength) {
      left -= this.#take(this.#piece.byteLength).byteLength;
      const skipped = this.#skipper.skip(left);
      this.#offset += skipped;
      return count - left + skipped;
    }
    while (left > 0) {
      const piece = await this.some(left);
      if (piece === undefined) break;
      left -= piece.byteLength;
    }
    return count - left;
  }

  /** Tells the source that no more is wanted. */
  async close(): Promise<void> {
    this.#piece = new Uint8Array(0);
    await this.#pieces.return?.();
  }

  #take(count: number): Uint8Array {
    const taken = this.#piece.subarray(0, count);
    this.#piece = this.#piece.subarray(count);
    this.#offset += count;
    return taken;
  }

  async #next(): Promise<number> {
    while (this.#piece.byteLength === 0) {
      const next = await this.#pieces.next();
      if (next.done === true) return 0;
      this.#piece = next.value;
    }
    return this.#piece.byteLength;
  }
}
