/**
 * The tag of an entry in `index.json`, as the tools that write layouts put it there: the tag itself (image-spec, annotations.md,
 * `org.opencontainers.image.ref.name`), a full name that ends in it, or a full name in containerd's own annotation.
 *
 * @module
 */
import { ANNOTATION } from "../../oci/annotation.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { isTag } from "../../reference/grammar.ts";

/** Annotation with the tag. */
export const REF_NAME: string = ANNOTATION.refName;

/** Annotation with the full name, as containerd and buildx write it. */
const CONTAINERD_NAME = "io.containerd.image.name";

/** The tag of an entry, or undefined where it has none. */
export function entryTag(entry: Descriptor): string | undefined {
  const name = entry.annotations?.[REF_NAME];
  if (typeof name === "string" && name !== "") return tagOfName(name);
  const full = entry.annotations?.[CONTAINERD_NAME];
  return typeof full === "string" && full.includes(":") ? tagOfName(full) : undefined;
}

/** True where an entry has that tag. Most have not, and are told by a look. */
export function hasTag(entry: Descriptor, tag: string): boolean {
  const names: unknown[] = [entry.annotations?.[REF_NAME], entry.annotations?.[CONTAINERD_NAME]];
  return names.some((name) => typeof name === "string" && name.includes(tag)) && entryTag(entry) === tag;
}

/** `v1`, `docker.io/library/a:v1` and `a:v1@sha256:...` give `v1`; `localhost:5000/a` gives nothing. */
function tagOfName(name: string): string | undefined {
  const at = name.indexOf("@");
  const bare = at < 0 ? name : name.slice(0, at);
  if (at >= 0 && !bare.includes(":")) return undefined;
  const tag = bare.slice(bare.lastIndexOf(":") + 1);
  return isTag(tag) ? tag : undefined;
}
