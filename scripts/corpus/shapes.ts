/**
 * The layouts of the corpus: what is in each.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { artifact, image, imageConfig, layer, OCI, PLATFORMS, platforms, referrerList, subjectOf } from "./image.ts";
import { storedGzip } from "./gzip.ts";
import { INDEX, type LayoutWriter } from "./layout.ts";
import { misc } from "./misc.ts";
import { Random } from "./random.ts";
import { tar, TAR_END, tarHeader, tarPadding } from "./tar.ts";

const MIB = 1024 * 1024;

/** A layout by name. */
export interface Shape {
  /** What is in it. */
  readonly summary: string;
  /** Fills it. */
  readonly write: (layout: LayoutWriter) => Promise<void> | void;
}

/** Every layout. */
export const SHAPES: Readonly<Record<string, Shape>> = {
  multi: { summary: "three platforms of three layers, 24 MiB each; tags latest and 1.0", write: multi },
  big: { summary: "one image of eight layers of 64 MiB that do not compress; tag latest", write: big },
  refs: { summary: "an index with signatures, SBOM and attestation, digest tags, a nested index", write: refs },
  tags200: { summary: "tags t000 to t199 that share a layer of 4 MiB", write: tags200 },
  misc: { summary: "zstd, Docker's types, foreign layers, sha512, odd sizes, five levels of referrers", write: misc },
  blob64m: { summary: "one image of one layer of 64 MiB; tag latest", write: (layout) => single(layout, 64) },
  blob1g: { summary: "one image of one layer of 1 GiB; tag latest", write: (layout) => single(layout, 1024) },
  blob4g: { summary: "one image of one layer of 4 GiB; tag latest", write: (layout) => single(layout, 4096) },
};

function multi(layout: LayoutWriter): void {
  platforms(layout, "multi", [10, 8, 6], ["latest", "1.0"]);
}

async function big(layout: LayoutWriter): Promise<void> {
  const diffIds: string[] = [];
  const layers: Descriptor[] = [];
  for (let at = 0; at < 8; at++) {
    const diffId = createHash("sha256");
    layers.push(await layout.stream(storedGzip(oneFile(`big ${at}`, `data/${at}.bin`, 64), diffId), OCI.layer));
    diffIds.push(`sha256:${diffId.digest("hex")}`);
  }
  finish(layout, diffIds, layers);
}

async function single(layout: LayoutWriter, mib: number): Promise<void> {
  const only = await layout.stream(oneFile(`single ${mib}`, "data.bin", mib), OCI.layer.replace("+gzip", ""));
  finish(layout, [only.digest], [only]);
}

function finish(layout: LayoutWriter, diffIds: readonly string[], layers: readonly Descriptor[]): void {
  const config = layout.blob(imageConfig(PLATFORMS[0]!, diffIds), OCI.config);
  layout.manifest({ schemaVersion: 2, mediaType: OCI.manifest, config, layers }, ["latest"]);
}

/** A tar archive of one file of random bytes, in pieces. */
function* oneFile(seed: string, name: string, mib: number): Generator<Uint8Array> {
  const random = new Random(seed);
  yield tarHeader(name, mib * MIB);
  for (let piece = 0; piece < mib; piece++) yield random.bytes(MIB);
  yield tarPadding(mib * MIB);
  yield TAR_END;
}

function tags200(layout: LayoutWriter): void {
  const base = layer(layout, tar([{ name: "base.bin", content: new Random("base").bytes(4 * MIB) }]));
  for (let at = 0; at < 200; at++) {
    const own = tar([{ name: `app${at}.bin`, content: new Random(`app ${at}`).bytes(16 * 1024) }]);
    image(layout, [base, layer(layout, own)], { tags: [`t${at.toString().padStart(3, "0")}`] });
  }
}

function refs(layout: LayoutWriter): void {
  const { index, images } = platforms(layout, "refs", [.5, .25, .1], ["v1"]);
  const signature = "application/vnd.example.signature.v1";
  const packages = Array.from({ length: 400 }, (_, at) => ({ name: `package${at}`, versionInfo: `1.${at}` }));
  const sbom = artifact(layout, "application/spdx+json", JSON.stringify({ spdxVersion: "SPDX-2.3", packages }), {
    subject: index,
    annotations: { "com.example.format": "spdx" },
  });
  const onIndex = [
    artifact(layout, signature, `signature of ${index.digest}`, {
      subject: index,
      annotations: { "com.example.signer": "alice" },
    }),
    sbom,
    layout.manifest({
      schemaVersion: 2,
      mediaType: INDEX,
      artifactType: "application/vnd.example.bundle",
      manifests: [],
      subject: subjectOf(index),
      annotations: { "com.example.kind": "index" },
    }),
  ];
  const onSbom = artifact(layout, signature, "signature of the SBOM", {
    subject: sbom,
    annotations: { "com.example.signer": "bob" },
  });
  const onImage = artifact(layout, "application/vnd.in-toto+json", '{"_type":"https://in-toto.io/Statement/v1"}', {
    subject: images[0]!,
  });
  referrerList(layout, index, onIndex);
  referrerList(layout, sbom, [onSbom]);
  referrerList(layout, images[0]!, [onImage]);
  digestTags(layout, index);
  const other = platforms(layout, "refs other", [.1, .1, .1]).index;
  layout.index([index, other, images[0]!], ["nested"]);
}

/** Tags that name a digest with a suffix, as signing tools write them; these manifests have no subject. */
function digestTags(layout: LayoutWriter, subject: Descriptor): void {
  const config = layout.blob(
    new TextEncoder().encode(JSON.stringify({ architecture: "", os: "", config: {} })),
    OCI.config,
  );
  for (const suffix of ["sig", "att", "sbom"]) {
    const content = new TextEncoder().encode(JSON.stringify({ critical: 1, kind: suffix }));
    const layer = layout.blob(content, "application/vnd.example.simple.v1+json", {
      annotations: { "com.example.signature": "MEUCIQD" },
    });
    layout.manifest({ schemaVersion: 2, mediaType: OCI.manifest, config, layers: [layer] }, [
      `${subject.digest.replace(":", "-")}.${suffix}`,
    ]);
  }
}
