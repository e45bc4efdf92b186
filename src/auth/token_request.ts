/**
 * One request to a token server: by GET, or by POST as OAuth2 (distribution-spec's token documentation).
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { TokenFetch } from "./authorizer.ts";
import type { Credential } from "./credential.ts";
import { basicAuthorization } from "./credential_text.ts";
import { cleanWords } from "./server_words.ts";
import { type TokenGrant, tokenLife } from "./token.ts";

/** What is asked of a token server. */
export interface TokenRequest {
  /** Registry name, for messages. */
  readonly registry: string;
  /** Where to ask. */
  readonly realm: URL;
  /** The challenge's service, where it named one. */
  readonly service: string | undefined;
  /** Scopes, as texts. */
  readonly scopes: readonly string[];
  /** Who asks; undefined for an anonymous token. */
  readonly credential: Credential | undefined;
  /** A refresh token that this realm gave earlier for the same credential. */
  readonly refreshToken?: string | undefined;
  /** Name of the client. */
  readonly clientId: string;
  /** Stops the request. */
  readonly signal: AbortSignal;
}

/** A grant and what came with it. */
export interface TokenAnswer extends TokenGrant {
  /** A refresh token for the next time. */
  readonly refreshToken: string | undefined;
}

/** Methods that a realm does not serve, remembered from one request to the next. */
export type RefusedMethods = Set<"GET" | "POST">;

type Answer = Awaited<ReturnType<TokenFetch>>;

/**
 * Asks for an access token. A refresh or identity token goes by POST, a password by GET with Basic; each falls back to the other
 * method where the realm answers 404 or 405.
 *
 * @throws {FerryError} UNAUTHORIZED, TOOMANYREQUESTS, HTTP_5XX, RESPONSE_INVALID and what `fetchToken` throws
 */
export async function requestToken(
  request: TokenRequest,
  fetchToken: TokenFetch,
  refused: RefusedMethods,
): Promise<TokenAnswer> {
  const { credential } = request;
  if (request.refreshToken !== undefined && !refused.has("POST")) {
    const answer = await fetchToken(request.realm, byRefreshToken(request, request.refreshToken));
    if (answer.status < 400 || answer.status >= 500 || answer.status === 429) return readAnswer(request, answer);
    // The refresh token ended: the credential itself still stands.
  }
  const get: Attempt = { method: "GET", send: () => fetchToken(...byGet(request)) };
  if (credential === undefined || credential.kind === "registry") return readAnswer(request, await get.send());
  const form = credential.kind === "identity"
    ? byRefreshToken(request, credential.token)
    : byPassword(request, credential.username, credential.password);
  const post: Attempt = { method: "POST", send: () => fetchToken(request.realm, form) };
  let [first, second] = credential.kind === "identity" ? [post, get] : [get, post];
  if (refused.has(first.method)) [first, second] = [second, first];
  const answer = await first.send();
  if (!isUnserved(answer)) return readAnswer(request, answer);
  const other = await second.send();
  if (isUnserved(other)) return readAnswer(request, answer);
  // A 404 may speak of the repository: only the other method's success shows that this one is not served.
  if (other.status < 300) refused.add(first.method);
  return readAnswer(request, other);
}

interface Attempt {
  readonly method: "GET" | "POST";
  readonly send: () => Promise<Answer>;
}

function isUnserved(answer: Answer): boolean {
  return answer.status === 404 || answer.status === 405;
}

function byGet(request: TokenRequest): Parameters<TokenFetch> {
  const url = new URL(request.realm);
  const { credential } = request;
  const query = url.searchParams;
  query.set("client_id", request.clientId);
  if (request.service !== undefined) query.set("service", request.service);
  for (const scope of request.scopes) query.append("scope", scope);
  const headers: Record<string, string> = { accept: "application/json" };
  if (credential?.kind === "basic") {
    query.set("account", credential.username);
    headers["authorization"] = basicAuthorization(credential.username, credential.password);
  } else if (credential?.kind === "identity") {
    headers["authorization"] = basicAuthorization("<token>", credential.token);
  }
  return [url, { method: "GET", headers, signal: request.signal }];
}

