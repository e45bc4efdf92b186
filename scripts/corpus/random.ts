/**
 * Random bytes and words that are the same at every run.
 *
 * @module
 */
import { createHash } from "node:crypto";

const WORDS =
  ("alpha archive binary blob branch buffer build cache channel chunk client commit config deploy digest engine error " +
    "event export fetch filter folder format header index input kernel label layer length letter library limit linux " +
    "manifest memory merge mirror module mount number object option output package parent platform policy prefix process " +
    "proxy query queue range record reference registry release remote request result return route schema scope server " +
    "signal socket source status stream string subject symbol system table target token transfer update value version")
    .split(" ");

/** A stream of bytes that a seed decides (xorshift128, words in the machine's order): fast, and nothing more is asked of it. */
export class Random {
  #x: number;
  #y: number;
  #z: number;
  #w: number;

  /** The seed is any text. */
  constructor(seed: string) {
    const digest = createHash("sha256").update(seed).digest();
    [this.#x, this.#y, this.#z, this.#w] = [0, 4, 8, 12].map((at) => digest.readInt32LE(at)) as [
      number,
      number,
      number,
      number,
    ];
  }

  /** The next bytes; they do not compress. */
  bytes(length: number): Uint8Array<ArrayBuffer> {
    const words = new Int32Array((length + 3) >> 2);
    let x = this.#x, y = this.#y, z = this.#z, w = this.#w;
    for (let at = 0; at < words.length; at++) {
      const t = x ^ (x << 11);
      x = y;
      y = z;
      z = w;
      w = w ^ (w >>> 19) ^ t ^ (t >>> 8);
      words[at] = w;
    }
    this.#x = x;
    this.#y = y;
    this.#z = z;
    this.#w = w;
    return new Uint8Array(words.buffer, 0, length);
  }

  /** The next words, cut at `length` bytes; they compress as text does. */
  text(length: number): Uint8Array<ArrayBuffer> {
    const words: string[] = [];
    for (let size = 0; size < length;) {
      for (const byte of this.bytes(1024)) {
        const word = WORDS[byte % WORDS.length]!;
        words.push(word);
        size += word.length + 1;
      }
    }
    return new TextEncoder().encode(words.join(" ")).subarray(0, length);
  }
}
