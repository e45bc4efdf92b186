/**
 * What images are called in a bundle, and where they go from there.
 *
 * @module
 */
import { FerryError, formatReference, isRepository, parseReference, type Reference } from "../../src/mod.ts";

/** The full name of an image in a bundle: its own in a registry; that of a layout is made of its folder's. */
export function bundleName(reference: Reference): Reference {
  const digest = reference.tag === "" ? reference.digest : "";
  if (reference.scheme === "reg") return { ...reference, digest };
  const folder = reference.path.replace(/[\\/]+$/, "").split(/[\\/]/).at(-1) ?? "";
  const clean = folder.toLowerCase().replace(/[^a-z0-9._-]+/g, "-").replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, "");
  const repository = isRepository(clean) ? clean : "image";
  return { scheme: "reg", registry: "localhost", repository, tag: reference.tag, digest, path: "" };
}

/** A name's beginning and what stands in its place. */
export interface NameRule {
  /** Beginning of full names, up to a `/`, `:` or `@` or the end. */
  readonly old: string;
  /** What stands in its place below the prefix; may be empty. */
  readonly fresh: string;
}

/**
 * Reads rules of `--map`.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function nameRules(texts: readonly string[]): readonly NameRule[] {
  return texts.map((text) => {
    const at = text.indexOf("=");
    const old = text.slice(0, at).replace(/\/+$/, "");
    if (at === -1 || old === "") {
      throw new FerryError("FLAG_INVALID", `Flag "--map" does not take "${text}"`, {
        hint: "write the beginning of full names and what stands for it, for example ghcr.io/org=mirror",
      });
    }
    return { old, fresh: text.slice(at + 1).replace(/^\/+|\/+$/g, "") };
  });
}

/**
 * Where an image goes: the longest rule that fits counts; without one, the name loses its registry.
 *
 * @throws {FerryError} REFERENCE_INVALID
 */
export function targetOf(name: Reference, prefix: string, rules: readonly NameRule[]): Reference {
  const full = formatReference(name);
  const end = name.tag === "" ? `@${name.digest}` : `:${name.tag}`;
  const fitting = rules.filter(({ old }) => full.startsWith(old) && /^([/:@]|$)/.test(full.slice(old.length)));
  const rule = fitting.toSorted((a, b) => b.old.length - a.old.length)[0];
  let below = `${name.repository}${end}`;
  if (rule !== undefined) {
    const rest = full.slice(rule.old.length);
    below = rest === "" && !/[:@]/.test(rule.fresh) ? `${rule.fresh}${end}` : `${rule.fresh}${rest}`;
  }
  // With an empty replacement of a whole repository only its tag is left, which then belongs to the prefix.
  const joint = /^[:@]/.test(below) ? "" : "/";
  return parseReference(`${prefix.replace(/\/+$/, "")}${joint}${below.replace(/^\/+/, "")}`);
}