function byRefreshToken(request: TokenRequest, token: string): Parameters<TokenFetch>[1] {
  return byPost(request, { grant_type: "refresh_token", refresh_token: token });
}

function byPassword(request: TokenRequest, username: string, password: string): Parameters<TokenFetch>[1] {
  return byPost(request, { grant_type: "password", username, password });
}

function byPost(request: TokenRequest, grant: Record<string, string>): Parameters<TokenFetch>[1] {
  const form = new URLSearchParams({ ...grant, client_id: request.clientId });
  if (request.service !== undefined) form.set("service", request.service);
  if (request.scopes.length > 0) form.set("scope", request.scopes.join(" "));
  return {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
    signal: request.signal,
  };
}

function readAnswer(request: TokenRequest, answer: Answer): TokenAnswer {
  const { status } = answer;
  if (status < 200 || status > 299) throw failure(request, answer);
  let fields: Record<string, unknown>;
  try {
    fields = Object(JSON.parse(answer.text));
  } catch {
    throw invalid(request, "gave an answer that is not JSON");
  }
  const token = [fields["token"], fields["access_token"]].find((value) => typeof value === "string" && value !== "");
  if (typeof token !== "string") throw invalid(request, "gave an answer without a token");
  // A token goes into a header: anything but visible ASCII would let the token server write headers of its own.
  if (!/^[\x21-\x7e]+$/.test(token)) throw invalid(request, "gave a token that cannot be sent");
  const refreshToken = fields["refresh_token"];
  return {
    token,
    life: tokenLife(fields["expires_in"], fields["issued_at"], answer.headers.get("date")),
    refreshToken: typeof refreshToken === "string" && refreshToken !== "" ? refreshToken : undefined,
  };
}

function failure(request: TokenRequest, answer: Answer): FerryError {
  const { status } = answer;
  const where = `Token server ${quote(request.realm)} of registry ${JSON.stringify(request.registry)}`;
  const words = cleanWords(answer.text, request.credential, request.refreshToken);
  const detail = words === "" ? {} : { detail: words };
  if (status === 429) {
    return new FerryError("TOOMANYREQUESTS", `${where} takes no more requests for now`, {
      status,
      ...detail,
      ...retryAfter(answer.headers),
    });
  }
  if (status >= 500 || status === 408) {
    return new FerryError("HTTP_5XX", `${where} failed with status ${status}`, {
      status,
      ...detail,
      ...retryAfter(answer.headers),
    });
  }
  if (status < 400) return invalid(request, `answered with status ${status}`);
  const login = `"ferry registry login ${request.registry}"`;
  return new FerryError(
    "UNAUTHORIZED",
    request.credential === undefined
      ? `${where} gives no anonymous token${forScopes(request)}`
      : `${where} refused the credential${forScopes(request)}`,
    {
      status,
      ...detail,
      hint: request.credential === undefined
        ? `log in with ${login}`
        : `check the account's rights, or log in again with ${login}`,
    },
  );
}

function forScopes(request: TokenRequest): string {
  return request.scopes.length === 0 ? "" : ` for ${JSON.stringify(request.scopes.join(" "))}`;
}

function invalid(request: TokenRequest, what: string): FerryError {
  return new FerryError(
    "RESPONSE_INVALID",
    `Token server ${quote(request.realm)} of registry ${JSON.stringify(request.registry)} ${what}`,
  );
}

function retryAfter(headers: Headers): { readonly retryAfter?: number } {
  const value = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(value)) return { retryAfter: Number(value) };
  const seconds = Math.ceil((Date.parse(value) - Date.parse(headers.get("date") ?? "")) / 1000);
  return seconds >= 0 ? { retryAfter: seconds } : {};
}

function quote(url: URL): string {
  return JSON.stringify(url.origin + url.pathname);
}
