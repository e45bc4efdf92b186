import { DigestVerifier, FerryError } from "../../src/mod.ts";

/** What checking a program against a list of digests found. */
export interface CheckedProgram {
  /** Name that the list has for it. */
  readonly name: string;
  /** Its digest, hexadecimal. */
  readonly sha256: string;
}

/** A line of sha256sum: digest, a blank, a blank or `*`, and the name. */
const LINE = /^\\?([0-9a-fA-F]{64}) [ *](.+)$/;

/** Digests by name, of a file as sha256sum writes it. */
export function parseSums(text: string): ReadonlyMap<string, string> {
  const rows = text.split(/\r?\n/).map((line) => LINE.exec(line)).filter((row) => row !== null);
  return new Map(rows.map(([, digest = "", name = ""]) => [name.replace(/^.*[\\/]/, ""), digest.toLowerCase()]));
}

/**
 * Finds a program in a list of digests.
 *
 * @param program file of the program
 * @param platform what it runs on, `linux/amd64`
 * @throws {FerryError} DIGEST_MISMATCH, where the list has another digest for it; NOT_FOUND, where it has none
 */
export async function checkProgram(program: string, platform: string, sums: string): Promise<CheckedProgram> {
  const list = parseSums(await read(sums));
  const verifier = new DigestVerifier();
  using file = await Deno.open(program);
  for await (const chunk of file.readable) verifier.update(chunk);
  const sha256 = verifier.digest().slice("sha256:".length);
  for (const [name, digest] of list) if (digest === sha256) return { name, sha256 };
  const wanted = `ferry-${platform.replace("/", "-")}`;
  const name = [...list.keys()].find((one) => one === wanted || one === `${wanted}.exe`);
  if (name === undefined) {
    throw new FerryError("NOT_FOUND", `File "${sums}" has no digest of this program, ${wanted}`, {
      hint: "take the SHA256SUMS file of the release that the program is from",
    });
  }
  throw new FerryError("DIGEST_MISMATCH", `Digest of this program is ${sha256}, "${sums}" has ${list.get(name)}`, {
    hint: `it is not the ${name} of that release: another version, or changed`,
  });
}

async function read(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    throw new FerryError("ARGUMENT_INVALID", `File "${path}" cannot be read`, { cause });
  }
}
