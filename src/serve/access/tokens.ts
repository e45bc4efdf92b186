/**
 * Bearer tokens that the server issues itself: who they are for, what they allow and until when, signed with a key of this process.
 *
 * @module
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { isJsonObject } from "../../oci/descriptor.ts";

/** What a token says. */
export interface Claims {
  /** User, "" for nobody known. */
  readonly user: string;
  /** Actions by repository. */
  readonly access: Readonly<Record<string, readonly string[]>>;
}

/** Seconds for which a token is good. */
export const TOKEN_SECONDS = 300;

/** Issues and reads tokens. After a restart the old ones are no longer good: clients ask for new ones by themselves. */
export class Tokens {
  readonly #key = randomBytes(32);

  /** Milliseconds since 1970. */
  constructor(private readonly now: () => number) {}

  /** A token. */
  issue(claims: Claims): string {
    const payload = new TextEncoder().encode(JSON.stringify({ ...claims, until: this.now() + TOKEN_SECONDS * 1000 }));
    const text = payload.toBase64({ alphabet: "base64url", omitPadding: true });
    return `${text}.${this.#sign(text).toString("base64url")}`;
  }

  /** What a token says; undefined where it is not ours, or no longer good. */
  read(token: string): Claims | undefined {
    const [text = "", signature = "", more] = token.split(".");
    const given = new Uint8Array(createHmac("sha256", this.#key).update(signature).digest());
    const right = new Uint8Array(
      createHmac("sha256", this.#key).update(this.#sign(text).toString("base64url")).digest(),
    );
    if (more !== undefined || !timingSafeEqual(given, right)) return undefined;
    const claims: unknown = JSON.parse(
      new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: "base64url" })),
    );
    if (!isJsonObject(claims) || typeof claims.until !== "number" || claims.until <= this.now()) return undefined;
    return { user: String(claims.user), access: claims.access as Claims["access"] };
  }

  #sign(text: string) {
    return createHmac("sha256", this.#key).update(text).digest();
  }
}
