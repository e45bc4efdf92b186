/**
 * `SHA256SUMS`, as sha256sum writes and checks it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Digest of a file, hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  using opened = await Deno.open(file);
  for await (const chunk of opened.readable) hash.update(chunk);
  return hash.digest("hex");
}

/** Writes the file `SHA256SUMS` with a line for each other file of a folder. */
export async function writeSums(folder: string): Promise<void> {
  const names = [...Deno.readDirSync(folder)].filter(({ isFile }) => isFile).map(({ name }) => name);
  const lines: string[] = [];
  for (const name of names.filter((name) => name !== "SHA256SUMS").sort()) {
    lines.push(`${await sha256Of(join(folder, name))}  ${name}\n`);
  }
  await Deno.writeTextFile(join(folder, "SHA256SUMS"), lines.join(""));
}
