import { FerryError } from "../../../src/mod.ts";

/** What was thrown, as an error of the table. */
export function toFerryError(thrown: unknown): FerryError {
  if (thrown instanceof FerryError) return thrown;
  return new FerryError("INTERNAL", thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown });
}
