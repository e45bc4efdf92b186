/**
 * A small OCI image layout for command line tests, always the same bytes.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** A descriptor as it is written in the layout. */
export interface FixtureDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly [field: string]: unknown;
}

/** What the layout holds. */
export interface LayoutFixture {
  /** Folder of the layout. */
  readonly path: string;
  /** Index with two images and an attestation: tags `v1` and `latest`. */
  readonly index: FixtureDescriptor;
  /** Images of the index by architecture. */
  readonly images: Readonly<Record<"amd64" | "arm64", FixtureDescriptor>>;
  /** Config of the amd64 image. */
  readonly config: FixtureDescriptor;
  /** Layers of the amd64 image. */
  readonly layers: readonly FixtureDescriptor[];
  /** Artifact with the index as its subject: tag `sbom`. */
  readonly artifact: FixtureDescriptor;
  /** Text of a blob by its digest. */
  text(digest: string): string;
}

const OCI = "application/vnd.oci.image";

/** Writes the layout into `path`, an empty folder. */
export async function writeLayout(path: string): Promise<LayoutFixture> {
  const blobs = new Map<string, string>();
  const add = (mediaType: string, text: string, more: Record<string, unknown> = {}): FixtureDescriptor => {
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    blobs.set(digest, text);
    return { mediaType, digest, size: new TextEncoder().encode(text).byteLength, ...more };
  };
  const image = (architecture: string) => {
    const layers = ["base", `app for ${architecture} `.repeat(8000)].map((text) =>
      add(`${OCI}.layer.v1.tar+gzip`, text)
    );
    const config = add(
      `${OCI}.config.v1+json`,
      JSON.stringify({
        created: "2021-01-01T00:00:00Z",
        author: "someone",
        architecture,
        os: "linux",
        config: { Env: ["PATH=/bin"], Cmd: ["/app"], Labels: { "org.example.b": "2", "org.example.a": "1 <x> & y" } },
        rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.digest) },
        history: [{ created: "2021-01-01T00:00:00Z", created_by: "ADD base" }],
        "org.example.unknown": 9007199254740993n.toString(),
      }),
    );
    const manifest = add(
      `${OCI}.manifest.v1+json`,
      JSON.stringify({
        schemaVersion: 2,
        mediaType: `${OCI}.manifest.v1+json`,
        config,
        layers,
        annotations: { "org.example.z": "last", "org.example.kind": "image" },
      }),
    );
    return { manifest, config, layers };
  };
  const amd64 = image("amd64");
  const arm64 = image("arm64");
  const attestation = add(
    `${OCI}.manifest.v1+json`,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      config: add(`${OCI}.config.v1+json`, '{"os":"unknown","architecture":"unknown"}'),
      layers: [
        add("application/vnd.in-toto+json", '{"predicate":{}}', { annotations: { "in-toto.io/predicate": "p" } }),
      ],
    }),
  );
  const index = add(
    `${OCI}.index.v1+json`,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${OCI}.index.v1+json`,
      manifests: [
        { ...amd64.manifest, platform: { architecture: "amd64", os: "linux" } },
        { ...arm64.manifest, platform: { architecture: "arm64", os: "linux", variant: "v8" } },
        {
          ...attestation,
          annotations: { "vnd.docker.reference.type": "attestation-manifest" },
          platform: { architecture: "unknown", os: "unknown" },
        },
      ],
      annotations: { "org.example.version": "v1" },
    }),
  );
  const artifact = add(
    `${OCI}.manifest.v1+json`,
    JSON.stringify({
      schemaVersion: 2,
      mediaType: `${OCI}.manifest.v1+json`,
      artifactType: "application/example.sbom",
      config: add("application/vnd.oci.empty.v1+json", "{}"),
      layers: [add("application/example.sbom", "sbom of v1")],
      subject: { mediaType: index.mediaType, digest: index.digest, size: index.size },
    }),
  );
  await Deno.mkdir(`${path}/blobs/sha256`, { recursive: true });
  for (const [digest, text] of blobs) await Deno.writeTextFile(`${path}/blobs/sha256/${digest.slice(7)}`, text);
  const named = (descriptor: FixtureDescriptor, name: string) => ({
    ...descriptor,
    annotations: { "org.opencontainers.image.ref.name": name },
  });
  const tags = [named(index, "v1"), named(index, "latest"), named(amd64.manifest, "amd"), named(artifact, "sbom")];
  await Deno.writeTextFile(`${path}/index.json`, JSON.stringify({ schemaVersion: 2, manifests: tags }));
  await Deno.writeTextFile(`${path}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
  return {
    path,
    index,
    images: { amd64: amd64.manifest, arm64: arm64.manifest },
    config: amd64.config,
    layers: amd64.layers,
    artifact,
    text: (digest) => blobs.get(digest) ?? "",
  };
}
