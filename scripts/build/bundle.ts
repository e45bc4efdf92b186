/**
 * Bundles the program and the npm packages that it uses into a few minified chunks; what is loaded lazily is a chunk of its own.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { builtinModules } from "node:module";
import { basename, join, resolve, sep as SEPARATOR } from "node:path";
import { kernelParts } from "./kernel_parts.ts";
import { pluginKit } from "./kit.ts";
import { luaPrelude } from "./lua_prelude.ts";
import { type BundledPackage, findPackages } from "./packages.ts";
import { rawBytes } from "./raw_bytes.ts";

/** What to bundle. */
export interface BundleOptions {
  /** Folder of the project, whose deno.json pins the npm packages. */
  readonly root: string;
  /** The program's main module. */
  readonly entry: string;
  /** Module that plugins of users import as `ferry/plugin`: {@linkcode API_CHUNK}, which shares its parts with the program. */
  readonly api?: string;
  /** Folder for the chunks; emptied first. The main chunk is `main.mjs`. */
  readonly outDir: string;
  /** Names that become texts. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What was bundled. */
export interface Bundle {
  /** Chunks by name. */
  readonly chunks: readonly Chunk[];
  /** Packages of npm that something was taken from, by name. */
  readonly packages: readonly BundledPackage[];
}

/** Chunk that plugins of users import. */
export const API_CHUNK = "plugin_api.mjs";

/** A chunk that was written. */
export interface Chunk {
  /** Name of the file in the output folder. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
}

/** CommonJS packages call require for built-ins; it is made with the first call, for making it takes as long as loading a chunk. */
const REQUIRE =
  `import{createRequire as __cr}from"node:module";let __rq;const require=(id)=>(__rq??=__cr(import.meta.url))(id);\n`;

const CALLS_REQUIRE = /\btypeof require\b|(?<![.\w$])require\(/;

/** Bundles. */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  await using finder = await findPackages(options.root, options.entry);
  try {
    await Deno.remove(options.outDir, { recursive: true }).catch(ignoreMissing);
    await Deno.mkdir(options.outDir, { recursive: true });
    const built = await esbuild.build({
      absWorkingDir: options.root,
      entryPoints: [
        { in: options.entry, out: "main" },
        ...(options.api === undefined ? [] : [{ in: options.api, out: API_CHUNK.replace(/\.mjs$/, "") }]),
      ],
      outdir: options.outDir,
      outExtension: { ".js": ".mjs" },
      chunkNames: "[name]-[hash]",
      bundle: true,
      splitting: true,
      minify: true,
      format: "esm",
      platform: "node",
      target: "esnext",
      legalComments: "none",
      plugins: [
        builtinsByPrefix,
        rawBytes(options.outDir),
        luaPrelude(),
        finder.plugin,
        kernelParts(options.root),
        pluginKit(options.root),
        ownModulesAreFree(options.root),
      ],
      define: Object.fromEntries(Object.entries(options.texts).map(([name, text]) => [name, JSON.stringify(text)])),
      write: false,
      metafile: true,
      logLevel: "warning",
      // How others write their package.json is not ours to mend.
      logOverride: { "package.json": "silent" },
    });
    const chunks: Chunk[] = [];
    for (const { path, text } of built.outputFiles) {
      const contents = new TextEncoder().encode(CALLS_REQUIRE.test(text) ? REQUIRE + text : text);
      await Deno.writeFile(path, contents);
      chunks.push({ file: basename(path), size: contents.byteLength });
    }
    const used = Object.values(built.metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) =>
        // What a plugin of esbuild reads is named by its namespace as well.
        resolve(options.root, path.replace(/^[\w-]{2,}:/, ""))
      )
    );
    return {
      chunks: chunks.sort((a, b) => a.file < b.file ? -1 : 1),
      packages: finder.packages.filter(({ folder }) => used.some((path) => path.startsWith(folder + SEPARATOR))),
    };
  } finally {
    await esbuild.stop();
  }
}

/** The compiled program knows built-in modules by `node:` names only; packages may name them without. */
const builtinsByPrefix: esbuild.Plugin = {
  name: "builtins-by-prefix",
  setup(build) {
    const names = builtinModules.filter((name) => !name.startsWith("_")).map((name) => name.replaceAll("/", "\\/"));
    build.onResolve({ filter: new RegExp(`^(${names.join("|")})$`) }, ({ path }) => ({
      path: `node:${path}`,
      external: true,
    }));
  },
};

/** The program's own modules do nothing when they are loaded: where nothing of one is used, it falls away. */
function ownModulesAreFree(root: string): esbuild.Plugin {
  const folders = ["src", "plugins"].map((name) => join(root, name) + SEPARATOR);
  return {
    name: "own-modules-are-free",
    setup(build) {
      build.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
        const file = join(resolveDir, path);
        return folders.some((folder) => file.startsWith(folder)) ? { path: file, sideEffects: false } : undefined;
      });
    },
  };
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
