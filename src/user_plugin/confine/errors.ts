/**
 * Errors on their way between the program and a confined plugin.
 *
 * @module
 */
import { ERROR_TABLE, type ErrorCode, FerryError } from "../../errors.ts";
import type { SentError } from "./messages.ts";
import { fieldsOf, plainLine } from "./plain.ts";

/** An error as it is sent. */
export function sentError(error: unknown): SentError {
  if (!(error instanceof FerryError)) return { name: "Error", message: String(error) };
  const { code, detail, hint, message, status } = error;
  return {
    name: "FerryError",
    message,
    code,
    ...(hint === undefined ? {} : { hint }),
    ...(detail === undefined ? {} : { detail }),
    ...(status === undefined ? {} : { status }),
  };
}

/** What a confined plugin failed with. It always says whose words these are: they must not pass for the program's own. */
export function errorOf(sent: unknown, from: string): FerryError {
  const { code, detail, hint, message, name, status } = fieldsOf(sent);
  const words = plainLine(message);
  if (name === "FerryError" && typeof code === "string" && Object.hasOwn(ERROR_TABLE, code)) {
    return new FerryError(code as ErrorCode, `Plugin "${from}": ${words}`, {
      ...(typeof hint === "string" ? { hint: plainLine(hint) } : {}),
      ...(typeof detail === "string" ? { detail: plainLine(detail) } : {}),
      ...(Number.isInteger(status) ? { status: Number(status) } : {}),
    });
  }
  if (name === "NotCapable") {
    return new FerryError("DENIED", `Plugin "${from}" is confined and was refused: ${words.split(",")[0]}`, {
      hint: "add it again with the right that it needs: --allow-read, --allow-net or --allow-env",
    });
  }
  return new FerryError("PLUGIN_INVALID", `Plugin "${from}" failed: ${words}`);
}
