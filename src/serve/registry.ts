/**
 * What the endpoints of one server share.
 *
 * @module
 */
import type { Digest } from "../oci/digest.ts";
import { type Manifest, MANIFEST_MAX_BYTES, parseManifest } from "../oci/manifest.ts";
import { isFerryError } from "../errors.ts";
import type { LayoutLog } from "../transport/layout/context.ts";
import { readManifestBytes } from "../transport/layout/manifest_file.ts";
import { blobPath, markerPath } from "../transport/layout/paths.ts";
import { type IndexView, IndexViews } from "./index_view.ts";
import { exists, Layouts, statFile } from "./layouts.ts";
import { type CachedManifest, ManifestCache } from "./manifest_cache.ts";
import { Refusal } from "./refusal.ts";
import { Uploads } from "./uploads.ts";

/** Options of a registry. */
export interface RegistryOptions {
  /** Folder with one layout a repository. */
  readonly dir: string;
  /** Refuses every change. */
  readonly readOnly?: boolean;
  /** Allows deletes. */
  readonly allowDelete?: boolean;
  /** Most bytes of a manifest, 8 MiB by default and at most. */
  readonly manifestLimit?: number;
  /** Most bytes of a blob; no limit by default. */
  readonly blobLimit?: number;
  /** Milliseconds after which a body that stands still is given up; a minute by default. */
  readonly idleTimeout?: number;
  /** Age in milliseconds below which nothing is collected; an hour by default. */
  readonly grace?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Log. */
  readonly log?: LayoutLog;
}

const IDLE_TIMEOUT = 60_000;
const GRACE = 60 * 60 * 1000;

/** One registry over one folder. */
export class Registry {
  /** The layouts. */
  readonly layouts: Layouts;
  /** What their indexes say. */
  readonly views: IndexViews;
  /** Uploads under way. */
  readonly uploads: Uploads;
  /** Manifests in memory. */
  readonly manifests: ManifestCache = new ManifestCache();
  /** Age in milliseconds below which nothing is collected. */
  readonly grace: number;
  /** Most bytes of a manifest. */
  readonly manifestLimit: number;
  /** Milliseconds after which a body that stands still is given up. */
  readonly idleTimeout: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;

  /** Nothing is read or made yet. */
  constructor(readonly options: RegistryOptions) {
    this.now = options.now ?? Date.now;
    this.grace = options.grace ?? GRACE;
    this.manifestLimit = Math.min(options.manifestLimit ?? MANIFEST_MAX_BYTES, MANIFEST_MAX_BYTES);
    this.idleTimeout = options.idleTimeout ?? IDLE_TIMEOUT;
    this.layouts = new Layouts({ dir: options.dir, now: this.now, grace: this.grace, log: options.log });
    this.views = new IndexViews(this.layouts.context);
    this.uploads = new Uploads(this.layouts);
  }

  /** True when a repository is there. */
  has(name: string): boolean {
    return exists(markerPath(this.layouts.root(name)));
  }

  /**
   * What the index of a repository says.
   *
   * @throws {Refusal} NAME_UNKNOWN
   */
  async view(name: string): Promise<IndexView> {
    const found = this.views.get(this.layouts.root(name));
    const view = found instanceof Promise ? await found : found;
    if (view === undefined) throw new Refusal(404, "NAME_UNKNOWN", "Repository not found", { detail: { name } });
    return view;
  }

  /** A manifest of a repository by its digest; undefined where there is none. */
  async manifest(name: string, digest: Digest, mediaType: string | undefined): Promise<CachedManifest | undefined> {
    const root = this.layouts.root(name);
    const cached = this.manifests.get(digest);
    if (cached !== undefined) {
      const info = statFile(blobPath(root, digest));
      return info !== undefined && info.isFile && info.size === cached.bytes.byteLength ? cached : undefined;
    }
    const parsed = await this.parsed(root, digest, mediaType);
    if (parsed === undefined) return undefined;
    const read = { bytes: parsed.raw as Uint8Array<ArrayBuffer>, mediaType: parsed.descriptor.mediaType };
    this.manifests.put(digest, read);
    return read;
  }

  /** A manifest of a layout; a blob that is none, or one that is damaged, is no manifest. */
  async parsed(root: string, digest: Digest, mediaType: string | undefined): Promise<Manifest | undefined> {
    try {
      const bytes = await readManifestBytes(root, digest);
      if (bytes === undefined) return undefined;
      const manifest = parseManifest(bytes, { mediaType, digest });
      return manifest.kind === "unknown" && mediaType === undefined ? undefined : manifest;
    } catch (error) {
      if (isFerryError(error, "MANIFEST_INVALID", "MANIFEST_TOO_LARGE", "DIGEST_MISMATCH")) return undefined;
      throw error;
    }
  }

  /** Size of a blob, or undefined where it is not there. */
  blobSize(name: string, digest: Digest): number | undefined {
    const info = statFile(blobPath(this.layouts.root(name), digest));
    return info?.isFile ? info.size : undefined;
  }

  /**
   * Size of a blob that a client is about to count on, or undefined where it is not there. The blob is made young again, so that it
   * stays until the client has said so.
   */
  async reliedSize(name: string, digest: Digest): Promise<number | undefined> {
    const path = blobPath(this.layouts.root(name), digest);
    const info = statFile(path);
    if (info === undefined || !info.isFile) return undefined;
    if (this.options.readOnly === true) return info.size;
    const now = this.now();
    if (now - (info.mtime?.getTime() ?? now) < this.grace / 4) return info.size;
    // Another process may collect it between any two looks.
    const link = await Deno.lstat(path).catch(() => undefined);
    if (link === undefined) return undefined;
    // A link leads to what is only read: not even its time is changed.
    if (link.isSymlink) return info.size;
    const time = new Date(now);
    await Deno.utime(path, time, time).catch(() => {});
    return exists(path) ? info.size : undefined;
  }

  /** A repository was changed by this server. */
  changed(name: string): void {
    this.views.forget(this.layouts.root(name));
    this.layouts.settle(name);
  }

  /**
   * Refuses changes where they are not allowed.
   *
   * @throws {Refusal} DENIED
   */
  requireWritable(): void {
    if (this.options.readOnly === true) throw new Refusal(403, "DENIED", "Registry is read-only");
  }

  /**
   * Refuses deletes where they are not allowed.
   *
   * @throws {Refusal} UNSUPPORTED, DENIED
   */
  requireDeletes(): void {
    if (this.options.allowDelete !== true) throw new Refusal(405, "UNSUPPORTED", "Deletes are off");
    this.requireWritable();
  }
}
