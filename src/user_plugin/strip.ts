/**
 * TypeScript without its types: the program that is shipped runs JavaScript alone.
 *
 * @module
 */
import { transform } from "sucrase";
import { FerryError } from "../errors.ts";

/**
 * The text without types, line by line as it was, so that places in messages hold.
 *
 * @throws {FerryError} PLUGIN_INVALID with the line where the syntax is wrong
 */
export function stripTypes(text: string, path: string): string {
  try {
    return transform(text, { transforms: ["typescript"], disableESTransforms: true, filePath: path }).code;
  } catch (cause) {
    const words = (cause instanceof Error ? cause.message : String(cause)).replace(/^Error transforming [^:]*: /, "");
    throw new FerryError("PLUGIN_INVALID", `Plugin file "${path}" is not valid TypeScript: ${words}`, { cause });
  }
}
