/**
 * Users and their passwords, as `htpasswd -B` writes them: `name:$2y$...`, one a line.
 *
 * @module
 */
import { createHmac, randomBytes } from "node:crypto";
import { FerryError } from "../../errors.ts";
import { Refusal } from "../refusal.ts";
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

/** Passwords that wait to be checked. */
const WAITING_MOST = 32;

/** Stands for the hash of users that do not exist, so that the time of an answer does not tell who does. */
const NOBODY = "$2b$10$z5bfsepsC9c35obxFnn1pO/aLyETYkQHH4ScoDZCccKL8t6OSUbn2";

/**
 * Checks passwords; the slow hash is computed once in a while for each user, not with each request, and one at a time: passwords are
 * guessed no faster for being guessed on many connections.
 */
export class PasswordChecker {
  readonly #key = randomBytes(32);
  readonly #known = new Map<string, number>();
  readonly #asked = new Map<string, Promise<boolean>>();
  #last: Promise<unknown> = Promise.resolve();

  /** Users as they are at the time of asking; milliseconds since 1970. */
  constructor(private readonly users: () => Users, private readonly now: () => number) {}

  /**
   * True when the password is that of the user.
   *
   * @throws {Refusal} TOOMANYREQUESTS where too many passwords wait to be checked
   */
  async check(user: string, password: string): Promise<boolean> {
    const hash = this.users().get(user);
    // The hash is part of the key: a changed password is asked for at once.
    const key = createHmac("sha256", this.#key).update(`${user}\0${hash ?? ""}\0${password}`).digest("base64");
    const until = this.#known.get(key);
    if (until !== undefined && until > this.now()) return true;
    const asked = this.#asked.get(key) ?? this.#ask(key, password, hash ?? NOBODY);
    if (!await asked || hash === undefined) return false;
    if (this.#known.size >= KNOWN_MOST) this.#known.clear();
    this.#known.set(key, this.now() + KNOWN_MS);
    return true;
  }

  #ask(key: string, password: string, hash: string): Promise<boolean> {
    if (this.#asked.size >= WAITING_MOST) {
      throw new Refusal(429, "TOOMANYREQUESTS", "Too many logins at a time", { headers: { "retry-after": "2" } });
    }
    const asked = this.#last.then(() => isPassword(password, hash)).finally(() => this.#asked.delete(key));
    this.#asked.set(key, asked);
    this.#last = asked.catch(() => {});
    return asked;
  }
}
