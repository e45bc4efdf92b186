/**
 * Files that modules import as bytes lie beside the chunks as they are: as a text in a chunk they would be read, parsed and decoded.
 *
 * @module
 */
import type { Plugin } from "esbuild";
import { createHash } from "node:crypto";
import { basename, join } from "node:path";

/** Puts what is imported `with { type: "bytes" }` into the folder of the bundle. */
export function rawBytes(outDir: string): Plugin {
  return {
    name: "raw-bytes",
    setup(build) {
      build.onLoad({ filter: /./ }, async ({ path, with: { type } }) => {
        if (type !== "bytes") return undefined;
        const bytes = await Deno.readFile(path);
        const file = `${basename(path)}-${createHash("sha256").update(bytes).digest("hex").slice(0, 8)}.bin`;
        await Deno.writeFile(join(outDir, file), bytes);
        const place = JSON.stringify(`raw-bytes:./${file}`);
        return {
          contents: `import bytes from ${place} with { type: "bytes" };\nexport default bytes;\n`,
          loader: "js",
        };
      });
      build.onResolve(
        { filter: /^raw-bytes:/ },
        ({ path }) => ({ path: path.slice("raw-bytes:".length), external: true }),
      );
    },
  };
}
