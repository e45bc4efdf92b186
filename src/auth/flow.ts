/**
 * Answers the challenges of registries: Basic, and Bearer with tokens from the realm that a registry names.
 *
 * @module
 */
import { FerryError, isFerryError } from "../errors.ts";
import type { Authorizer, AuthRequest, TokenFetch } from "./authorizer.ts";
import { parseChallenges } from "./challenge.ts";
import type { Credential, CredentialSource } from "./credential.ts";
import { basicAuthorization, credentialKey } from "./credential_text.ts";
import { refusal } from "./refusal.ts";
import { coversScopes, formatScopes, namesRepository, NO_SCOPES, type ScopeSet, unionScopes } from "./scope.ts";
import { learnChallenges, type Site, unknownSite, wantedScopes } from "./site.ts";
import { createTokenStore, type TokenStore } from "./token.ts";
import { type RefusedMethods, requestToken } from "./token_request.ts";

/** Log lines of the authorizer; no secret is in them. */
export interface AuthLog {
  /** Steps. */
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** What may surprise. */
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** Options of {@linkcode createAuthorizer}. */
export interface AuthorizerOptions {
  /** Where credentials come from; asked when a registry wants one, and again with every request after that. */
  readonly credentials: CredentialSource;
  /** Sends a request to a token realm. */
  readonly fetchToken: TokenFetch;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Name of the client for token servers, `ferry` unless given. */
  readonly clientId?: string;
  /** Takes log lines. */
  readonly log?: AuthLog;
}

/** A registry with what belongs to it in memory alone. */
interface Known extends Site {
  readonly stores: Map<string, TokenStore>;
  readonly refreshTokens: Map<string, string>;
  readonly refusedMethods: RefusedMethods;
  readonly basicRefused: Set<string>;
  readonly asked: Map<string, Promise<Account>>;
  helperError: FerryError | undefined;
}

interface Account {
  readonly credential: Credential | undefined;
  readonly key: string;
}

/** A token younger than this that is refused was refused for good; an older one may have ended early. Milliseconds. */
const YOUNG = 5000;
/** Answers of one request to learn from. */
const MAX_CHALLENGES = 5;

/**
 * Makes an authorizer that knows nothing yet. A credential goes to the registry host itself or to the realm that it named,
 * never to anyone else; neither errors nor log lines hold one.
 */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { credentials, fetchToken, log } = options;
  const now = options.now ?? Date.now;
  const clientId = options.clientId ?? "ferry";
  const sites = new Map<string, Known>();
  const challengesOf = new WeakMap<AuthRequest, number>();

  function siteOf(request: AuthRequest): Known {
    const key = `${request.registry}\n${request.origin}`;
    let site = sites.get(key);
    if (site === undefined) {
      site = {
        ...unknownSite(),
        stores: new Map(),
        refreshTokens: new Map(),
        refusedMethods: new Set(),
        basicRefused: new Set(),
        asked: new Map(),
        helperError: undefined,
      };
      sites.set(key, site);
    }
    return site;
  }

  async function accountOf(site: Known, request: AuthRequest, fresh = false): Promise<Account> {
    let credential: Credential | undefined;
    try {
      credential = await credentials.get(request.registry, request.repository, { fresh });
      site.helperError = undefined;
    } catch (error) {
      if (!isFerryError(error, "CREDENTIAL_HELPER_FAILED")) throw error;
      // Much can be read without a credential: the failure is told where that is not enough.
      if (site.helperError === undefined) log?.warn(error.message, { registry: request.registry });
      site.helperError = error;
    }
    return { credential, key: credentialKey(credential) };
  }

  /** The account that a helper gives when it is asked again, once an account; undefined when that is the same or none. */
  async function otherAccount(site: Known, request: AuthRequest, account: Account): Promise<Account | undefined> {
    const before = site.asked.get(account.key);
    const asking = before?.then(() => accountOf(site, request)) ?? accountOf(site, request, true);
    if (before === undefined) {
      log?.debug("Asking for the credential again", { registry: request.registry });
      site.asked.set(account.key, asking);
    }
    const other = await asking;
    return other.credential === undefined || other.key === account.key ? undefined : other;
  }

  function storeOf(site: Known, request: AuthRequest, account: Account): TokenStore {
    const alone = request.repoAuth || site.perRepository;
    const key = `${alone ? request.repository : ""}\n${account.key}`;
    let store = site.stores.get(key);
    if (store === undefined) {
      store = createTokenStore({ now, grow: !alone, fetch: (scopes, signal) => fetchScopes(scopes, signal) });
      site.stores.set(key, store);
    }
    return store;

    async function fetchScopes(scopes: ScopeSet, signal: AbortSignal) {
      const bearer = site.bearer;
      if (bearer === undefined) throw new FerryError("INTERNAL", "A token was asked for without a realm");
      const texts = formatScopes(scopes);
      const { registry } = request;
      log?.debug("Asking for a token", { registry, realm: bearer.realm.origin + bearer.realm.pathname, scopes: texts });
      const refreshKey = `${bearer.realm}\n${account.key}`;
      const answer = await requestToken(
        {
          ...bearer,
          registry,
          scopes: texts,
          credential: account.credential,
          refreshToken: site.refreshTokens.get(refreshKey),
          clientId,
          signal,
        },
        (url, init) => fetchToken(url, { ...init, registry }),
        site.refusedMethods,
      );
      if (answer.refreshToken !== undefined) site.refreshTokens.set(refreshKey, answer.refreshToken);
      return answer;
    }
  }

