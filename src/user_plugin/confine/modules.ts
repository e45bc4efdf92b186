/**
 * What the modules of a confined plugin may import: each other, `ferry/plugin`, and the built-in modules that compute alone. The compiled
 * program reads any JSON file for who imports it, whatever rights a worker has, and other built-in modules reach the process: so it is
 * the text of the modules that is held to this, before any of it runs.
 *
 * Names in code have no escapes where they are keywords, so every import of a module stands in its text as `import` or `from` before
 * what it imports. Comments and strings are not told apart from code: who hides an import in what looks like one finds it refused.
 *
 * @module
 */
import { posix } from "node:path";
import { FerryError } from "../../errors.ts";

/** Built-in modules that compute alone. */
const BUILT_IN = [
  "assert",
  "assert/strict",
  "buffer",
  "crypto",
  "events",
  "path",
  "path/posix",
  "querystring",
  "stream",
  "stream/web",
  "string_decoder",
  "url",
  "util",
  "zlib",
];
const ALLOWED = new Set(["ferry/plugin", ...BUILT_IN.map((name) => `node:${name}`)]);
const MODULE = /\.m?[jt]s$/;
const KEYWORD = /(?<![\w$])(import|from)(?![\w$])/g;
/** What is imported: literals that hold nothing but what names of files and modules hold. */
const CALL = /^\s*\(\s*(["'])([\w@./+~:-]+)\1\s*\)/;
const NAMED = /^\s*(["'])([\w@./+~:-]+)\1/;
const JSON_ATTRIBUTE = /^\s*with\s*\{\s*type\s*:\s*(["'])json\1\s*,?\s*\}/;

/**
 * Checks the modules among the files of a plugin. `read` gives the bytes of one.
 *
 * @throws {FerryError} PLUGIN_INVALID with file and line of an import that is not allowed
 */
export async function checkModules(
  from: string,
  files: ReadonlySet<string>,
  read: (file: string) => Promise<Uint8Array>,
): Promise<void> {
  for (const file of files) {
    if (!MODULE.test(file)) continue;
    const text = textOf(await read(file));
    if (text === undefined) {
      throw new FerryError(
        "PLUGIN_INVALID",
        `Plugin "${from}" cannot be confined: its file "${file}" is no UTF-8 text`,
      );
    }
    const at = refusedImport(text, file, files);
    if (at === undefined) continue;
    const line = text.slice(0, at).split("\n").length;
    throw new FerryError(
      "PLUGIN_INVALID",
      `Plugin "${from}" cannot be confined: its file "${file}" imports on line ${line} what cannot be allowed`,
      {
        hint: "name the plugin's own files, ferry/plugin and " +
          `${BUILT_IN.map((name) => `node:${name}`).join(", ")} as plain texts, without comments around them`,
      },
    );
  }
}

/** The engine may read other encodings, which an import would hide in. */
function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Place of the first import that is not allowed. */
export function refusedImport(text: string, file: string, files: ReadonlySet<string>): number | undefined {
  for (const { 0: keyword, index } of text.matchAll(KEYWORD)) {
    const rest = text.slice(index + keyword.length, index + keyword.length + 2000);
    if (!isAllowed(keyword, rest, file, files)) return index;
  }
  return undefined;
}

function isAllowed(keyword: string, rest: string, file: string, files: ReadonlySet<string>): boolean {
  const next = /^\s*([^\s]?)/.exec(rest)![1]!;
  if (next === "/" || next === "") return rest.trim() === "" && rest.length < 2000;
  if (next === '"' || next === "'") return isAllowedLiteral(rest, file, files);
  if (keyword === "from") return true;
  if (next === "(") {
    const specifier = CALL.exec(rest)?.[2];
    return specifier !== undefined && isAllowedModule(specifier, file, files);
  }
  // What stands before names needs a `from`, which is looked at in its turn.
  return next !== "." || /^\.meta(?![\w$])/.test(rest);
}

function isAllowedLiteral(rest: string, file: string, files: ReadonlySet<string>): boolean {
  const [whole, , specifier] = NAMED.exec(rest) ?? [];
  if (whole === undefined) return false;
  const behind = rest.slice(whole.length);
  if (JSON_ATTRIBUTE.test(behind)) return isOwn(specifier!, file, files, /\.json$/);
  if (/^\s*(?:\/|(?:with|assert)(?![\w$]))/.test(behind)) return false;
  return isAllowedModule(specifier!, file, files);
}

function isAllowedModule(specifier: string, file: string, files: ReadonlySet<string>): boolean {
  return ALLOWED.has(specifier) || isOwn(specifier, file, files, MODULE);
}

function isOwn(specifier: string, file: string, files: ReadonlySet<string>, kind: RegExp): boolean {
  if (!/^\.\.?\//.test(specifier) || !kind.test(specifier)) return false;
  return files.has(posix.join(posix.dirname(file), specifier));
}
