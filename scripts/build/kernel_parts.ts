/**
 * Lets each plugin load only the parts of the kernel that it uses. Plugins import from `src/mod.ts` alone, and a bundler that splits
 * into chunks would load every chunk that any part of that file is in.
 *
 * @module
 */
import type { Plugin } from "esbuild";
import { dirname, join } from "node:path";

const EXPORT = /^export (type )?(\*|\{[^}]*\}) from "(\.[^"]+)";$/gm;
const IMPORT = /^import \{([^}]*)\} from "((?:\.\.\/)+src\/mod\.ts)";$/gm;
const DECLARED = /^export (?:async )?(?:abstract )?(?:function\*?|const|class) (\w+)/gm;

/** Replaces imports from `src/mod.ts` in plugins by imports from the files that declare what is imported. */
export function kernelParts(root: string): Plugin {
  return {
    name: "kernel-parts",
    async setup(build) {
      const homes = await homesOf(join(root, "src", "mod.ts"));
      build.onLoad({ filter: /[\\/]plugins[\\/].*\.ts$/ }, async ({ path }) => {
        if (!path.startsWith(join(root, "plugins"))) return undefined;
        return { contents: rewriteImports(await Deno.readTextFile(path), homes), loader: "ts" };
      });
    },
  };
}

/** The text with each name imported from its home; types are left out. A name without a home stays where it was. */
export function rewriteImports(text: string, homes: ReadonlyMap<string, string>): string {
  return text.replace(IMPORT, (_, list: string, from: string) => {
    const names = namesIn(list);
    const at = (home: string | undefined) => names.filter((name) => homes.get(name) === home).join(", ");
    const used = new Set(names.map((name) => homes.get(name)));
    return [...used].map((home) => `import { ${at(home)} } from ${JSON.stringify(home ?? from)};`).join("\n");
  });
}

/** The file that declares each value that a module exports again. */
export async function homesOf(module: string): Promise<Map<string, string>> {
  const homes = new Map<string, string>();
  for (const [, type, what, from] of (await Deno.readTextFile(module)).matchAll(EXPORT)) {
    if (type !== undefined) continue;
    const home = join(dirname(module), from!);
    const names = what === "*"
      ? [...(await Deno.readTextFile(home)).matchAll(DECLARED)].map(([, name]) => name!)
      : namesIn(what!.slice(1, -1));
    for (const name of names) homes.set(name, home);
  }
  return homes;
}

function namesIn(list: string): string[] {
  const names = list.split(",").map((name) => name.trim()).filter((name) => name !== "" && !name.startsWith("type "));
  const renamed = names.find((name) => name.includes(" "));
  if (renamed !== undefined) throw new Error(`Names of the kernel are not to be changed: "${renamed}"`);
  return names;
}
