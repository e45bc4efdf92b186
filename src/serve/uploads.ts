/**
 * Uploads under way, by repository and id. What is in memory can be made again from the files.
 *
 * @module
 */
import { uploadPath } from "../transport/layout/paths.ts";
import { withIoError } from "../transport/layout/io_error.ts";
import type { Layouts } from "./layouts.ts";
import { Refusal } from "./refusal.ts";
import { UploadFile } from "./upload_file.ts";

/** Milliseconds after which the file of an upload that nobody works on is closed. */
const IDLE_MS = 60_000;

/** Uploads that are kept open however idle they are. */
const OPEN_MOST = 256;

/** The uploads of a server. */
export class Uploads {
  readonly #open = new Map<string, UploadFile>();
  readonly #opening = new Set<string>();

  /** Uploads go into the folders of their repositories. */
  constructor(private readonly layouts: Layouts) {}

  /** Uploads whose files are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Starts an upload and gives its id.
   *
   * @throws {FerryError} IO
   */
  async start(name: string, algorithm: string): Promise<string> {
    await this.closeIdle(this.#open.size >= OPEN_MOST ? 0 : IDLE_MS);
    const id = crypto.getRandomValues(new Uint8Array(16)).toHex();
    const root = this.layouts.root(name);
    await withIoError("start an upload", () => Deno.mkdir(root, { recursive: true }));
    const path = uploadPath(root, id);
    const upload = await UploadFile.open(path, algorithm, true);
    if (upload === undefined) throw new Refusal(500, "UNKNOWN", "Upload could not be started");
    upload.usedAt = this.layouts.options.now();
    this.#open.set(path, upload);
    return id;
  }

  /**
   * Works on an upload while nobody else does. When `work` fails to store, the upload is closed and opened again by the next request.
   *
   * @throws {Refusal} BLOB_UPLOAD_UNKNOWN; 409 where another request works on it
   */
  async use<T>(
    name: string,
    id: string,
    work: (upload: UploadFile) => Promise<{ readonly value: T; readonly done: boolean }>,
  ): Promise<T> {
    const path = uploadPath(this.layouts.root(name), id);
    const upload = await this.#find(path);
    if (upload.busy) throw busy();
    upload.busy = true;
    let keep = false;
    let ended = false;
    try {
      const { value, done } = await work(upload);
      ended = done;
      keep = !done;
      return value;
    } catch (error) {
      keep = error instanceof Refusal;
      throw error;
    } finally {
      upload.busy = false;
      upload.usedAt = this.layouts.options.now();
      if (!keep) {
        this.#open.delete(path);
        if (!ended) await upload.close().catch(() => {});
      }
    }
  }

  /** Closes the files of uploads that nobody works on. */
  async closeIdle(idle: number): Promise<void> {
    const before = this.layouts.options.now() - idle;
    for (const [path, upload] of this.#open) {
      if (upload.busy || upload.usedAt > before) continue;
      this.#open.delete(path);
      await upload.close();
    }
  }

  async #find(path: string): Promise<UploadFile> {
    const open = this.#open.get(path);
    if (open !== undefined) return open;
    if (this.#opening.has(path)) throw busy();
    this.#opening.add(path);
    try {
      const upload = await UploadFile.open(path, "sha256", false);
      if (upload === undefined) throw new Refusal(404, "BLOB_UPLOAD_UNKNOWN", "Upload not found");
      this.#open.set(path, upload);
      return upload;
    } finally {
      this.#opening.delete(path);
    }
  }
}

function busy(): Refusal {
  return new Refusal(409, "BLOB_UPLOAD_INVALID", "Another request works on this upload", {
    headers: { "retry-after": "1" },
  });
}
