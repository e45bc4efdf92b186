/**
 * Candidates for OCI image layouts: folders, and the tags of a layout.
 *
 * @module
 */
import { join } from "node:path";
import { isLayoutPath } from "../../reference/grammar.ts";
import type { ValueQuestion } from "./values.ts";
import { offerTagsBehind } from "./tags.ts";

/** How a reference to a layout starts. */
export const LAYOUT_SCHEME = "ocidir://";

/** File that makes a folder a layout (image-spec, image-layout.md, "oci-layout file"). */
const MARK = "oci-layout";

/** Offers folders on the way to layouts and layouts themselves; where `tags` is set, the tags of one that is typed. */
export async function offerLayouts(question: ValueQuestion, tags: boolean): Promise<void> {
  const { answer, prefix, text } = question;
  const path = text.slice(LAYOUT_SCHEME.length);
  const slash = path.lastIndexOf("/");
  const colon = path.indexOf(":", slash + 1);
  if (colon >= 0) {
    return tags ? await offerTagsBehind(LAYOUT_SCHEME + path.slice(0, colon), question) : undefined;
  }
  const folder = path.slice(0, slash + 1);
  const begun = path.slice(slash + 1);
  answer.goesOn();
  let exact = false;
  for (const name of await foldersIn(folder, begun)) {
    const isLayout = await exists(join(folder, name, MARK));
    if (isLayout && name === begun && tags) exact = true;
    else answer.add(prefix + LAYOUT_SCHEME + folder + name + (isLayout ? "" : "/"));
  }
  if (!exact) return;
  if (!answer.isEmpty) return answer.add(`${prefix}${text}:`);
  await offerTagsBehind(text, question);
}

/** Folders whose name starts with `begun` and may stand in a reference; hidden ones only where a dot is typed. */
async function foldersIn(folder: string, begun: string): Promise<string[]> {
  const names: string[] = [];
  const inLayout = await exists(join(folder, MARK));
  try {
    for await (const entry of Deno.readDir(folder === "" ? "." : folder)) {
      const { name } = entry;
      if (!name.startsWith(begun) || !isLayoutPath(name)) continue;
      if (name.startsWith(".") && !begun.startsWith(".")) continue;
      if (inLayout && name === "blobs") continue;
      if (entry.isDirectory || (entry.isSymlink && await isFolder(join(folder, name)))) names.push(name);
    }
  } catch {
    // A folder that cannot be read has nothing to offer.
  }
  return names.sort();
}

async function isFolder(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => undefined))?.isDirectory === true;
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
