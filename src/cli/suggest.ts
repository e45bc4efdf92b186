/**
 * What a failure's hint can still learn when all else is over: the tags that there are, the layouts beside, the registries known.
 * At most one more request is made, and whatever goes wrong with it changes nothing.
 *
 * @module
 */
import { basename, dirname, join } from "node:path";
import { FerryError, isFerryError, withHint } from "../errors.ts";
import type { Context } from "../plugin.ts";
import type { Reference } from "../reference/reference.ts";
import { allNear, nearest } from "./nearest.ts";
import type { ValueReaders } from "./values.ts";

/** Milliseconds that the search for a hint may take. */
const TIME = 5000;
/** Names that a hint lists. */
const LISTED = 8;
/** Tags that stand for digests: names that nobody types. */
const DIGEST_TAG = /^sha\d+-[0-9a-f]{32}/;
/** Tags as they may be: what a registry lists beyond that is not for terminals. */
const TAG = /^\w[\w.-]{0,127}$/;
/** Names of folders that references can hold. */
const FOLDER = /^[\w\-. ~+]+$/;
/** Names that are looked through. */
const LOOKED_THROUGH = 20_000;
/** Registries that everybody knows. */
const PUBLIC: readonly string[] = [
  "docker.io",
  "ghcr.io",
  "quay.io",
  "gcr.io",
  "registry.k8s.io",
  "mcr.microsoft.com",
  "public.ecr.aws",
  "registry.gitlab.com",
];

/** The failure with a better hint where one is found, else as it is. */
export async function withSuggestion(
  error: unknown,
  context: Context,
  readers: () => Promise<ValueReaders>,
): Promise<unknown> {
  if (!(error instanceof FerryError) || error.target === undefined || context.signal.aborted) return error;
  try {
    const hint = await hintFor(error, error.target, context, readers);
    return hint === undefined ? error : withHint(error, hint);
  } catch {
    return error;
  }
}

async function hintFor(
  error: FerryError,
  target: string,
  context: Context,
  readers: () => Promise<ValueReaders>,
): Promise<string | undefined> {
  if (error.code === "DNS") return await registryHint(target, context);
  if (error.code !== "MANIFEST_UNKNOWN" && error.code !== "NAME_UNKNOWN") return undefined;
  const reference = (await readers()).reference(target) as Reference;
  // What the registry itself says of the reason is worth more than a guess.
  if (error.hint?.includes("schema 1") === true) return undefined;
  if (error.code === "MANIFEST_UNKNOWN") return await tagHint(reference, context);
  return reference.scheme === "ocidir" ? await layoutHint(reference.path) : undefined;
}

async function tagHint(reference: Reference, context: Context): Promise<string | undefined> {
  if (reference.digest !== "" || reference.tag === "") return undefined;
  const transport = await context.transport(reference);
  let tags: readonly string[];
  try {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(TIME)]);
    const listed = (await transport.listTags(reference, { signal, once: true })).tags.slice(0, LOOKED_THROUGH);
    tags = listed.filter((tag) => TAG.test(tag) && (!DIGEST_TAG.test(tag) || DIGEST_TAG.test(reference.tag)));
  } catch (error) {
    if (!isFerryError(error, "NAME_UNKNOWN")) return undefined;
    if (reference.scheme === "reg") return `the registry knows no repository "${reference.repository}"`;
    return await layoutHint(reference.path) ?? `the layout "${reference.path}" does not exist`;
  }
  const place = reference.scheme === "reg" ? "repository" : "layout";
  if (tags.length === 0) return `the ${place} has no tags; give a digest`;
  if (tags.includes(reference.tag)) {
    return "the tag is listed, but has no manifest that can be had: push the image anew";
  }
  const near = allNear(reference.tag, tags, 3);
  if (near.length > 0) return `did you mean "${near.join('" or "')}"?`;
  return `the ${place} has ${listed(byLikeness(reference.tag, tags))}`;
}

/** Layouts in the folder that the missing one would be in, or the first part of the path that is not there. */
async function layoutHint(path: string): Promise<string | undefined> {
  const parent = dirname(path);
  const beside: string[] = [];
  try {
    for await (const entry of Deno.readDir(parent)) {
      if (entry.isDirectory && FOLDER.test(entry.name) && await exists(join(parent, entry.name, "oci-layout"))) {
        beside.push(entry.name);
      }
      if (beside.length >= LOOKED_THROUGH) break;
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      return `the folder "${await firstMissing(parent)}" does not exist either`;
    }
    return undefined;
  }
  if (beside.length === 0) return undefined;
  const near = nearest(basename(path), beside.sort());
  const inParent = (name: string) => path.includes("/") ? `${parent === "/" ? "" : parent}/${name}` : name;
  if (near !== undefined) return `did you mean "ocidir://${inParent(near)}"?`;
  return `layouts in "${parent}" are ${listed(beside)}`;
}

async function firstMissing(path: string): Promise<string> {
  const above = dirname(path);
  return above === path || await exists(above) ? path : await firstMissing(above);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** The registry that is configured, or that everybody knows, under nearly that name. */
async function registryHint(host: string, context: Context): Promise<string | undefined> {
  const configured = Object.keys((await context.config()).file.hosts ?? {});
  const near = nearest(host, [...configured, ...PUBLIC].filter((name) => name !== host));
  return near === undefined ? undefined : `did you mean the registry "${near}"?`;
}

/** Names that begin as the word does first. */
function byLikeness(word: string, names: readonly string[]): string[] {
  const alike = (name: string) => {
    let at = 0;
    while (at < name.length && name[at] === word[at]) at++;
    return at;
  };
  return [...names].sort((a, b) => alike(b) - alike(a));
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED).map((name) => `"${name}"`).join(", ");
  return names.length > LISTED ? `${shown} and ${names.length - LISTED} more` : shown;
}