  async function headerFor(
    site: Known,
    request: AuthRequest,
    account: Account,
    wanted: ScopeSet,
  ): Promise<string | undefined> {
    const { credential } = account;
    if (credential?.kind === "registry") return `Bearer ${credential.token}`;
    if (credential?.kind === "basic" && site.basic && !site.basicRefused.has(account.key)) {
      return basicAuthorization(credential.username, credential.password);
    }
    if (site.bearer === undefined) return undefined;
    const store = storeOf(site, request, account);
    try {
      return `Bearer ${(await store.get(wanted, request.signal)).value}`;
    } catch (error) {
      const extra = request.extraScopes ?? [];
      const alone = wantedScopes(site, request, false);
      if (!isFerryError(error, "UNAUTHORIZED") || extra.length === 0 || coversScopes(alone, wanted)) throw error;
      // A mount does without the right to read its source: the registry then takes an upload instead.
      const token = await store.get(alone, request.signal);
      for (const scope of extra) site.refusedExtras.add(scope);
      return `Bearer ${token.value}`;
    }
  }

  async function authorization(site: Known, request: AuthRequest, wanted: ScopeSet): Promise<string | undefined> {
    const account = await accountOf(site, request);
    try {
      return await headerFor(site, request, account, wanted);
    } catch (error) {
      if (!isFerryError(error, "UNAUTHORIZED")) throw error;
      const other = await otherAccount(site, request, account);
      if (other === undefined) throw site.helperError ?? error;
      return await headerFor(site, request, other, wanted);
    }
  }

  /** Whether something else than the refused header can be tried; makes ready for it. */
  async function tryElse(
    site: Known,
    request: AuthRequest,
    status: number,
    sent: string,
    wanted: ScopeSet,
    account: Account,
  ): Promise<boolean> {
    const differs = async () => {
      const header = await authorization(site, request, wanted);
      return header !== undefined && header !== sent;
    };
    const token = sent.startsWith("Bearer ")
      ? storeOf(site, request, account).find(sent.slice("Bearer ".length))
      : undefined;
    if (token === undefined) {
      if (await differs()) return true;
      if (status === 401 && sent.startsWith("Basic ") && site.bearer !== undefined) {
        site.basicRefused.add(account.key);
        if (await differs()) return true;
      }
    } else {
      if (!coversScopes(token.scopes, wanted)) return await differs();
      if (now() - token.since > YOUNG) {
        storeOf(site, request, account).drop(token);
        return await differs();
      }
      // Some registries look at one scope of a token only.
      if (token.scopes.size > wanted.size && namesRepository(wanted) && !site.perRepository && !request.repoAuth) {
        site.perRepository = true;
        return await differs();
      }
    }
    return await otherAccount(site, request, account) !== undefined && await differs();
  }

  return {
    async authorize(request) {
      const site = sites.get(`${request.registry}\n${request.origin}`);
      if (site === undefined || (!site.basic && site.bearer === undefined)) return undefined;
      return await authorization(site, request, wantedScopes(site, request));
    },

    async challenged(request, answer, sent) {
      const { status } = answer;
      if (status !== 401 && status !== 403) return false;
      const site = siteOf(request);
      const challenges = parseChallenges(answer.headers.get("www-authenticate") ?? "");
      const asked = learnChallenges(site, request, challenges);
      if (asked === undefined && status === 403 && sent === undefined) return false;
      const count = (challengesOf.get(request) ?? 0) + 1;
      challengesOf.set(request, count);

      const account = await accountOf(site, request);
      const wanted = unionScopes(wantedScopes(site, request), site.fixed === undefined && asked || NO_SCOPES);
      const known = site.basic || site.bearer !== undefined;
      const again = known && count <= MAX_CHALLENGES &&
        (sent === undefined
          ? await authorization(site, request, wanted) !== undefined
          : await tryElse(site, request, status, sent, wanted, account));
      if (again) {
        if (asked !== undefined && !coversScopes(wantedScopes(site, request), asked)) {
          const before = site.learned.get(request.repository) ?? NO_SCOPES;
          site.learned.set(request.repository, unionScopes(before, asked));
        }
        return true;
      }
      if (status === 403) return false;
      throw site.helperError ?? refusal(request, account.credential, sent, challenges);
    },
  };
}
