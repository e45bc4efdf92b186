/**
 * `index.json` and `oci-layout` on disk: read, made, and changed under the lock.
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { readLimited, syncFolder, writeAtomic } from "./atomic.ts";
import { type LayoutContext, type LayoutState, stateOf } from "./context.ts";
import {
  checkMarker,
  emptyIndex,
  formatIndex,
  invalidLayout,
  LAYOUT_MARKER,
  type LayoutIndex,
  parseIndex,
} from "./index_file.ts";
import { ioError, isMissing, withIoError } from "./io_error.ts";
import { withLock } from "./lock.ts";
import { indexPath, markerPath } from "./paths.ts";

/** Most bytes of `index.json` that are read: some hundred thousand tags. */
const INDEX_MAX_BYTES = 64 * 1024 * 1024;

/**
 * The index of a layout; with a context, one that it knows need not be read again.
 *
 * @throws {FerryError} NAME_UNKNOWN where there is nothing, LAYOUT_INVALID where there is something else, IO
 */
export async function readIndex(root: string, context?: LayoutContext): Promise<LayoutIndex> {
  const index = await findIndex(root, context);
  if (index !== undefined) return index;
  const info = await statOf(root);
  if (info === undefined) {
    throw new FerryError("NAME_UNKNOWN", `Layout "${root}" does not exist`, {
      hint: "check the path; it is relative to the current folder",
      target: `ocidir://${root}`,
    });
  }
  throw invalidLayout(root, "it has no oci-layout file");
}

/**
 * The index of a layout, or undefined where there is none that a reader could use: no folder, or a folder without `oci-layout`.
 * With a context, one that it knows need not be read again.
 *
 * @throws {FerryError} LAYOUT_INVALID where a file is in the way or the layout's files are broken, IO
 */
export async function findIndex(root: string, context?: LayoutContext): Promise<LayoutIndex | undefined> {
  // Asked before the file is read: what is written in between shows the next time.
  const info = await statOf(indexPath(root));
  const known = info === undefined ? undefined : context?.indexes.get(root, info);
  if (known !== undefined) return known;
  const marker = await readText(markerPath(root), root);
  if (marker === undefined) {
    const info = await statOf(root);
    if (info !== undefined && !info.isDirectory) throw invalidLayout(root, "it is a file");
    return undefined;
  }
  checkMarker(marker, root);
  const text = await readText(indexPath(root), root);
  if (text === undefined) return emptyIndex();
  const index = parseIndex(text, root);
  if (info !== undefined) context?.indexes.put(root, info, index);
  return index;
}

/**
 * Makes the layout where there is none. `index.json` comes first, so that whoever sees `oci-layout` sees a whole layout.
 *
 * @throws {FerryError} LAYOUT_INVALID where a file is in the way, IO
 */
export async function ensureLayout(context: LayoutContext, root: string, signal?: AbortSignal): Promise<void> {
  if (await statOf(markerPath(root)) !== undefined) return;
  const info = await statOf(root);
  if (info !== undefined && !info.isDirectory) throw invalidLayout(root, "it is a file");
  await withIoError(`make the folder "${root}"`, () => Deno.mkdir(`${root}/blobs`, { recursive: true }));
  await locked(stateOf(context, root), root, async () => {
    if (await statOf(markerPath(root)) !== undefined) return;
    if (await statOf(indexPath(root)) === undefined) await writeIndex(context, root, emptyIndex());
    await writeAtomic(root, markerPath(root), new TextEncoder().encode(LAYOUT_MARKER), true);
  }, signal);
}

/**
 * Changes the index under the lock. `change` gets the index as it is then; what it gives is written, unless it is the same, and then
 * `written` does what must come after. When this returns, the names of all blobs put before are on disk too.
 *
 * @throws {FerryError} what `change` throws, LAYOUT_LOCKED, LAYOUT_INVALID, IO
 */
export async function editIndex(
  context: LayoutContext,
  root: string,
  change: (index: LayoutIndex) => Promise<LayoutIndex> | LayoutIndex,
  signal?: AbortSignal,
  written?: () => Promise<void>,
): Promise<void> {
  const state = stateOf(context, root);
  // Says what is wrong where there is no layout, before anything is written there.
  if (await statOf(markerPath(root)) === undefined) await readIndex(root, context);
  await locked(state, root, async () => {
    const before = await readIndex(root, context);
    const after = await change(before);
    if (after !== before) {
      await flushFolders(state);
      await writeIndex(context, root, after);
    }
    await written?.();
  }, signal);
}

/** Does some work under the lock of the layout; within a process one after the other, so that no thread waits for nothing. */
export async function locked<T>(
  state: LayoutState,
  root: string,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const before = state.queue;
  const turn = (async () => {
    await before;
    return await withLock(root, work, { signal });
  })();
  state.queue = turn.catch(() => {});
  return await turn;
}

async function writeIndex(context: LayoutContext, root: string, index: LayoutIndex): Promise<void> {
  const info = await writeAtomic(root, indexPath(root), new TextEncoder().encode(formatIndex(index)), true);
  context.indexes.put(root, info, index);
}

async function flushFolders(state: LayoutState): Promise<void> {
  const folders = [...state.unflushed];
  state.unflushed.clear();
  for (const folder of folders) await withIoError(`flush the folder "${folder}"`, () => syncFolder(folder));
}

async function readText(path: string, root: string): Promise<string | undefined> {
  let bytes: Uint8Array | undefined;
  try {
    bytes = await readLimited(path, INDEX_MAX_BYTES);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError(`read "${path}"`, error);
  }
  if (bytes === undefined) throw invalidLayout(root, `"${path}" has more than ${INDEX_MAX_BYTES} bytes`);
  return new TextDecoder().decode(bytes);
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw ioError(`look at "${path}"`, error);
  }
}
