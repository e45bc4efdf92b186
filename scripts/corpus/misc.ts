/**
 * Odd images: other compressions, Docker's media types, foreign layers, sha512, large and empty manifests, chains of referrers.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { zstdCompressSync } from "node:zlib";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { digestOf } from "../../src/oci/digest.ts";
import {
  artifact,
  CREATED,
  DOCKER,
  type Family,
  image,
  imageConfig,
  type Layer,
  layer,
  OCI,
  PLATFORMS,
  referrerList,
  rootfs,
  subjectOf,
} from "./image.ts";
import { gzip } from "./gzip.ts";
import type { LayoutWriter } from "./layout.ts";
import { tar } from "./tar.ts";

/** Fills the layout `misc`. */
export function misc(layout: LayoutWriter): void {
  const plain = OCI.layer.replace("+gzip", "");
  const zstd = { mediaType: `${plain}+zstd`, pack: (content: Uint8Array) => zstdCompressSync(content) };
  const docker = { mediaType: DOCKER.layer };
  image(layout, [layer(layout, rootfs("zstd 1", 1, "z"), zstd), layer(layout, rootfs("zstd 2", .5, "y"), zstd)], {
    tags: ["zstd"],
  });
  const unpacked = layer(layout, rootfs("plain", .5, "u"), { mediaType: plain, pack: (content) => content });
  image(layout, [unpacked], { tags: ["uncompressed"] });
  const images = PLATFORMS.map((platform) => {
    const layers = [
      rootfs(`docker ${platform.architecture} 1`, .5, "d"),
      rootfs(`docker ${platform.architecture} 2`, .25, "e"),
    ];
    return image(layout, layers.map((one) => layer(layout, one, docker)), { family: DOCKER, platform });
  });
  const list = "application/vnd.docker.distribution.manifest.list.v2+json";
  layout.manifest({ schemaVersion: 2, mediaType: list, manifests: images }, ["docker-list"]);
  image(layout, [layer(layout, rootfs("docker", .5, "d"), docker)], { family: DOCKER, tags: ["docker2"] });
  foreign(layout, OCI, plain.replace("layer.", "layer.nondistributable.") + "+gzip", "foreign-oci");
  foreign(layout, DOCKER, DOCKER.layer.replace("rootfs.", "rootfs.foreign."), "foreign-docker");
  const long = layer(layout, rootfs("sha512", .2, "s"), { algorithm: "sha512" });
  image(layout, [long], { tags: ["sha512-blobs"], algorithm: "sha512" });
  const config = layout.blob(imageConfig(PLATFORMS[0]!, []), OCI.config);
  layout.manifest({ schemaVersion: 2, mediaType: OCI.manifest, config, layers: [] }, ["nolayers"]);
  const annotations = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`key${at}`, "v".repeat(1000)]));
  const small = layer(layout, tar([{ name: "a", content: new TextEncoder().encode("x") }]));
  image(layout, [small], { tags: ["bigmanifest"], annotations });
  artifact(layout, "application/vnd.example.config.v1", "an artifact", {
    tags: ["artifact"],
    annotations: { "org.opencontainers.image.created": CREATED },
  });
  sameAgain(layout, small);
  mixed(layout, small, images[0]!);
  chain(layout, small);
}

/** One layer twice, none but an empty one, content within a descriptor, a tag as long as may be. */
function sameAgain(layout: LayoutWriter, small: Layer): void {
  image(layout, [small, small], { tags: ["twice", "t".repeat(128)] });
  const nothing = layer(layout, new Uint8Array(), {
    mediaType: OCI.layer.replace("+gzip", ""),
    pack: (content) => content,
  });
  image(layout, [nothing], { tags: ["empty-layer"] });
  const text = new TextEncoder().encode('{"embedded":true}');
  const data = { data: Buffer.from(text).toString("base64") };
  const config = layout.blob(text, "application/vnd.example.config.v1+json", data);
  layout.manifest({ schemaVersion: 2, mediaType: OCI.manifest, config, layers: [small.descriptor] }, ["embedded"]);
}

/** An index as builders write it: an image of Docker's types beside one of OCI's, and an attestation for no platform. */
function mixed(layout: LayoutWriter, small: Layer, docker: Descriptor): void {
  const own = image(layout, [small], { platform: PLATFORMS[1]! });
  const statement = artifact(layout, "application/vnd.in-toto+json", '{"_type":"https://in-toto.io/Statement/v1"}');
  const attestation = {
    ...subjectOf(statement),
    platform: { architecture: "unknown", os: "unknown" },
    annotations: { "vnd.docker.reference.digest": own.digest, "vnd.docker.reference.type": "attestation-manifest" },
  };
  layout.index([docker, own, attestation], ["mixed"]);
}

/** Referrers of referrers, five levels of them, each listed by its fallback tag. */
function chain(layout: LayoutWriter, small: Layer): void {
  let subject = image(layout, [small], { tags: ["chain"], annotations: { level: "0" } });
  for (let level = 1; level <= 5; level++) {
    const next = artifact(layout, "application/vnd.example.level.v1", `level ${level}`, { subject });
    referrerList(layout, subject, [next]);
    subject = next;
  }
}

/** An image with a layer that is only to be had elsewhere: its blob is not in the layout. */
function foreign(layout: LayoutWriter, family: Family, mediaType: string, tag: string): void {
  const away = rootfs("away", .2, "f");
  const own = rootfs("own", .2, "o");
  const packed = gzip(away);
  const platform = { architecture: "amd64", os: "windows" };
  const config = imageConfig(platform, [digestOf(away), digestOf(own)], { "os.version": "10.0.20348.1" });
  layout.manifest({
    schemaVersion: 2,
    mediaType: family.manifest,
    config: layout.blob(config, family.config),
    layers: [
      {
        mediaType,
        digest: digestOf(packed),
        size: packed.length,
        urls: ["https://foreign.example.invalid/layer.tar.gz"],
      },
      layout.blob(gzip(own), family.layer),
    ],
  }, [tag]);
}
