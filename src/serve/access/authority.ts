/**
 * The guard of a server with users: takes checked certificates, checks passwords and tokens, asks the access file, and issues tokens
 * (distribution's token authentication; RFC 7617).
 *
 * @module
 */
import { jsonAnswer } from "../answer.ts";
import type { Action } from "../call.ts";
import { Refusal } from "../refusal.ts";
import type { Acl } from "./acl.ts";
import type { Guard, Visitor } from "./guard.ts";
import type { PasswordChecker } from "./htpasswd.ts";
import { type Claims, TOKEN_SECONDS, type Tokens } from "./tokens.ts";

/** Options of {@linkcode createAuthority}. */
export interface AuthorityOptions {
  /** Checks passwords; undefined where users show certificates only. */
  readonly passwords: PasswordChecker | undefined;
  /** Issues tokens; undefined where only passwords are taken. */
  readonly tokens: Tokens | undefined;
  /** What users may do. */
  readonly acl: () => Acl;
  /** Address of the server as clients know it, without a slash at the end; that of the request by default. */
  readonly externalUrl: string | undefined;
  /** True when the server speaks TLS itself. */
  readonly tls: boolean;
}

/** Service that tokens are for. */
const SERVICE = "ferry";

const BASIC = `Basic realm="${SERVICE}"`;

const ACTIONS: readonly Action[] = ["pull", "push", "delete"];

/** Most scopes of one token. */
const SCOPES_MOST = 100;

/** Every user may do everything, nobody else anything. */
export const USERS_ONLY: Acl = { allows: (user) => user !== "" };

/** Every user may do everything, everybody else may read. */
export const ANONYMOUS_READS: Acl = { allows: (user, _repository, action) => user !== "" || action === "pull" };

/** Makes the guard. */
export function createAuthority(options: AuthorityOptions): Guard {
  return new Authority(options);
}

class Authority implements Guard {
  constructor(private readonly options: AuthorityOptions) {}

  async admit(request: Request, name: string): Promise<Visitor> {
    const header = credentialOf(request);
    if (header === null && name !== "") return this.#visitor(name, true);
    if (header === null) return this.#visitor("", this.options.tokens === undefined);
    const [, scheme = "", value = ""] = /^(\S+)\s+(.*)$/.exec(header.trim()) ?? [];
    if (scheme.toLowerCase() === "bearer" && this.options.tokens !== undefined) {
      const claims = readToken(this.options.tokens, value);
      if (claims === undefined) throw this.challenge(request, nobody(), undefined, []);
      return visitorOf(claims, this.options.acl());
    }
    const user = await this.#login(header);
    if (user === undefined) throw this.challenge(request, nobody(), undefined, []);
    return this.#visitor(user, true);
  }

  challenge(request: Request, visitor: Visitor, name: string | undefined, actions: readonly Action[]): Refusal {
    // Who has shown a password or a certificate gets no other answer with it; a token may be of too small a scope.
    if (this.options.passwords === undefined || (visitor.user !== "" && !hasToken(request))) {
      return new Refusal(403, "DENIED", "Access denied", name === undefined ? {} : { detail: { name, actions } });
    }
    const scope = name === undefined ? "" : `,scope="repository:${name}:${actions.join(",")}"`;
    const challenge = this.options.tokens === undefined
      ? BASIC
      : `Bearer realm="${this.#url(request)}/token",service="${SERVICE}"${scope}`;
    return new Refusal(401, "UNAUTHORIZED", "Authentication required", {
      headers: { "www-authenticate": challenge },
      ...(name === undefined ? {} : { detail: { name, actions } }),
    });
  }

  invitation(visitor: Visitor): Readonly<Record<string, string>> {
    const { passwords, tokens } = this.options;
    return visitor.user === "" && passwords !== undefined && tokens === undefined ? { "www-authenticate": BASIC } : {};
  }

