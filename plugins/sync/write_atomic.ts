import { FerryError } from "../../src/mod.ts";

/**
 * Writes a file whole or not at all: whoever reads it finds what was there before or all of the new text.
 *
 * @throws {FerryError} IO
 */
export async function writeAtomic(path: string, text: string): Promise<void> {
  const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
  try {
    {
      using file = await Deno.open(temporary, { write: true, createNew: true });
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
      await file.sync();
    }
    await Deno.rename(temporary, path);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw new FerryError("IO", `Could not write "${path}": ${cause instanceof Error ? cause.message : String(cause)}`, {
      hint: "check that the folder exists and may be written to",
      cause,
    });
  }
}
