/**
 * Writes images of the program into an OCI layout, without a container engine: `deno task image [--platform linux/amd64,...]
 * [--image scratch,debian] [--compress zstd] [--level N] [--output FOLDER] [--release]`.
 *
 * @module
 */
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Build, buildPrograms, type Program } from "./build/programs.ts";
import { parseTargets, programName, TARGETS } from "./build/targets.ts";
import { type DebianRoot, fetched, installed } from "./image/debian.ts";
import { basePart, RUNTIME_PACKAGES, SHELL_PACKAGES, shellPart } from "./image/recipe.ts";
import { type ImageRecipe, type PlatformImage, writeImages, type WrittenImage } from "./image/write.ts";
import { npmComponents, runtimeComponent } from "./release/component.ts";
import { notices } from "./release/notices.ts";
import { sourceOf, subjectOf } from "./release/write.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** Images that there are. */
export const IMAGES = ["scratch", "debian"] as const;

/** Name of an image. */
export type ImageName = typeof IMAGES[number];

/** Level that each compression takes unless told: small images count for more than the time to make them. */
const LEVEL = { gzip: 9, zstd: 19 } as const;

/** What to write. */
export interface ImagesOptions {
  /** Programs for Linux and what is in them. */
  readonly build: Build;
  /** Which images. */
  readonly images: readonly ImageName[];
  /** Compression of layers. */
  readonly compression: "gzip" | "zstd";
  /** Its level. */
  readonly level?: number | undefined;
  /** Folder of the layout; replaced. */
  readonly output: string;
}

/** Writes the images of programs that were built. */
export async function images(options: ImagesOptions): Promise<WrittenImage[]> {
  const { build, compression, output, level = LEVEL[compression] } = options;
  const work = await Deno.makeTempDir({ prefix: "ferry-image-" });
  const part = `${output}.${crypto.randomUUID().slice(0, 8)}.part`;
  try {
    const roots = new Roots(work);
    const recipes: ImageRecipe[] = [];
    for (const tag of options.images) {
      const platforms: PlatformImage[] = [];
      for (const program of build.programs) platforms.push(await platformImage(tag, program, roots));
      recipes.push({ tag, platforms });
    }
    const written = await writeImages({
      folder: part,
      subject: subjectOf(build.texts),
      source: await sourceOf(ROOT),
      notices: await notices(build.packages),
      components: [runtimeComponent(), ...await npmComponents(ROOT, build.packages)],
      compression,
      level,
    }, recipes);
    await Deno.remove(output, { recursive: true }).catch(() => {});
    await Deno.rename(part, output);
    return written;
  } finally {
    await Deno.remove(part, { recursive: true }).catch(() => {});
    await Deno.remove(work, { recursive: true });
  }
}

async function platformImage(tag: ImageName, { target, file }: Program, roots: Roots): Promise<PlatformImage> {
  const { architecture } = target;
  const parts = [basePart(await roots.of(architecture, RUNTIME_PACKAGES), architecture, file)];
  if (tag === "debian") parts.push(shellPart(await roots.of(architecture, SHELL_PACKAGES)));
  return { architecture, program: file, parts };
}

/** Packages are taken from this machine where it has them, and else fetched once. */
class Roots {
  readonly #work: string;
  readonly #known = new Map<string, Promise<DebianRoot>>();

  constructor(work: string) {
    this.#work = work;
  }

  of(architecture: string, names: readonly string[]): Promise<DebianRoot> {
    const key = [architecture, ...names].join("-");
    const known = this.#known.get(key) ?? this.#open(architecture, names, join(this.#work, key));
    this.#known.set(key, known);
    return known;
  }

  async #open(architecture: string, names: readonly string[], folder: string): Promise<DebianRoot> {
    return await installed(architecture, names) ?? await fetched(architecture, names, folder);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      platform: { type: "string", multiple: true, default: ["linux/amd64,linux/arm64"] },
      image: { type: "string", multiple: true, default: [...IMAGES] },
      compress: { type: "string", default: "gzip" },
      level: { type: "string" },
      output: { type: "string", default: join(ROOT, "dist", "image") },
      release: { type: "boolean", default: false },
    },
  });
  const work = await Deno.makeTempDir({ prefix: "ferry-programs-" });
  const tell = (line: string) => console.log(line);
  let code = 0;
  try {
    const { compress: compression, level } = values;
    if (compression !== "gzip" && compression !== "zstd") throw new Error(`Compression "${compression}" is not known`);
    if (level !== undefined && !/^\d{1,2}$/.test(level)) throw new Error(`Level "${level}" is not a number`);
    const names = values.image.flatMap((one) => one.split(","));
    for (const name of names) {
      if (!(IMAGES as readonly string[]).includes(name)) {
        throw new Error(`No image is named "${name}": ${IMAGES.join(", ")}`);
      }
    }
    const { targets, all } = parseTargets(values.platform);
    const linux = (all ? TARGETS : targets).filter(({ os }) => os === "linux");
    if (linux.length < targets.length && !all) throw new Error("Images are for Linux only");
    const output = resolve(values.output);
    const build = await buildPrograms({
      root: ROOT,
      bundleDir: join(work, "bundle"),
      targets: linux,
      release: values.release,
      output: (target) => join(work, programName(target)),
    }, tell);
    for (const { target, why } of build.missing) throw new Error(`${target.name}: ${why}`);
    const written = await images({
      build,
      images: IMAGES.filter((name) => names.includes(name)),
      compression,
      level: level === undefined ? undefined : Number(level),
      output,
    });
    for (const { tag, digest, sizes } of written) {
      tell(`image    ocidir://${output}:${tag} ${digest}`);
      for (const [platform, size] of sizes) tell(`         ${platform}, ${(size / 2 ** 20).toFixed(1)} MiB compressed`);
    }
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}`);
    code = 1;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  Deno.exit(code);
}
