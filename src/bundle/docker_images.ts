/**
 * manifest.json of a bundle: what `docker load` and `podman load` find in it.
 *
 * @module
 */
import { inPool } from "../copy/pool.ts";
import { FerryError } from "../errors.ts";
import type { Item } from "../layout_archive/collect.ts";
import { dockerEntry, type DockerImage, dockerImage } from "../layout_archive/docker_file.ts";
import type { Digest } from "../oci/digest.ts";
import { parseImageConfig } from "../oci/image_config.ts";
import { joinBytes } from "../oci/join_bytes.ts";
import type { Manifest } from "../oci/manifest.ts";
import type { Platform } from "../oci/platform.ts";
import { findPlatform } from "../oci/platform_select.ts";
import { formatReference } from "../reference/format.ts";
import type { GatheredImage } from "./gather.ts";

/** The platform that is taken of an index, on whatever machine: the same images give the same bytes. */
const WANTED: Platform = { os: "linux", architecture: "amd64" };

/** Most bytes of a config that is looked into. */
const CONFIG_MAX_BYTES = 1 << 20;

/** Configs that are fetched at a time. */
const CONFIGS_AT_ONCE = 8;

/** What engines get of a manifest: of an index the image for linux/amd64, else the first one for Linux. */
export async function engineImage(
  manifest: Manifest,
  get: (digest: Digest) => Promise<Manifest>,
): Promise<DockerImage | undefined> {
  if (manifest.kind !== "index") return dockerImage(manifest);
  const chosen = findPlatform(manifest.manifests, WANTED) ??
    manifest.manifests.find(({ platform }) => platform?.os === "linux");
  return chosen === undefined ? undefined : dockerImage(await get(chosen.digest));
}

/** The list, and content that was read to make it. */
export interface DockerList {
  /** The text of manifest.json; undefined where no image is for it. */
  readonly text: string | undefined;
  /** Configs by their digests, so that nothing is read twice. */
  readonly read: ReadonlyMap<Digest, Uint8Array>;
}

/**
 * Lists the images for Linux all of whose content is in the archive; `there` is what it holds.
 *
 * @throws what reading a config fails with
 */
export async function dockerList(
  images: readonly GatheredImage[],
  there: ReadonlyMap<Digest, Item>,
): Promise<DockerList> {
  const whole = images.flatMap(({ docker, name }) => {
    if (docker === undefined || ![docker.config, ...docker.layers].every(({ digest }) => there.has(digest))) return [];
    return [{ docker, name: name.tag === "" ? undefined : formatReference({ ...name, digest: "" }) }];
  });
  const read = new Map<Digest, Uint8Array>();
  const configs = [...new Set(whole.map(({ docker }) => docker.config.digest))].map((digest) => there.get(digest)!);
  await inPool(configs.filter(({ size }) => size <= CONFIG_MAX_BYTES), CONFIGS_AT_ONCE, async (item) => {
    read.set(item.digest, joinBytes(await Array.fromAsync(item.read())));
  });
  const entries = new Map<string, { readonly docker: DockerImage; readonly names: string[] }>();
  const taken = new Set<string>();
  for (const { docker, name } of whole) {
    if (!isLinux(docker, read.get(docker.config.digest))) continue;
    const key = [docker.config, ...docker.layers].map(({ digest }) => digest).join();
    const entry = entries.get(key) ?? { docker, names: [] };
    entries.set(key, entry);
    // Two images may have one tag and be told apart by their digests.
    if (name === undefined || taken.has(name)) continue;
    taken.add(name);
    entry.names.push(name);
  }
  const list = [...entries.values()].map(({ docker, names }) => dockerEntry(docker, names));
  return { text: list.length === 0 ? undefined : JSON.stringify(list), read };
}

/** Engines load all images of a list or none: one of another system, or that does not fit its layers, would spoil it. */
function isLinux({ layers }: DockerImage, raw: Uint8Array | undefined): boolean {
  if (raw === undefined) return false;
  try {
    const { os, rootfs } = parseImageConfig(raw);
    return os === "linux" && rootfs.diff_ids.length === layers.length;
  } catch (error) {
    if (error instanceof FerryError) return false;
    throw error;
  }
}
