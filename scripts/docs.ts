/**
 * Writes the documentation of commands from their own data: `deno task docs`; `deno task docs --check` only compares.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { manPages } from "./docs/man.ts";
import { markdownPages } from "./docs/markdown.ts";
import { loadNouns } from "./docs/model.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Folders of docs/ that hold nothing else. */
const OWN_FOLDERS = ["commands", "man"];

/** Every page by its path in the folder docs/. */
export async function renderDocs(): Promise<Map<string, string>> {
  const [nouns, readme] = await Promise.all([loadNouns(), Deno.readTextFile(join(ROOT, "README.md"))]);
  const pages = markdownPages(nouns, readme);
  for (const [name, text] of manPages(nouns, readme)) pages.set(`man/${name}`, text);
  return pages;
}

/** Paths in docs/ that are not as they should be: missing, different, or of a command that is no more. */
export async function staleDocs(pages: ReadonlyMap<string, string>): Promise<string[]> {
  const stale: string[] = [];
  for (const [path, text] of pages) {
    if (await Deno.readTextFile(join(ROOT, "docs", path)).catch(() => undefined) !== text) stale.push(path);
  }
  return [...stale, ...await leftOver(pages)];
}

/** Writes what is stale and removes what is left over; gives both. */
export async function writeDocs(pages: ReadonlyMap<string, string>): Promise<string[]> {
  const stale = await staleDocs(pages);
  for (const path of stale) {
    const file = join(ROOT, "docs", path);
    const text = pages.get(path);
    if (text === undefined) {
      await Deno.remove(file);
    } else {
      await Deno.mkdir(dirname(file), { recursive: true });
      await Deno.writeTextFile(file, text);
    }
  }
  return stale;
}

async function leftOver(pages: ReadonlyMap<string, string>): Promise<string[]> {
  const found: string[] = [];
  for (const folder of OWN_FOLDERS) {
    try {
      for await (const { name } of Deno.readDir(join(ROOT, "docs", folder))) {
        if (!pages.has(`${folder}/${name}`)) found.push(`${folder}/${name}`);
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return found;
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  const pages = await renderDocs();
  const changed = check ? await staleDocs(pages) : await writeDocs(pages);
  for (const path of changed) console.log(`${check ? "stale" : "wrote"}  docs/${path}`);
  if (check && changed.length > 0) Deno.exit(1);
}
