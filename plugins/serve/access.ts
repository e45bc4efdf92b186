/**
 * Who may do what, from the flags of `serve`.
 *
 * @module
 */
import { type Context, FerryError, type Guard, type InputOf, type ServeModule } from "../../src/mod.ts";
import type { serve } from "./mod.ts";

type Flags = InputOf<typeof serve>["flags"];

/** The guard, and what it allows in a few words. */
export interface AccessPlan {
  /** The guard. */
  readonly guard: Guard;
  /** For the line at the start. */
  readonly words: string;
}

/**
 * Makes the guard that the flags ask for.
 *
 * @throws {FerryError} POLICY where others could write without being known, FLAG_INVALID, CONFIG_INVALID, IO
 */
export async function planAccess(context: Context, flags: Flags, parts: ServeModule): Promise<AccessPlan> {
  const { htpasswd, acl, "client-ca": clientCa } = flags;
  if (htpasswd === undefined && clientCa === undefined) {
    for (const flag of ["acl", "anonymous-read"] as const) {
      if (flags[flag] !== undefined && flags[flag] !== false) {
        throw new FerryError("FLAG_INVALID", `Flag "--${flag}" needs users`, {
          hint: "give --htpasswd, or --client-ca",
        });
      }
    }
    requireSafe(flags);
    return { guard: parts.openGuard(), words: "without users" };
  }
  if (acl !== undefined && flags["anonymous-read"] === true) {
    throw new FerryError("FLAG_INVALID", 'Flags "--acl" and "--anonymous-read" exclude each other', {
      hint: 'write a rule with "anonymous": true',
    });
  }
  const warn = (message: string, fields: Readonly<Record<string, unknown>>) => context.log.warn(message, fields);
  const users = htpasswd === undefined
    ? undefined
    : await parts.WatchedFile.open(htpasswd, (text) => parts.parseHtpasswd(text, htpasswd), warn);
  const rules = acl === undefined
    ? undefined
    : await parts.WatchedFile.open(acl, (text) => parts.parseAcl(text, acl), warn);
  const everybody = flags["anonymous-read"] === true ? parts.ANONYMOUS_READS : parts.USERS_ONLY;
  const now = () => context.clock.now();
  return {
    guard: parts.createAuthority({
      passwords: users === undefined ? undefined : new parts.PasswordChecker(() => users.get(), now),
      tokens: flags.auth === "token" && users !== undefined ? new parts.Tokens(now) : undefined,
      acl: () => rules?.get() ?? everybody,
      externalUrl: flags["external-url"]?.replace(/\/+$/, ""),
      tls: flags["tls-cert"] !== undefined,
    }),
    words: [
      ...(htpasswd === undefined ? [] : [`users of ${htpasswd}`]),
      ...(clientCa === undefined ? [] : [`clients with certificates of ${clientCa}`]),
      ...(acl === undefined ? [] : [`access by ${acl}`]),
    ].join(", "),
  };
}

/** Writes of everybody on an address that others reach are a decision, not an accident. */
function requireSafe(flags: Flags): void {
  if (flags["read-only"] === true || flags["allow-anonymous-writes"] === true || isLoopback(flags.addr)) return;
  throw new FerryError("POLICY", `Without users everybody who reaches "${flags.addr}" could write`, {
    hint: "give users with --htpasswd or --client-ca, or --read-only, or --allow-anonymous-writes",
  });
}

/** True for addresses that only this machine reaches. */
export function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address);
}
