/**
 * Password hashes by bcrypt; the one file that knows the library.
 *
 * @module
 */

/** Rounds, as a power of two, of hashes made here. */
export const BCRYPT_COST = 10;

/** Bytes of a password that bcrypt looks at. */
export const PASSWORD_MAX_BYTES = 72;

/** Makes the hash of a password. */
export async function hashPassword(password: string): Promise<string> {
  const { default: bcrypt } = await import("bcryptjs");
  return await bcrypt.hash(password, BCRYPT_COST);
}

/** True when a password has this hash. */
export async function isPassword(password: string, hash: string): Promise<boolean> {
  const { default: bcrypt } = await import("bcryptjs");
  return await bcrypt.compare(password, hash);
}
