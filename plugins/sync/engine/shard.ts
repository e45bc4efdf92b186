/**
 * Splits the work between several processes: each image belongs to one of them, whichever process asks.
 *
 * @module
 */
import { digestOf, FerryError } from "../../../src/mod.ts";

/** One part of the whole: `index` of `count`, from 1. */
export interface Shard {
  /** Which part, from 1. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
}

/**
 * Reads `2/5`.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text);
  const shard = { index: Number(match?.[1]), count: Number(match?.[2]) };
  if (match !== null && shard.count > 0 && shard.index >= 1 && shard.index <= shard.count) return shard;
  throw new FerryError("FLAG_INVALID", `Flag "--shard" cannot be "${text}"`, {
    hint: "write which part of how many, counting from 1: 2/5",
  });
}

/** True when what has this name belongs to the part. Names of one step, repository and tag always fall into the same part. */
export function inShard(shard: Shard | undefined, ...names: readonly string[]): boolean {
  if (shard === undefined || shard.count === 1) return true;
  const hash = digestOf(new TextEncoder().encode(names.join("\n"))).slice("sha256:".length, "sha256:".length + 12);
  return parseInt(hash, 16) % shard.count === shard.index - 1;
}
