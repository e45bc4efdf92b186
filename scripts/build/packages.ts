/**
 * Lets the bundler find the packages of npm in Deno's cache, each in the version that `deno.lock` pins for whoever imports it, so that
 * no node_modules folder is needed.
 *
 * @module
 */
import type { Plugin } from "esbuild";
import { dirname, join, sep as SEPARATOR } from "node:path";
import { run } from "./command.ts";

/** A package of npm that is in a bundle. */
export interface BundledPackage {
  /** Name. */
  readonly name: string;
  /** Version. */
  readonly version: string;
  /** Folder that holds it. */
  readonly folder: string;
}

/** Packages that modules may come from. */
export interface PackageFinder extends AsyncDisposable {
  /** All of them, by name and version. */
  readonly packages: readonly BundledPackage[];
  /** Resolves imports of them. */
  readonly plugin: Plugin;
}

interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly registryUrl: string;
  readonly dependencies: readonly string[];
}

interface Found extends BundledPackage {
  /** A folder from where the package, and no other, is found by its name. */
  readonly place: string;
  /** Keys of packages by name. */
  readonly uses: ReadonlyMap<string, string>;
}

/** Finds the packages that the modules from `entry` on import. */
export async function findPackages(root: string, entry: string): Promise<PackageFinder> {
  const config = ["--config", join(root, "deno.json")];
  await run(Deno.execPath(), ["cache", "--quiet", ...config, entry], { cwd: root });
  const graph = JSON.parse(await run(Deno.execPath(), ["info", "--json", ...config, entry], { cwd: root }));
  const cache: string = JSON.parse(await run(Deno.execPath(), ["info", "--json"], { cwd: root })).npmCache;
  const { imports } = JSON.parse(await Deno.readTextFile(join(root, "deno.json")));
  const links = await Deno.makeTempDir({ prefix: "ferry-packages-" });
  const found = new Map<string, Found>();
  for (const [key, one] of Object.entries<NpmPackage>(graph.npmPackages ?? {})) {
    const { name, version, registryUrl, dependencies } = one;
    const folder = join(cache, cacheFolder(registryUrl), name, version);
    const place = join(links, String(found.size));
    const uses = new Map(dependencies.map((other) => [nameOf(other), other]));
    const link = join(place, "node_modules", name);
    await Deno.mkdir(dirname(link), { recursive: true });
    await Deno.symlink(folder, link);
    found.set(key, { name, version, folder, place, uses });
  }
  const own = new Map(
    Object.entries<string>(imports).filter(([, to]) => to.startsWith("npm:")).map(([name, to]) => [name, to.slice(4)]),
  );
  return {
    packages: [...found.values()].map(({ name, version, folder }) => ({ name, version, folder }))
      .sort((a, b) => a.folder < b.folder ? -1 : 1),
    plugin: resolver(found, own),
    [Symbol.asyncDispose]: () => Deno.remove(links, { recursive: true }),
  };
}

function resolver(found: ReadonlyMap<string, Found>, own: ReadonlyMap<string, string>): Plugin {
  const known = [...found.values()];
  return {
    name: "pinned-packages",
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, importer, kind, pluginData, with: attributes }) => {
        if (pluginData === resolver || path.startsWith("node:")) return undefined;
        const from = known.find(({ folder }) => importer.startsWith(folder + SEPARATOR));
        const name = nameOf(path);
        const target = found.get((from === undefined ? own : from.uses).get(name) ?? "");
        if (target === undefined) return undefined;
        return await build.resolve(path, {
          resolveDir: target.place,
          importer,
          kind,
          pluginData: resolver,
          with: attributes,
        });
      });
    },
  };
}

/** `@scope/name` of `@scope/name@1.0.0` or `@scope/name/file.js`. */
function nameOf(text: string): string {
  return /^(@[^/]+\/)?[^@/]+/.exec(text)?.[0] ?? text;
}

/** Deno keeps packages by the registry's host, its port behind `_`, and its path. */
function cacheFolder(registryUrl: string): string {
  const url = new URL(registryUrl);
  return url.host.replace(":", "_") + url.pathname.replace(/\/$/, "");
}
