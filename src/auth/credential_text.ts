/**
 * Credentials as texts: headers, keys, and the pairs of name and secret that files and helpers keep.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Credential } from "./credential.ts";

/** User name that stands for an identity token, in docker's files, helpers and regctl's configuration. */
export const IDENTITY_USER = "<token>";

/** The credential that a pair of user name and secret stands for; undefined without a secret. */
export function credentialOf(username: string, secret: string): Credential | undefined {
  if (secret === "") return undefined;
  return username === IDENTITY_USER
    ? { kind: "identity", token: secret }
    : { kind: "basic", username, password: secret };
}

/** Value of an Authorization header for Basic, in UTF-8 (RFC 7617). */
export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}

/** A key that is the same for equal credentials. It holds the secret: for maps in memory only. */
export function credentialKey(credential: Credential | undefined): string {
  if (credential === undefined) return "";
  return JSON.stringify(
    credential.kind === "basic"
      ? [credential.kind, credential.username, credential.password]
      : [credential.kind, credential.token],
  );
}

/** What a person may see of a credential: the user name, or `<token>`. */
export function credentialName(credential: Credential): string {
  return credential.kind === "basic" ? credential.username : IDENTITY_USER;
}

/** The secret of a credential. */
export function credentialSecret(credential: Credential): string {
  return credential.kind === "basic" ? credential.password : credential.token;
}
