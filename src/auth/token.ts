/**
 * Access tokens that are kept for as long as they hold.
 *
 * @module
 */
import { isFerryError } from "../errors.ts";
import { coversScopes, NO_SCOPES, type ScopeSet, unionScopes } from "./scope.ts";
import { shareCall, type SharedCall } from "./shared_call.ts";

/** What a token server granted. */
export interface TokenGrant {
  /** The access token. */
  readonly token: string;
  /** Seconds that it holds from now on, as {@linkcode tokenLife} gives it. */
  readonly life: number;
}

/** A kept token. */
export interface Token {
  /** What goes behind `Bearer `. */
  readonly value: string;
  /** Scopes that were asked for. */
  readonly scopes: ScopeSet;
  /** When it came, milliseconds. */
  readonly since: number;
  /** When it has to be renewed, milliseconds. */
  readonly until: number;
}

/** Tokens of one account at one place. */
export interface TokenStore {
  /** A token that covers `wanted`, fetched if need be; who asks for the same at the same time shares one fetch. */
  get(wanted: ScopeSet, signal?: AbortSignal): Promise<Token>;
  /** The kept token of this value. */
  find(value: string): Token | undefined;
  /** Forgets a token that was refused. */
  drop(token: Token): void;
}

/** Options of {@linkcode createTokenStore}. */
export interface TokenStoreOptions {
  /** Asks the token server. */
  readonly fetch: (scopes: ScopeSet, signal: AbortSignal) => Promise<TokenGrant>;
  /** Milliseconds. */
  readonly now: () => number;
  /** Ask for the scopes of earlier tokens as well, so that one token serves all repositories. */
  readonly grow: boolean;
}

interface Running {
  readonly scopes: ScopeSet;
  readonly call: SharedCall<Token>;
}

/** Scopes in one token at most: each makes the token, and so the header of every request, longer. */
const MAX_GROWN = 10;
const SHORTEST = 60;
const LONGEST = 7 * 24 * 3600;

/**
 * Seconds that a token holds (distribution-spec's token documentation). `expiresIn` missing or below 60 means 60; more than a
 * week is taken for a mistake (nanoseconds, for example) and means five minutes. `issuedAt` counts only against the same
 * clock, the Date header of the answer (`date`), so that a wrong clock here or there does no harm.
 */
export function tokenLife(expiresIn: unknown, issuedAt?: unknown, date?: string | null): number {
  let life = Number(expiresIn);
  if (!(life >= SHORTEST)) life = SHORTEST;
  if (life > LONGEST) life = 300;
  if (typeof issuedAt === "string" && typeof date === "string") {
    const age = (Date.parse(date) - Date.parse(issuedAt)) / 1000;
    // The shortest life stays, lest a token server that hands out old tokens is asked with every request.
    if (age > 0 && age < life) life = Math.max(life - age, 10);
  }
  return life;
}

/** Makes an empty store. */
export function createTokenStore(options: TokenStoreOptions): TokenStore {
  const { now } = options;
  let tokens: Token[] = [];
  let grow = options.grow;
  const running = new Set<Running>();

  async function fetchOne(scopes: ScopeSet, signal: AbortSignal): Promise<Token> {
    const since = now();
    const { token, life } = await options.fetch(scopes, signal);
    const early = Math.min(5, life / 4);
    const kept: Token = { value: token, scopes, since, until: since + (life - early) * 1000 };
    const replaced = (other: Token) =>
      coversScopes(scopes, other.scopes) && (grow || coversScopes(other.scopes, scopes));
    tokens = [...tokens.filter((other) => other.until > now() && !replaced(other)), kept];
    return kept;
  }

  async function fetchGrown(wanted: ScopeSet, signal: AbortSignal): Promise<Token> {
    const grown = grow
      ? unionScopes(...tokens.filter((token) => token.until > now()).map((t) => t.scopes), wanted)
      : wanted;
    if (coversScopes(wanted, grown) || grown.size > MAX_GROWN) return await fetchOne(wanted, signal);
    try {
      return await fetchOne(grown, signal);
    } catch (error) {
      if (!isFerryError(error, "UNAUTHORIZED", "DENIED")) throw error;
      // Some token servers refuse everything when they refuse one scope, some take one scope at a time.
      const token = await fetchOne(wanted, signal);
      grow = false;
      return token;
    }
  }

  return {
    async get(wanted, signal) {
      signal?.throwIfAborted();
      const token = smallest(tokens.filter((token) => token.until > now() && coversScopes(token.scopes, wanted)));
      if (token !== undefined) return token;
      for (const { scopes, call } of running) {
        if (!call.stopped && coversScopes(scopes, wanted)) return await call.join(signal);
      }
      const entry: Running = {
        scopes: wanted,
        call: shareCall((stop) => fetchGrown(wanted, stop), () => running.delete(entry)),
      };
      running.add(entry);
      return await entry.call.join(signal);
    },
    find: (value) => tokens.find((token) => token.value === value),
    drop: (token) => void (tokens = tokens.filter((other) => other !== token)),
  };
}

function smallest(tokens: readonly Token[]): Token | undefined {
  return tokens.reduce<Token | undefined>(
    (best, token) => token.scopes.size < (best?.scopes ?? NO_SCOPES).size || best === undefined ? token : best,
    undefined,
  );
}
