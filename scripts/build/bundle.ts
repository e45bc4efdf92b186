/**
 * Bundles the program and the npm packages that it uses into a few minified chunks; what is loaded lazily is a chunk of its own.
 *
 * @module
 */
import * as esbuild from "esbuild";
import { builtinModules } from "node:module";
import { basename, dirname, join, sep as SEPARATOR } from "node:path";
import { run } from "./command.ts";
import { kernelParts } from "./kernel_parts.ts";

/** What to bundle. */
export interface BundleOptions {
  /** Folder of the project, whose deno.json pins the npm packages. */
  readonly root: string;
  /** The program's main module. */
  readonly entry: string;
  /** Folder for the chunks; emptied first. The main chunk is `main.mjs`. */
  readonly outDir: string;
  /** Names that become texts. */
  readonly texts: Readonly<Record<string, string>>;
}

/** A chunk that was written. */
export interface Chunk {
  /** Name of the file in the output folder. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
}

/** CommonJS packages call require for built-ins. Chunks without such calls do without it: making it takes as long as loading them. */
const REQUIRE = `import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);\n`;

const CALLS_REQUIRE = /\btypeof require\b|(?<![.\w$])require\(/;

/** Bundles; gives the chunks by name. */
export async function bundle(options: BundleOptions): Promise<readonly Chunk[]> {
  const packages = await linkPackages(options.root, options.entry);
  try {
    await Deno.remove(options.outDir, { recursive: true }).catch(ignoreMissing);
    await Deno.mkdir(options.outDir, { recursive: true });
    const built = await esbuild.build({
      absWorkingDir: options.root,
      entryPoints: [{ in: options.entry, out: "main" }],
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
      nodePaths: [packages],
      plugins: [builtinsByPrefix, kernelParts(options.root), ownModulesAreFree(options.root)],
      define: Object.fromEntries(Object.entries(options.texts).map(([name, text]) => [name, JSON.stringify(text)])),
      write: false,
      logLevel: "warning",
    });
    const chunks: Chunk[] = [];
    for (const { path, text } of built.outputFiles) {
      const contents = new TextEncoder().encode(CALLS_REQUIRE.test(text) ? REQUIRE + text : text);
      await Deno.writeFile(path, contents);
      chunks.push({ file: basename(path), size: contents.byteLength });
    }
    return chunks.sort((a, b) => a.file.localeCompare(b.file));
  } finally {
    await esbuild.stop();
    await Deno.remove(packages, { recursive: true });
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

interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly registryUrl: string;
}

/**
 * Makes a folder of links to the npm packages of the program in Deno's cache, so that the bundler finds the pinned versions
 * and no node_modules folder is needed.
 */
async function linkPackages(root: string, entry: string): Promise<string> {
  const config = ["--config", join(root, "deno.json")];
  await run(Deno.execPath(), ["cache", "--quiet", ...config, entry], { cwd: root });
  const graph = JSON.parse(await run(Deno.execPath(), ["info", "--json", ...config, entry], { cwd: root }));
  const cache: string = JSON.parse(await run(Deno.execPath(), ["info", "--json"], { cwd: root })).npmCache;
  const folder = await Deno.makeTempDir({ prefix: "ferry-packages-" });
  const seen = new Map<string, string>();
  for (const { name, version, registryUrl } of Object.values<NpmPackage>(graph.npmPackages ?? {})) {
    if (seen.has(name) && seen.get(name) !== version) {
      throw new Error(`Two versions of the package "${name}" are used: ${seen.get(name)} and ${version}`);
    }
    seen.set(name, version);
    const link = join(folder, name);
    await Deno.mkdir(dirname(link), { recursive: true });
    await Deno.symlink(join(cache, cacheFolder(registryUrl), name, version), link);
  }
  return folder;
}

/** Deno keeps packages by the registry's host, its port behind `_`, and its path. */
function cacheFolder(registryUrl: string): string {
  const url = new URL(registryUrl);
  return url.host.replace(":", "_") + url.pathname.replace(/\/$/, "");
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
