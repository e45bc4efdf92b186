/**
 * Loads a plugin's module into the program.
 *
 * @module
 */
import { pathToFileURL } from "node:url";
import { FerryError } from "../errors.ts";
import type { Plugin } from "../plugin.ts";
import { checkPlugin } from "./shape.ts";

/**
 * Runs the module at a path and gives its plugin. `from` is where it is from, for messages.
 *
 * @throws {FerryError} PLUGIN_INVALID
 */
export async function importPlugin(path: string, from: string): Promise<Plugin> {
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(path).href);
  } catch (cause) {
    throw new FerryError("PLUGIN_INVALID", `Plugin "${from}" cannot be loaded: ${reasonOf(cause)}`, {
      cause,
      ...hintFor(reasonOf(cause)),
    });
  }
  return checkPlugin(module.default, from);
}

/** What went wrong, on one line, with the place where the engine tells it. */
export function reasonOf(cause: unknown): string {
  const words = cause instanceof Error ? cause.message : String(cause);
  return words.replace(/\s*\n\s*/g, " ").trim().slice(0, 500);
}

function hintFor(reason: string): { readonly hint?: string } {
  if (!/not found|not a dependency|bare specifier|constraint/i.test(reason)) return {};
  return { hint: "a plugin may import its own files, ferry/plugin and node: modules; bundle packages into it" };
}