  async token(request: Request, name: string, query: URLSearchParams): Promise<Response> {
    const { tokens } = this.options;
    if (tokens === undefined) throw new Refusal(404, "NOT_FOUND", "This registry gives no tokens");
    if (request.method !== "GET") throw new Refusal(405, "UNSUPPORTED", "Ask with GET", { headers: { allow: "GET" } });
    const header = credentialOf(request);
    const user = header === null ? name : await this.#login(header);
    if (user === undefined) {
      throw new Refusal(401, "UNAUTHORIZED", "User or password is wrong", {
        headers: { "www-authenticate": BASIC },
      });
    }
    const access = this.#granted(user, query.getAll("scope").flatMap((scope) => scope.split(" ")));
    const token = tokens.issue({ user, access });
    return jsonAnswer(200, {
      token,
      access_token: token,
      expires_in: TOKEN_SECONDS,
      issued_at: new Date().toISOString(),
    });
  }

  /** What a user may do of what is asked for. */
  #granted(user: string, scopes: readonly string[]): Record<string, readonly string[]> {
    const acl = this.options.acl();
    const access: Record<string, readonly string[]> = {};
    for (const scope of scopes.slice(0, SCOPES_MOST)) {
      const match = /^repository:(.+):([a-z,*]+)$/.exec(scope);
      if (match === null) continue;
      const [, name = "", list = ""] = match;
      const asked = list.split(",");
      const wanted = ACTIONS.filter((action) => asked.includes(action) || asked.includes("*"));
      const granted = wanted.filter((action) => acl.allows(user, name, action));
      access[name] = [...new Set([...access[name] ?? [], ...granted])];
    }
    return access;
  }

  async #login(header: string): Promise<string | undefined> {
    const match = /^basic\s+(\S+)$/i.exec(header.trim());
    if (match === null) return undefined;
    let text: string;
    try {
      text = new TextDecoder().decode(Uint8Array.fromBase64(match[1]!));
    } catch {
      return undefined;
    }
    const colon = text.indexOf(":");
    if (colon < 1) return undefined;
    const user = text.slice(0, colon);
    return await this.options.passwords?.check(user, text.slice(colon + 1)) === true ? user : undefined;
  }

  #visitor(user: string, anonymousAsks: boolean): Visitor {
    const acl = this.options.acl();
    return {
      user,
      // Most clients that get 200 for /v2/ never log in: who is not known is let in only where reading needs no login at all.
      mayEnter: user !== "" || (anonymousAsks && acl === ANONYMOUS_READS),
      allows: (name, action) => acl.allows(user, name, action),
      sees: (name) => acl.allows(user, name, "pull"),
    };
  }

  #url(request: Request): string {
    const { externalUrl, tls } = this.options;
    if (externalUrl !== undefined) return externalUrl;
    const host = request.headers.get("host") ?? new URL(request.url).host;
    return `${tls ? "https" : "http"}://${host.replace(/[^\w.:[\]-]/g, "")}`;
  }
}

/** What a client shows; some show a password of nothing for nobody where they have none. */
function credentialOf(request: Request): string | null {
  const header = request.headers.get("authorization");
  return header === null || /^\s*basic\s+Og==\s*$/i.test(header) ? null : header;
}

function hasToken(request: Request): boolean {
  return /^bearer\s/i.test(request.headers.get("authorization")?.trim() ?? "");
}

function readToken(tokens: Tokens, text: string): Claims | undefined {
  try {
    return tokens.read(text);
  } catch {
    return undefined;
  }
}

function visitorOf({ user, access }: Claims, acl: Acl): Visitor {
  return {
    user,
    mayEnter: true,
    allows: (name, action) => Object.hasOwn(access, name) && access[name]!.includes(action),
    sees: (name) => acl.allows(user, name, "pull"),
  };
}

function nobody(): Visitor {
  return { user: "", mayEnter: false, allows: () => false, sees: () => false };
}
