/**
 * Digests (image-spec, descriptor.md, "Digests").
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { FerryError } from "../errors.ts";

/** A digest as text: `algorithm:encoded`, for example `sha256:6c3c...`. */
export type Digest = string;

/** Algorithms that ferry can compute, with the length of their encoded part in characters. */
export const DIGEST_ALGORITHMS: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };

const DIGEST = /^([a-z0-9]+):([a-f0-9]+)$/;

/** The two parts of a digest. */
export interface DigestParts {
  /** `sha256` or `sha512`. */
  readonly algorithm: string;
  /** Lower case hexadecimal. */
  readonly encoded: string;
}

/** True when `text` is a digest that ferry can check. */
export function isDigest(text: string): boolean {
  const match = DIGEST.exec(text);
  return match !== null && DIGEST_ALGORITHMS[match[1]!] === match[2]!.length;
}

/**
 * Splits a digest, so that its parts are safe in paths and URLs.
 *
 * @throws {FerryError} DIGEST_INVALID
 */
export function parseDigest(digest: string): DigestParts {
  const match = DIGEST.exec(digest);
  const length = match === null ? undefined : DIGEST_ALGORITHMS[match[1]!];
  if (match === null || length !== match[2]!.length) {
    throw new FerryError("DIGEST_INVALID", `Digest "${digest.slice(0, 160)}" is not valid`, {
      hint: "use sha256: with 64 or sha512: with 128 lower case hexadecimal characters",
    });
  }
  return { algorithm: match[1]!, encoded: match[2]! };
}

/** Digest of `bytes`, by sha256 unless told otherwise. */
export function digestOf(bytes: Uint8Array, algorithm = "sha256"): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}`;
}

/** Counts and hashes bytes as they pass, and says at the end whether they were the right ones. */
export class DigestVerifier {
  readonly #hash: Hash;
  readonly #algorithm: string;
  #size = 0;

  /** Algorithm: `sha256` or `sha512`. */
  constructor(algorithm = "sha256") {
    if (!Object.hasOwn(DIGEST_ALGORITHMS, algorithm)) {
      throw new FerryError("DIGEST_INVALID", `Digest algorithm "${algorithm}" is not supported`);
    }
    this.#algorithm = algorithm;
    this.#hash = createHash(algorithm);
  }

  /** Bytes seen so far. */
  get size(): number {
    return this.#size;
  }

  /** Takes the next bytes; they may be reused once it returns. */
  update(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#size += bytes.byteLength;
  }

  /** Ends the hash and gives the digest. Once only. */
  digest(): Digest {
    return `${this.#algorithm}:${this.#hash.digest("hex")}`;
  }

  /**
   * Ends the hash and compares; `size` is in bytes, undefined when not known.
   *
   * @throws {FerryError} SIZE_MISMATCH, DIGEST_MISMATCH
   */
  verify(expected: Digest, size: number | undefined, what: string): void {
    const isWhole = size === undefined || size === this.#size;
    checkContent({ digest: isWhole ? this.digest() : "", size: this.#size }, { digest: expected, size }, what);
  }
}

/**
 * Compares what some content is with what it has to be; `size` is in bytes, undefined when not known.
 *
 * @throws {FerryError} SIZE_MISMATCH, DIGEST_MISMATCH
 */
export function checkContent(
  actual: { readonly digest: Digest; readonly size: number },
  expected: { readonly digest: Digest; readonly size: number | undefined },
  what: string,
): void {
  if (expected.size !== undefined && expected.size !== actual.size) {
    throw new FerryError("SIZE_MISMATCH", `Size of ${what} is ${actual.size} bytes, expected ${expected.size}`);
  }
  if (actual.digest !== expected.digest) {
    throw new FerryError("DIGEST_MISMATCH", `Digest of ${what} is ${actual.digest}, expected ${expected.digest}`);
  }
}
