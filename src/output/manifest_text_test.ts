import assert from "node:assert/strict";
import { buildManifest, parseManifest } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media_type.ts";
import { manifestText } from "./manifest_text.ts";

const A = `sha256:${"a".repeat(64)}`;
const B = `sha256:${"b".repeat(64)}`;
const CONFIG = { mediaType: MEDIA_TYPE.ociConfig, digest: B, size: 17 };

Deno.test("an image: every field of a descriptor, sizes, sorted annotations, subject", () => {
  const layer = {
    mediaType: MEDIA_TYPE.ociLayerGzip,
    digest: A,
    size: 100_001,
    urls: ["http://a.example/x", "http://b.example/y"],
    annotations: { b: "1", a: "2" },
    artifactType: "app/x",
  };
  const manifest = buildManifest({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    config: CONFIG,
    layers: [layer, {
      mediaType: MEDIA_TYPE.ociLayer,
      digest: B,
      size: 5,
      platform: { os: "linux", architecture: "arm", variant: "v7" },
    }],
    subject: { mediaType: MEDIA_TYPE.ociManifest, digest: A, size: 8, annotations: { q: "r" } },
  }, MEDIA_TYPE.ociManifest);
  assert.equal(
    manifestText(manifest, "a.example/b:c"),
    `Name:           a.example/b:c
MediaType:      application/vnd.oci.image.manifest.v1+json
Digest:         ${manifest.descriptor.digest}
Total Size:     100.006kB
                
Config:         
  Digest:       ${B}
  MediaType:    application/vnd.oci.image.config.v1+json
  Size:         17B
                
Layers:         
                
  Digest:       ${A}
  MediaType:    application/vnd.oci.image.layer.v1.tar+gzip
  ArtifactType: app/x
  Size:         100.001kB
  URLs:         http://a.example/x, http://b.example/y
  Annotations:  
    a:          2
    b:          1
                
  Digest:       ${B}
  MediaType:    application/vnd.oci.image.layer.v1.tar
  Size:         5B
  Platform:     linux/arm/v7
                
Subject:        
  Digest:       ${A}
  MediaType:    application/vnd.oci.image.manifest.v1+json
  Annotations:  
    q:          r
`,
  );
});

Deno.test("an index: names with digests, platforms, no sizes of manifests", () => {
  const manifest = buildManifest({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociIndex,
    artifactType: "app/idx",
    manifests: [{
      mediaType: MEDIA_TYPE.ociManifest,
      digest: A,
      size: 7,
      platform: {
        os: "windows",
        architecture: "amd64",
        "os.version": "10.0.17763.1",
        "os.features": ["win32k", "other"],
      },
    }, { mediaType: MEDIA_TYPE.ociManifest, digest: B, size: 8 }],
    annotations: { z: "1", e: "2" },
  }, MEDIA_TYPE.ociIndex);
  assert.equal(
    manifestText(manifest, "x:v1"),
    `Name:         x:v1
MediaType:    application/vnd.oci.image.index.v1+json
ArtifactType: app/idx
Digest:       ${manifest.descriptor.digest}
Annotations:  
  e:          2
  z:          1
              
Manifests:    
              
  Name:       x:v1@${A}
  Digest:     ${A}
  MediaType:  application/vnd.oci.image.manifest.v1+json
  Platform:   windows/amd64
  OSVersion:  10.0.17763.1
  OSFeatures: win32k, other
              
  Name:       x:v1@${B}
  Digest:     ${B}
  MediaType:  application/vnd.oci.image.manifest.v1+json
`,
  );
});

Deno.test("artifact manifests have blobs, schema 1 layers without sizes", () => {
  const artifact = buildManifest(
    { mediaType: MEDIA_TYPE.ociArtifact, artifactType: "app/a", blobs: [{ mediaType: "a/b", digest: A, size: 2 }] },
    MEDIA_TYPE.ociArtifact,
  );
  assert.match(
    manifestText(artifact, "n"),
    /Total Size: {3}2\.000B\n {14}\nBlobs: {8}\n {14}\n {2}Digest: {5}sha256:a/,
  );
  const schema1 = buildManifest(
    { schemaVersion: 1, fsLayers: [{ blobSum: A }, { blobSum: B }] },
    MEDIA_TYPE.dockerSchema1,
  );
  assert.ok(manifestText(schema1, "n").endsWith(`\nLayers:    \n  Digest:  ${A}\n  Digest:  ${B}\n`));
});

Deno.test("text of a registry cannot steer the terminal, nor can odd platforms break the output", () => {
  const raw = new TextEncoder().encode(JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociIndex,
    manifests: [
      { mediaType: MEDIA_TYPE.ociManifest, digest: A, size: 1, platform: { os: 5, architecture: null } },
      { mediaType: MEDIA_TYPE.ociManifest, digest: B, size: 1, platform: { os: "", architecture: "" } },
    ],
    annotations: { "k\ty": "a\nb\x1b[31m\u009b" },
  }));
  const text = manifestText(parseManifest(raw), "n");
  assert.ok(text.includes("k\\ty:"));
  assert.ok(text.includes("a\\nb\\x1b[31m\\x9b\n"));
  assert.equal(text.includes("Platform"), false);
});
