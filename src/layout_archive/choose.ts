/**
 * Which image of an archive is meant.
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { isTag } from "../reference/grammar.ts";

/** What images of archives have to be told apart by. */
export interface Candidate {
  /** Full names. */
  readonly names: readonly string[];
  /** Tags. */
  readonly tags: readonly string[];
  /** Digest, where it is known. */
  readonly digest?: string;
}

/** The tag at the end of a full name, "" where there is none: anybody may have written an archive. */
export function tagOfName(name: string): string {
  const end = name.slice(name.lastIndexOf(":") + 1);
  return name.includes(":") && !name.includes("@") && isTag(end) ? end : "";
}

/**
 * Fails where two images have one tag: the later one would take the place of the other.
 *
 * @throws {FerryError} FLAG_INVALID
 */
export function refuseSameTags(
  images: readonly { readonly tag: string; readonly digest: string; readonly name: string }[],
): void {
  const taken = new Map<string, string>();
  for (const { digest, name, tag } of images) {
    const other = taken.get(tag) ?? digest;
    taken.set(tag, digest);
    if (other === digest) continue;
    throw new FerryError(
      "FLAG_INVALID",
      `Several images of the archive have the tag "${tag}", "${name}" is one of them`,
      {
        hint: "store one at a time with --name; images of a bundle are stored under their own names by bundle push",
      },
    );
  }
}

/**
 * The image that is meant by a name (a tag, a full name or a digest); without one, the only image, else the one with the target's tag,
 * else `latest`.
 *
 * @throws {FerryError} NOT_FOUND, with the names that there are
 */
export function chooseImage<T extends Candidate>(images: readonly T[], name: string | undefined, tag: string): T {
  const has = (wanted: string) =>
    images.findLast(({ names, tags, digest }) => names.includes(wanted) || tags.includes(wanted) || digest === wanted);
  if (name !== undefined) {
    const found = has(name);
    if (found !== undefined) return found;
    throw new FerryError("NOT_FOUND", `Archive has no image "${name}"`, { hint: listOf(images) });
  }
  const [only] = images;
  if (only === undefined) throw new FerryError("NOT_FOUND", "Archive has no image");
  if (images.length === 1) return only;
  const found = has(tag) ?? has("latest");
  if (found !== undefined) return found;
  throw new FerryError("NOT_FOUND", `Archive has ${images.length} images, none of them with the tag "${tag}"`, {
    hint: `choose one with --name, or take all with --all; ${listOf(images)}`,
  });
}

function listOf(images: readonly Candidate[]): string {
  const names = images.flatMap(({ names, tags, digest }) => names[0] ?? tags[0] ?? digest ?? []);
  return names.length === 0 ? "its images have no names" : `the archive has ${names.slice(0, 10).join(", ")}`;
}
