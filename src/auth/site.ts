/**
 * What one registry asked for: the schemes of its challenges and the scopes they named.
 *
 * @module
 */
import type { AuthRequest } from "./authorizer.ts";
import type { Challenge } from "./challenge.ts";
import { resolveRealm } from "./realm.ts";
import { namesRepository, NO_SCOPES, parseScopes, repositoryScope, type ScopeSet, unionScopes } from "./scope.ts";

/** What is known of a registry at an origin. */
export interface Site {
  /** It takes Basic. */
  basic: boolean;
  /** Its token server, where it takes Bearer. */
  bearer: { readonly realm: URL; readonly service: string | undefined } | undefined;
  /** Scopes that it asks for whatever the repository (`aws`), instead of docker's `repository:R:pull`. */
  fixed: ScopeSet | undefined;
  /** Scopes beyond docker's that a repository turned out to need. */
  readonly learned: Map<string, ScopeSet>;
  /** Extra scopes that the token server refused: they are not asked for again. */
  readonly refusedExtras: Set<string>;
  /** One token a repository, since one for several was refused. */
  perRepository: boolean;
}

/** A registry of which nothing is known. */
export function unknownSite(): Site {
  return {
    basic: false,
    bearer: undefined,
    fixed: undefined,
    learned: new Map(),
    refusedExtras: new Set(),
    perRepository: false,
  };
}

/**
 * Takes in the challenges of a refused request. Gives the scopes that they name, or undefined when none of them can be answered.
 *
 * @throws {FerryError} RESPONSE_INVALID, POLICY for a realm that credentials must not go to
 */
export function learnChallenges(
  site: Site,
  request: AuthRequest,
  challenges: readonly Challenge[],
): ScopeSet | undefined {
  const bearer = challenges.find((one) => one.scheme === "bearer" && (one.params.get("realm") ?? "") !== "");
  const basic = challenges.some((one) => one.scheme === "basic");
  if (bearer === undefined && !basic) return undefined;
  site.basic = basic;
  if (bearer === undefined) return NO_SCOPES;
  const realm = resolveRealm(bearer.params.get("realm") ?? "", request.origin);
  site.bearer = { realm, service: bearer.params.get("service") };
  const scopes = parseScopes([bearer.params.get("scope") ?? ""]);
  if (request.repository !== "" && scopes.size > 0 && !namesRepository(scopes)) site.fixed = scopes;
  return scopes;
}

/** Scopes that a request needs, as far as is known; with its extra scopes or without. */
export function wantedScopes(site: Site, request: AuthRequest, withExtra = true): ScopeSet {
  if (site.fixed !== undefined) return site.fixed;
  return unionScopes(
    request.repository === "" ? NO_SCOPES : repositoryScope(request.repository, request.actions),
    parseScopes(withExtra ? request.extraScopes?.filter((scope) => !site.refusedExtras.has(scope)) ?? [] : []),
    site.learned.get(request.repository) ?? NO_SCOPES,
  );
}
