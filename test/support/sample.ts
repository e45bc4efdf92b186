/** One repository with an example of everything that a copy may meet. */
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { Content, fallbackTag } from "./content.ts";
import { add, addArtifact, addImage, addIndex, addLayer, addSchema1, jsonBytes } from "./images.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";

const PLATFORMS = [
  { os: "linux", architecture: "amd64" },
  { os: "linux", architecture: "arm64" },
  { os: "linux", architecture: "arm", variant: "v7" },
] as const;

/** An index of three platforms that share a layer; 4 manifests, 10 blobs. */
export function addMulti(content: Content, tag: string, seed = 1): Descriptor {
  const shared = addLayer(content, seed, 4000);
  const manifests = PLATFORMS.map((platform, at) =>
    addImage(content, {
      platform,
      layers: [shared, addLayer(content, seed * 100 + at * 2), addLayer(content, seed * 100 + at * 2 + 1)],
    })
  );
  return addIndex(content, { tag, manifests });
}

/** Only what every registry takes: images and lists of OCI and Docker, a nested index, an artifact, referrers. */
export function plainSample(): Content {
  const content = new Content();
  const multi = addMulti(content, "multi");
  const base = addLayer(content, 1, 4000);
  const single = addImage(content, { tag: "single", layers: [base, addLayer(content, 50)] });
  addImage(content, { tag: "docker", layers: [base], docker: true });
  const child = addImage(content, { layers: [base, addLayer(content, 51)], docker: true });
  addIndex(content, { tag: "docker-list", manifests: [child], docker: true });
  addIndex(content, { tag: "nested", manifests: [single, multi], annotations: { level: "outer" } });
  addArtifact(content, { tag: "artifact", artifactType: "application/vnd.example.thing" });
  const sbom = addArtifact(content, {
    artifactType: "application/spdx+json",
    subject: multi,
    annotations: { "org.example.kind": "sbom" },
  });
  addArtifact(content, { artifactType: "application/vnd.example.signature", subject: multi });
  addArtifact(content, { artifactType: "application/vnd.example.signature", subject: sbom, text: "signed sbom" });
  addArtifact(content, { tag: `${fallbackTag(single.digest)}.sig`, artifactType: "application/vnd.example.cosign" });
  return content;
}

/** What {@linkcode plainSample} has and the odd ones: sha512, schema 1, foreign layers, data, a loop, a big manifest. */
export function fullSample(): Content {
  const content = plainSample();
  const base = addLayer(content, 1, 4000);
  addImage(content, { tag: "sha512", layers: [addLayer(content, 60, 2000, "sha512")], algorithm: "sha512" });
  addSchema1(content, [base, addLayer(content, 61)], "schema1", false);
  addSchema1(content, [base], "schema1-signed", true);
  const gone = addLayer(new Content(), 62);
  const foreign = { ...gone, descriptor: { ...gone.descriptor, urls: ["http://127.0.0.1:1/layer"] } };
  addImage(content, { tag: "foreign", layers: [base, foreign] });
  const text = jsonBytes({ embedded: true });
  const data = {
    mediaType: "application/json",
    digest: content.addBlob(text),
    size: text.byteLength,
    data: text.toBase64(),
  };
  addImage(content, { tag: "embedded", layers: [{ descriptor: data, diffId: data.digest }] });
  const looped = addImage(content, { tag: "loop", layers: [base, addLayer(content, 63)] });
  addIndex(content, { manifests: [looped], subject: looped, artifactType: "application/vnd.example.loop" });
  addBig(content, "big", 5 * 1024 * 1024);
  return content;
}

/** A manifest of about `bytes` bytes. */
export function addBig(content: Content, tag: string, bytes: number): Descriptor {
  const config = jsonBytes({});
  return add(content, tag, "sha256", {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    config: { mediaType: MEDIA_TYPE.ociEmpty, digest: content.addBlob(config), size: config.byteLength },
    layers: [],
    annotations: { padding: "x".repeat(bytes) },
  });
}
