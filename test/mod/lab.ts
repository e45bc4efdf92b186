/** Layouts with images to change, and what is asked of them afterwards. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { layerEntries } from "../../src/layer/open.ts";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import type { ImageConfig } from "../../src/oci/image_config.ts";
import { parseReference } from "../../src/reference/parse.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { Content, writeLayout } from "../support/content.ts";
import { addImage, addIndex, type Layer } from "../support/images.ts";
import { addTarLayer, type Entry, file, folder } from "../support/tar_layers.ts";
import { run, type RunOptions, withoutClosing } from "../cli/harness.ts";

/** Time of the entries of layers. */
export const ENTRY_SECONDS = 1_704_164_645;

/** A layout in a folder of its own. */
export interface Lab {
  /** The layout's reference without a tag. */
  readonly place: string;
  /** The folder around it. */
  readonly dir: string;
  /** What it was made of. */
  readonly content: Content;
  /** The layer that all images share. */
  readonly base: Layer;
}

/** Entries of the shared layer. */
const BASE: readonly Entry[] = [
  folder("etc"),
  file("etc/secret", "hush", { uname: "root", gname: "wheel" }),
  file("etc/keep", "yes"),
];

/**
 * Works in a layout with an index `all` of two images, a single image `one` with three layers, and `base` with the first of them.
 */
export async function inLab(work: (lab: Lab) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir();
  try {
    const content = new Content();
    const base = await addTarLayer(content, BASE);
    const images = await Promise.all(["amd64", "arm64"].map(async (architecture) => {
      const own = await addTarLayer(content, [file("app", architecture)]);
      return addImage(content, { layers: [base, own], platform: { os: "linux", architecture } });
    }));
    addIndex(content, { tag: "all", manifests: images, annotations: { "org.example.title": "two" } });
    const [second, third] = [
      await addTarLayer(content, [file("etc/secret", "more")], "zstd"),
      await addTarLayer(content, [file("last", "end")], "none"),
    ];
    addImage(content, { tag: "one", layers: [base, second, third] });
    addImage(content, { tag: "base", layers: [base] });
    await writeLayout(content, `${dir}/layout`);
    await work({ place: `ocidir://${dir}/layout`, dir, content, base });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Runs a command line that must succeed; gives its standard output. */
export async function ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, stdout, stderr } = await run(args, options);
  assert.equal(code, 0, `${args.join(" ")}: ${stderr}`);
  return stdout;
}

/** Changes an image into tag `out` and says nothing but its name; the result must be whole, down to the content of its layers. */
export async function mod(image: string, ...flags: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(["image", "mod", image, "--create", "out", ...flags]);
  assert.deepEqual({ code, stderr: withoutClosing(stderr) }, { code: 0, stderr: "" }, flags.join(" "));
  const out = stdout.trim();
  await ok(["image", "verify", out]);
  return out;
}

/** What tests look at in a manifest. */
export interface ManifestJson {
  readonly mediaType: string;
  readonly annotations?: Record<string, string>;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
}

/** A manifest's JSON. */
export async function manifestOf(image: string, ...flags: string[]): Promise<ManifestJson> {
  return JSON.parse(await ok(["manifest", "get", image, ...flags, "--format", "raw-body"]));
}

/** A config's JSON. */
export async function configOf(image: string, platform = "linux/amd64"): Promise<ImageConfig> {
  return JSON.parse(await ok(["image", "inspect", image, "-p", platform]));
}

/** An entry of a layer. */
export interface EntryLook {
  readonly name: string;
  readonly seconds: number;
  readonly owner: string;
  readonly text: string;
}

/** The entries of each layer. */
export async function entriesOf(image: string, platform = "linux/amd64"): Promise<EntryLook[][]> {
  const { layers } = await manifestOf(image, "-p", platform);
  const place = { transport: createLayoutTransport(), reference: parseReference(image) };
  return await Promise.all(layers.map(async (layer) => {
    const entries: EntryLook[] = [];
    for await (const { header, body } of layerEntries(place, layer)) {
      const text = new TextDecoder().decode(Buffer.concat(await Array.fromAsync(body)));
      entries.push({ name: header.name, seconds: header.mtime.seconds, owner: header.uname + header.gname, text });
    }
    return entries;
  }));
}

/** Names of the entries of each layer. */
export async function namesOf(image: string, platform = "linux/amd64"): Promise<string[][]> {
  return (await entriesOf(image, platform)).map((entries) => entries.map(({ name }) => name));
}
