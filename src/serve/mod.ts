/**
 * A registry over OCI layouts: what `serve` runs on.
 *
 * @module
 */
export { type Acl, parseAcl } from "./access/acl.ts";
export { ANONYMOUS_READS, type AuthorityOptions, createAuthority, USERS_ONLY } from "./access/authority.ts";
export { hashPassword, PASSWORD_MAX_BYTES } from "./access/bcrypt.ts";
export { type Guard, openGuard, type Visitor } from "./access/guard.ts";
export { parseHtpasswd, PasswordChecker, type Users } from "./access/htpasswd.ts";
export { type Claims, Tokens } from "./access/tokens.ts";
export { WatchedFile } from "./access/watched_file.ts";
export type { Action } from "./call.ts";
export type { Collected } from "../transport/layout/garbage.ts";
export type { LayoutLog } from "../transport/layout/context.ts";
export type { CollectedLayout, GarbageOptions } from "./garbage.ts";
export type { LayoutsOptions } from "./layouts.ts";
export type { ClientAuthorities, ServerIdentity } from "./listen/door.ts";
export { type MemoryFolder, openMemory } from "./overlay.ts";
export { RateLimiter } from "./rate_limit.ts";
export type { Refusal, RefusalOptions } from "./refusal.ts";
export type { RegistryOptions } from "./registry.ts";
export { type LayoutFolder, openLayouts, type Served, serveFolder, type ServeOptions } from "./serve.ts";
export type { Access, ListenOptions } from "./server.ts";
