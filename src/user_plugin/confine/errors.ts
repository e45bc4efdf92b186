/**
 * Errors on their way between the program and a confined plugin.
 *
 * @module
 */
import { ERROR_TABLE, type ErrorCode, FerryError } from "../../errors.ts";
import type { SentError } from "./messages.ts";

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

/** What a confined plugin failed with. */
export function errorOf({ code, detail, hint, message, name, status }: SentError, from: string): FerryError {
  if (name === "FerryError" && code !== undefined && Object.hasOwn(ERROR_TABLE, code)) {
    return new FerryError(code as ErrorCode, message, {
      ...(hint === undefined ? {} : { hint }),
      ...(detail === undefined ? {} : { detail }),
      ...(status === undefined ? {} : { status }),
    });
  }
  if (name === "NotCapable") {
    return new FerryError("DENIED", `Plugin "${from}" is confined and was refused: ${message.split(",")[0]}`, {
      hint: "add it again with the right that it needs: --allow-read, --allow-net or --allow-env",
    });
  }
  return new FerryError("PLUGIN_INVALID", `Plugin "${from}" failed: ${message}`);
}
