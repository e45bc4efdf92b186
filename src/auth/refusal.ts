/**
 * The error of a request that stays refused.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import type { AuthRequest } from "./authorizer.ts";
import type { Challenge } from "./challenge.ts";
import type { Credential } from "./credential.ts";
import { credentialName } from "./credential_text.ts";
import { cleanWords } from "./server_words.ts";

/** UNAUTHORIZED, in the words that fit who asked and what the registry said. `sent` is the Authorization header it refused. */
export function refusal(
  request: AuthRequest,
  credential: Credential | undefined,
  sent: string | undefined,
  challenges: readonly Challenge[],
): FerryError {
  const registry = JSON.stringify(request.registry);
  const on = request.repository === "" ? "" : ` to repository ${JSON.stringify(request.repository)}`;
  const login = `"ferry registry login ${request.registry}"`;
  const params = challenges.find((one) => one.params.has("error"))?.params;
  const words = [params?.get("error"), params?.get("error_description")].filter((word) => word !== undefined).join(
    ": ",
  );
  const options = {
    status: 401,
    ...(words === "" ? {} : { detail: cleanWords(words, credential, sent?.replace(/^\S+ /, "")) }),
  };
  if (challenges.length === 0 && sent === undefined) {
    return new FerryError(
      "UNAUTHORIZED",
      `Registry ${registry} refused access${on} and named no way to log in`,
      options,
    );
  }
  if (challenges.length > 0 && !challenges.some((one) => one.scheme === "basic" || one.scheme === "bearer")) {
    const schemes = challenges.map((one) => one.scheme).join(", ");
    return new FerryError(
      "UNAUTHORIZED",
      `Registry ${registry} asks for a login of a kind that is not known: ${schemes}`,
      options,
    );
  }
  if (credential === undefined) {
    return new FerryError("UNAUTHORIZED", `Registry ${registry} refused anonymous access${on}`, {
      ...options,
      hint: `log in with ${login}`,
    });
  }
  const name = JSON.stringify(credentialName(credential));
  return new FerryError("UNAUTHORIZED", `Registry ${registry} refused user ${name} access${on}`, {
    ...options,
    hint: `check the account's rights, or log in again with ${login}`,
  });
}
