/**
 * The sources that authors of plugins check types and run tests against, without a network: all of `src/mod.ts` that needs no package.
 *
 * @module
 */
import type { Plugin } from "esbuild";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const STATEMENT = /^export (?:type )?(?:\*|\{[^}]*\}) from "(\.[^"]+)";\n/gm;
const IMPORTS = /^(?:import|export)\b[^;"]*\bfrom "([^"]+)"|^import "([^"]+)"|\bimport\("([^"]+)"\)/gm;

/** Puts the sources into `src/user_plugin/kit_files.ts`. */
export function pluginKit(root: string): Plugin {
  return {
    name: "plugin-kit",
    setup(build) {
      build.onLoad({ filter: /[\\/]user_plugin[\\/]kit_files\.ts$/ }, async () => {
        const text = gzipSync(JSON.stringify(await kitFiles(root)), { level: 9 }).toString("base64");
        return { contents: `export const KIT = ${JSON.stringify(text)};`, loader: "ts" };
      });
    },
  };
}

/** Files by path from the root. `src/mod.ts` lacks what needs packages. */
export async function kitFiles(root: string): Promise<Readonly<Record<string, string>>> {
  const graph = new Graph(root);
  const module = "src/mod.ts";
  const text = await graph.text(module);
  const kept = new Set<string>();
  const lines: string[] = [];
  for (const [statement, specifier] of text.matchAll(STATEMENT)) {
    const files = await graph.closure(join(dirname(module), specifier!));
    if (files === undefined) continue;
    lines.push(statement);
    for (const file of files) kept.add(file);
  }
  const found: Record<string, string> = { [module]: `${lines.join("")}` };
  for (const file of [...kept].sort()) found[file] = await graph.text(file);
  return found;
}

class Graph {
  readonly #root: string;
  readonly #texts = new Map<string, string>();

  constructor(root: string) {
    this.#root = root;
  }

  async text(file: string): Promise<string> {
    const known = this.#texts.get(file) ?? await Deno.readTextFile(join(this.#root, file));
    this.#texts.set(file, known);
    return known;
  }

  /** A file and all that it imports, types as well; undefined where a package is among that. */
  async closure(start: string): Promise<ReadonlySet<string> | undefined> {
    const seen = new Set<string>();
    const next = [start];
    while (next.length > 0) {
      const file = relative(this.#root, join(this.#root, next.pop()!)).replaceAll("\\", "/");
      if (seen.has(file)) continue;
      seen.add(file);
      for (const [, from, bare, dynamic] of (await this.text(file)).matchAll(IMPORTS)) {
        const specifier = from ?? bare ?? dynamic!;
        if (specifier.startsWith(".")) next.push(join(dirname(file), specifier));
        else if (!specifier.startsWith("node:")) return undefined;
      }
    }
    return seen;
  }
}
