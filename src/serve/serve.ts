/**
 * A registry over a folder, from start to stop.
 *
 * @module
 */
import { type CollectedLayout, collectLayout, type GarbageOptions } from "./garbage.ts";
import { Layouts, type LayoutsOptions } from "./layouts.ts";
import { Registry, type RegistryOptions } from "./registry.ts";
import { type ListenOptions, startServer } from "./server.ts";

/** A folder with one layout a repository. */
export interface LayoutFolder {
  /** Names of all repositories, bytewise sorted. */
  names(): Promise<string[]>;
  /**
   * Collects the garbage of one repository.
   *
   * @throws {FerryError} LAYOUT_INVALID, LAYOUT_LOCKED, IO
   */
  collect(name: string, options: GarbageOptions): Promise<CollectedLayout>;
}

/** Options of {@linkcode serveFolder}. */
export interface ServeOptions extends RegistryOptions, ListenOptions {}

/** A registry that is served. */
export interface Served extends LayoutFolder {
  /** Port that it listens on. */
  readonly port: number;
  /** `http://127.0.0.1:5000`. */
  readonly url: string;
  /** Stops: no new connections, running requests have `limit` milliseconds to end. */
  stop(limit: number): Promise<void>;
}

/** A folder that need not be served. */
export function openLayouts(options: LayoutsOptions): LayoutFolder {
  return folderOf(new Layouts(options));
}

/**
 * Serves a folder.
 *
 * @throws {FerryError} CONNECT where the address cannot be listened on, TLS where certificate and key are not usable
 */
export async function serveFolder(options: ServeOptions): Promise<Served> {
  const registry = new Registry(options);
  const { port, url, metrics, stop } = await startServer({ ...options, registry });
  const folder = folderOf(registry.layouts);
  return {
    port,
    url,
    stop,
    names: folder.names,
    collect: async (name, how) => {
      const collected = await folder.collect(name, how);
      metrics.collected(collected.digests.length, collected.bytes);
      return collected;
    },
  };
}

function folderOf(layouts: Layouts): LayoutFolder {
  return {
    names: () => layouts.names(),
    collect: (name, options) => collectLayout(layouts, name, options),
  };
}
