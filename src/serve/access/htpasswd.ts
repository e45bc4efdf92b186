/**
 * Users and their passwords, as `htpasswd -B` writes them: `name:$2y$...`, one a line.
 *
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";
import { FerryError } from "../../errors.ts";
import { isPassword } from "./bcrypt.ts";

/** Hashes by user. */
export type Users = ReadonlyMap<string, string>;

const HASH = /^\$2[abxy]\$\d{2}\$[./A-Za-z0-9]{53}$/;

/** Passwords that are remembered as right. */
const KNOWN_MOST = 1000;

/** Milliseconds for which they are. */
const KNOWN_MS = 5 * 60_000;

/**
 * Reads the lines of an htpasswd file; `where` names it in errors.
 *
 * @throws {FerryError} CONFIG_INVALID
 */
export function parseHtpasswd(text: string, where: string): Users {
  const users = new Map<string, string>();
  for (const [at, line] of text.split("\n").entries()) {
    const trimmed = line.trim();
    if (trimmed === "" || trimmed.startsWith("#")) continue;
    const colon = trimmed.indexOf(":");
    const hash = trimmed.slice(colon + 1);
    if (colon < 1 || !HASH.test(hash)) {
      throw new FerryError("CONFIG_INVALID", `Line ${at + 1} of "${where}" is not a user with a bcrypt hash`, {
        hint: "make lines with serve hash, or with htpasswd -B",
      });
    }
    users.set(trimmed.slice(0, colon), hash);
  }
  return users;
}

/** Checks passwords; the slow hash is computed once in a while for each user, not with each request. */
export class PasswordChecker {
  readonly #key = randomBytes(32);
  readonly #known = new Map<string, number>();

  /** Users as they are at the time of asking; milliseconds since 1970. */
  constructor(private readonly users: () => Users, private readonly now: () => number) {}

  /** True when the password is that of the user. */
  async check(user: string, password: string): Promise<boolean> {
    const hash = this.users().get(user);
    if (hash === undefined) return false;
    // The hash is part of the key: a changed password is asked for at once.
    const key = createHmac("sha256", this.#key).update(`${user}\0${hash}\0${password}`).digest("base64");
    const until = this.#known.get(key);
    if (until !== undefined && until > this.now()) return true;
    if (!await isPassword(password, hash)) return false;
    if (this.#known.size >= KNOWN_MOST) this.#known.clear();
    this.#known.set(key, this.now() + KNOWN_MS);
    return true;
  }
}
