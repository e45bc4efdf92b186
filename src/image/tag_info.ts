/**
 * What is known of tags in few requests: digest, when the image was made, its size, its platforms.
 *
 * @module
 */
import { localPlatform } from "../config/local_platform.ts";
import { FerryError, isFerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import type { Digest } from "../oci/digest.ts";
import { type ImageConfig, parseImageConfig, platformOfConfig } from "../oci/image_config.ts";
import type { Manifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media_type.ts";
import { formatPlatform } from "../oci/platform.ts";
import { selectPlatform } from "../oci/platform_select.ts";
import { type Reference, withDigest, withTag } from "../reference/reference.ts";
import type { CallOptions, Transport } from "../transport/transport.ts";
import { getSmallBlob } from "./resolve.ts";

/** What is known of a tag. */
export interface TagInfo {
  /** The tag. */
  readonly tag: string;
  /** Digest of its manifest. */
  readonly digest: Digest;
  /** Media type of its manifest. */
  readonly mediaType: string;
  /** When the image was made, as its config says (RFC 3339); of an index, that of this machine's platform or the first one. */
  readonly created?: string;
  /** Bytes of the config and the layers as they are stored; of an index, those of the same platform. */
  readonly size: number;
  /** Platforms, without attestations. */
  readonly platforms: readonly string[];
  /** Labels of the config. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What a manifest says of all that; shared by the tags that name it. */
type ManifestInfo = Omit<TagInfo, "tag" | "digest">;

/** Looks at tags of one repository; what several of them name is asked for once. Holds that until it is dropped. */
export class TagLooker {
  readonly #transport: Transport;
  readonly #repository: Reference;
  readonly #options: CallOptions;
  readonly #known = new Map<Digest, Promise<ManifestInfo>>();

  /** The repository or layout; its tag does not matter. */
  constructor(transport: Transport, repository: Reference, options: CallOptions = {}) {
    this.#transport = transport;
    this.#repository = repository;
    this.#options = options;
  }

  /**
   * One request for the manifest, one for the config, one more where it is an index.
   *
   * @throws {FerryError} MANIFEST_UNKNOWN and what the transport throws
   */
  async look(tag: string): Promise<TagInfo> {
    const manifest = await this.#transport.getManifest(withTag(this.#repository, tag), this.#options);
    const { digest } = manifest.descriptor;
    return { tag, digest, ...await this.#infoOf(manifest) };
  }

  #infoOf(manifest: Manifest): Promise<ManifestInfo> {
    const { digest } = manifest.descriptor;
    const known = this.#known.get(digest);
    if (known !== undefined) return known;
    const found = this.#find(manifest);
    this.#known.set(digest, found);
    found.catch(() => this.#known.delete(digest));
    return found;
  }

  async #find(manifest: Manifest): Promise<ManifestInfo> {
    const { mediaType } = manifest.descriptor;
    if (manifest.kind !== "index") return await this.#ofImage(manifest);
    const images = manifest.manifests.filter(isImage);
    const platforms = images.flatMap(({ platform }) => platform === undefined ? [] : [formatPlatform(platform)]);
    const chosen = chooseImage(images);
    if (chosen === undefined) return { mediaType, size: 0, platforms, labels: {} };
    const child = await this.#transport.getManifest(withDigest(this.#repository, chosen.digest), this.#options);
    // What an index nests is not looked into: the platforms are those that it names itself.
    if (child.kind === "index") return { mediaType, size: 0, platforms, labels: {} };
    return { ...await this.#infoOf(child), mediaType, platforms };
  }

  async #ofImage(manifest: Manifest): Promise<ManifestInfo> {
    const { mediaType } = manifest.descriptor;
    const size = [...manifest.layers, ...(manifest.config === undefined ? [] : [manifest.config])]
      .reduce((sum, descriptor) => sum + Math.max(descriptor.size, 0), 0);
    const config = await this.#configOf(manifest.config);
    if (config === undefined) return { mediaType, size, platforms: [], labels: {} };
    const platform = platformOfConfig(config);
    return {
      mediaType,
      size,
      ...(config.created === undefined ? {} : { created: config.created }),
      platforms: platform.os === "" || platform.architecture === "" ? [] : [formatPlatform(platform)],
      labels: config.config?.Labels ?? {},
    };
  }

  async #configOf(config: Descriptor | undefined): Promise<ImageConfig | undefined> {
    if (config?.mediaType !== MEDIA_TYPE.ociConfig && config?.mediaType !== MEDIA_TYPE.dockerConfig) return undefined;
    try {
      return parseImageConfig(await getSmallBlob(this.#transport, this.#repository, config, this.#options));
    } catch (error) {
      // Artifacts of some tools carry a config of this type that is none.
      if (isFerryError(error, "MANIFEST_INVALID")) return undefined;
      throw error;
    }
  }
}

/** This machine's image of an index, else the first. */
function chooseImage(images: readonly Descriptor[]): Descriptor | undefined {
  try {
    return selectPlatform(images, localPlatform());
  } catch (error) {
    if (error instanceof FerryError) return images[0];
    throw error;
  }
}

/** Attestations stand in an index as images of no platform. */
function isImage({ platform, annotations }: Descriptor): boolean {
  return platform?.os !== "unknown" && annotations?.["vnd.docker.reference.type"] === undefined;
}
