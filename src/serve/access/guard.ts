/**
 * The gate before every endpoint: who asks, and what they may do.
 *
 * @module
 */
import type { Action } from "../call.ts";
import { Refusal } from "../refusal.ts";

/** Who asks. */
export interface Visitor {
  /** Name of the user; "" for nobody known. */
  readonly user: string;
  /** True when the visitor may ask anything at all. */
  readonly mayEnter: boolean;
  /** True when the visitor may do this to a repository with the credential that was shown. */
  allows(name: string, action: Action): boolean;
  /** True when the visitor may read a repository with any credential: such ones are listed, and mounted from. */
  sees(name: string): boolean;
}

/** Decides who may do what. */
export interface Guard {
  /**
   * Tells who sends a request; `name` is what a checked certificate of the client says, "" where there is none.
   *
   * @throws {Refusal} UNAUTHORIZED where a credential is wrong
   */
  admit(request: Request, name: string): Promise<Visitor> | Visitor;
  /** The refusal of what a visitor may not do: with a challenge where another credential may help. */
  challenge(request: Request, visitor: Visitor, name: string | undefined, actions: readonly Action[]): Refusal;
  /**
   * Headers of the answer to a visitor who asks `/v2/` and may enter: whoever is let in without a login may have one for more (RFC 9110,
   * section 11.6.1). Clients that log in only where they are told to look for it there.
   */
  invitation(visitor: Visitor): Readonly<Record<string, string>>;
  /** Answers the endpoint that gives tokens; `name` is what a checked certificate of the client says, "" where there is none. */
  token(request: Request, name: string, query: URLSearchParams): Promise<Response> | Response;
}

/** A guard that lets everybody do everything. */
export function openGuard(): Guard {
  const everybody: Visitor = { user: "", mayEnter: true, allows: () => true, sees: () => true };
  return {
    admit: () => everybody,
    challenge: () => new Refusal(403, "DENIED", "Access denied"),
    invitation: () => ({}),
    token: () => {
      throw new Refusal(404, "NOT_FOUND", "This registry gives no tokens");
    },
  };
}
