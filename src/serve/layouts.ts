/**
 * The folder that a server stores in: one OCI layout a repository.
 *
 * @module
 */
import type { Reference } from "../reference/reference.ts";
import type { LayoutContext, LayoutLog } from "../transport/layout/context.ts";
import { stateOf } from "../transport/layout/context.ts";
import { KnownIndexes } from "../transport/layout/known_index.ts";
import { markerPath } from "../transport/layout/paths.ts";
import { createSinkPool } from "../transport/layout/sink_pool.ts";
import { checkName } from "./route.ts";

/** Subjects that are remembered before they are forgotten all at once. */
const SUBJECTS_MOST = 50_000;

/** Options of {@linkcode Layouts}. */
export interface LayoutsOptions {
  /** Folder with the layouts. */
  readonly dir: string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Age in milliseconds below which nothing is collected. */
  readonly grace: number;
  /** Log. */
  readonly log: LayoutLog | undefined;
}

/** The layouts below a folder. */
export class Layouts {
  /** What the layout transport's functions share. */
  readonly context: LayoutContext;

  /** Nothing is read or made yet. */
  constructor(readonly options: LayoutsOptions) {
    this.context = {
      now: options.now,
      grace: options.grace,
      created: undefined,
      keepUntagged: true,
      log: options.log,
      sinks: createSinkPool({ threads: 0 }),
      indexes: new KnownIndexes(),
      layouts: new Map(),
      subjects: new Map(),
    };
  }

  /** Folder of a repository. */
  root(name: string): string {
    return `${this.options.dir}/${name}`;
  }

  /** A repository as the layout transport knows it. */
  reference(name: string, tag = "", digest = ""): Reference {
    return { scheme: "ocidir", registry: "", repository: "", tag, digest, path: this.root(name) };
  }

  /**
   * Ends what belongs to one change: a server does not count on blobs that it stored, its clients do, and say so with what they push
   * next. Their files are young until then.
   */
  settle(name: string): void {
    const state = stateOf(this.context, this.root(name));
    state.relied.clear();
    state.lists.clear();
    state.garbage = false;
    if (this.context.subjects.size > SUBJECTS_MOST) this.context.subjects.clear();
  }

  /** Names of all repositories, bytewise sorted. */
  async names(): Promise<string[]> {
    const names: string[] = [];
    const walk = async (folder: string, prefix: string): Promise<void> => {
      const below: string[] = [];
      try {
        for await (const entry of Deno.readDir(folder)) {
          if (entry.isDirectory && isName(prefix + entry.name)) below.push(prefix + entry.name);
        }
      } catch (error) {
        // Somebody may remove what is being read.
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      for (const name of below) {
        if (exists(markerPath(this.root(name)))) names.push(name);
        await walk(this.root(name), `${name}/`);
      }
    };
    await walk(this.options.dir, "");
    return names.sort();
  }
}

/** True when there is something at a path. Cheaper than its asynchronous form, which matters to every request. */
export function exists(path: string): boolean {
  return statFile(path) !== undefined;
}

/** What is at a path; undefined where there is nothing. */
export function statFile(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}

function isName(name: string): boolean {
  try {
    return checkName(name) === name;
  } catch {
    return false;
  }
}
