/**
 * Reads lists of images.
 *
 * @module
 */
import {
  type Context,
  FerryError,
  loadTemplate,
  loadYaml,
  parseReference,
  parseRepository,
  type Reference,
  type RegistriesOptions,
  type TagRules,
} from "../../src/mod.ts";
import { type ListDocument, listForm, type StepDocument } from "./list_form.ts";

/** An image, or the tags of a repository, that a list names. */
export interface Wanted {
  /** Image, or repository where `rules` are given. */
  readonly source: Reference;
  /** Its name in the bundle. */
  readonly as?: Reference;
  /** Sets of rules that choose tags; none: every tag. */
  readonly rules?: readonly TagRules[];
  /** Platforms as text; the command line's where not given. */
  readonly platforms?: readonly string[];
  /** Take referrers along; as the command line says where not given. */
  readonly referrers?: boolean;
  /** Take digest tags along; as the command line says where not given. */
  readonly digestTags?: boolean;
}

/** A list. */
export interface ImageList {
  /** What it names. */
  readonly wanted: readonly Wanted[];
  /** Settings of registries that it brings; undefined where it has none. */
  readonly registries: RegistriesOptions | undefined;
}

/** Parts of sync files that say nothing about what to read: keys there may be any. */
const OTHERS = /^(sync\[\d+\]|defaults)/;

/**
 * Reads a list, `-` for standard input: yaml, or one image a line in a `.txt` file.
 *
 * @throws {FerryError} CONFIG_INVALID that lists every mistake as file:line:column; NOT_FOUND, IO
 */
export async function readImageList(context: Context, path: string): Promise<ImageList> {
  const yaml = await loadYaml();
  const text = await yaml.readText(path, () => context.stdin);
  const name = path === "-" ? "stdin" : path;
  if (path.endsWith(".txt")) return { wanted: await fromLines(text, name), registries: undefined };
  const { compileTemplate } = await loadTemplate();
  const options = { env: (variable: string) => context.env(variable), now: () => context.clock.now() };
  const file = await yaml.readYaml(text, name, listForm(yaml));
  const { creds, defaults = {}, images = [], sync = [], version } = file.value;
  if (version !== undefined && version > 1) {
    file.tell(["version"], { message: `Version ${version} of lists is not known`, hint: "use version: 1" });
  }
  if (images.length + sync.length === 0) {
    file.tell([], { message: "List names no images", hint: 'list them under "images"' });
  }
  const wanted: Wanted[] = [];
  const read = (place: readonly (string | number)[], parse: () => Wanted) => {
    const mistake = yaml.mistakeOf(() => wanted.push(parse()));
    if (mistake !== undefined) file.tell([...place], mistake);
  };
  const expand = (source: string) =>
    source.includes("{{") ? compileTemplate(source, options).render(undefined).trim() : source;
  for (const [at, image] of images.entries()) {
    const { source, as, ...others } = typeof image === "string" ? { source: image } : image;
    read(["images", at], () => ({
      source: parseReference(expand(source)),
      ...(as === undefined ? {} : { as: parseName(as) }),
      ...goesAlong(others, defaults),
    }));
  }
  for (const [at, step] of sync.entries()) {
    read(["sync", at, "source"], () => ({ ...ofStep(step, expand(step.source)), ...goesAlong(step, defaults) }));
  }
  const hosts = yaml.expandCreds(creds, file, { compile: compileTemplate, ...options });
  file.problems.throwErrors();
  for (const { column, line, message, path: place } of file.problems.warnings) {
    if (!OTHERS.test(place)) context.log.warn(`${name}:${line}:${column}: ${message}`);
  }
  const { skipDockerConfig, userAgent } = defaults;
  const own = hosts.length > 0 || skipDockerConfig !== undefined || userAgent !== undefined;
  return {
    wanted,
    registries: !own ? undefined : {
      hosts,
      ...(skipDockerConfig === undefined ? {} : { skipDockerConfig }),
      ...(userAgent === undefined ? {} : { userAgent }),
    },
  };
}

function ofStep(step: StepDocument, source: string): Wanted {
  if (step.type === "image") return { source: parseReference(source) };
  return {
    source: parseRepository(source),
    rules: [...step.tags === undefined ? [] : [step.tags], ...step.tagSets ?? []],
  };
}

/** What an image says itself, else what the file says of all. */
function goesAlong(
  own: Pick<StepDocument, "digestTags" | "platform" | "platforms" | "referrers">,
  defaults: NonNullable<ListDocument["defaults"]>,
): Partial<Wanted> {
  const { digestTags = defaults.digestTags, referrers = defaults.referrers } = own;
  const platforms = own.platforms ?? (own.platform === undefined ? undefined : [own.platform]);
  return {
    ...(platforms === undefined ? {} : { platforms }),
    ...(referrers === undefined ? {} : { referrers }),
    ...(digestTags === undefined ? {} : { digestTags }),
  };
}

/** Names are those of registries: a bundle has no folders. */
function parseName(text: string): Reference {
  const name = parseReference(text);
  if (name.scheme === "reg") return name;
  throw new FerryError("REFERENCE_INVALID", `Name "${text}" is not that of an image in a registry`);
}

async function fromLines(text: string, name: string): Promise<Wanted[]> {
  const { mistakeOf, ProblemList } = await loadYaml();
  const problems = new ProblemList(name);
  const wanted: Wanted[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    const image = line.replace(/(^|\s)#.*$/, "").trim();
    if (image === "") continue;
    const mistake = mistakeOf(() => wanted.push({ source: parseReference(image) }));
    if (mistake !== undefined) problems.add({ path: "", line: at + 1, column: 1, severity: "error", ...mistake });
  }
  problems.throwErrors();
  return wanted;
}
