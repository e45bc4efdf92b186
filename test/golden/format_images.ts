/**
 * Images with all that formats show, always the same bytes: an index of two platforms with an attestation, a Docker image, an
 * artifact that refers to the index.
 *
 * @module
 */
import { digestOf } from "../../src/oci/digest.ts";

type Json = Readonly<Record<string, unknown>>;

const OCI = "application/vnd.oci.image";
const DOCKER = "application/vnd.docker";

/** What {@linkcode writeImages} wrote. */
export interface Images {
  /** Digest of the config of `amd`. */
  readonly config: string;
}

/** Writes a layout with the tags v1, again, amd, docker, list and sbom. */
export async function writeImages(path: string): Promise<Images> {
  const folder = `${path}/blobs/sha256`;
  await Deno.mkdir(folder, { recursive: true });
  const add = async (mediaType: string, content: string | Json, more: Json = {}) => {
    const bytes = new TextEncoder().encode(typeof content === "string" ? content : JSON.stringify(content));
    const digest = digestOf(bytes);
    await Deno.writeFile(`${folder}/${digest.slice("sha256:".length)}`, bytes);
    const size = bytes.byteLength;
    // Docker writes the size first.
    return mediaType.startsWith(DOCKER) ? { mediaType, size, digest, ...more } : { mediaType, digest, size, ...more };
  };
  const image = async (architecture: string, types: readonly [string, string, string], more: Json) => {
    const layers = [
      await add(types[2], "the base"),
      await add(types[2], `for ${architecture}: ${"more ".repeat(30_000)}`),
    ];
    const config = await add(types[1], configOf(architecture, layers.map((layer) => layer.digest), more));
    const manifest = { schemaVersion: 2, mediaType: types[0], config, layers };
    const annotations = types === OCI_TYPES
      ? { annotations: { "org.example.z": "last", "org.example.version": "v1" } }
      : {};
    return { config, manifest: await add(types[0], { ...manifest, ...annotations }) };
  };
  const amd64 = await image("amd64", OCI_TYPES, {});
  const arm64 = await image("arm64", OCI_TYPES, { variant: "v8" });
  const docker = await image("amd64", DOCKER_TYPES, { docker_version: "20.10.7", container: "0123456789ab" });
  const list = await add(`${DOCKER}.distribution.manifest.list.v2+json`, {
    schemaVersion: 2,
    mediaType: `${DOCKER}.distribution.manifest.list.v2+json`,
    manifests: [
      { ...docker.manifest, platform: { os: "linux", architecture: "amd64" } },
      { ...docker.manifest, platform: { architecture: "amd64", os: "windows", "os.version": "10.0.17763.1" } },
    ],
  });
  const attestation = await add(`${OCI}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: await add(`${OCI}.config.v1+json`, '{"os":"unknown","architecture":"unknown"}'),
    layers: [await add("application/vnd.in-toto+json", "{}", { annotations: { "in-toto.io/predicate-type": "p" } })],
  });
  const index = await add(`${OCI}.index.v1+json`, {
    schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: [
      { ...amd64.manifest, platform: { architecture: "amd64", os: "linux" } },
      { ...arm64.manifest, platform: { architecture: "arm64", os: "linux", variant: "v8" } },
      {
        ...attestation,
        // One only: regctl prints those of an entry in any order.
        annotations: { "vnd.docker.reference.type": "attestation-manifest" },
        platform: { architecture: "unknown", os: "unknown" },
      },
    ],
    annotations: { "org.example.version": "v1", "org.example.a": 'a "quoted" <value> & more' },
  });
  const sbom = await add(`${OCI}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    artifactType: "application/example.sbom",
    config: await add("application/vnd.oci.empty.v1+json", "{}"),
    layers: [
      await add("application/example.sbom", "what v1 is made of", {
        annotations: { "org.opencontainers.image.title": "sbom.txt" },
      }),
    ],
    subject: { mediaType: index.mediaType, digest: index.digest, size: index.size },
    annotations: { "org.example.version": "v1" },
  });
  const tagged = Object.entries({ v1: index, again: index, amd: amd64.manifest, docker: docker.manifest, list, sbom });
  const manifests = tagged.map(([tag, { mediaType, digest, size }]) => ({
    mediaType,
    digest,
    size,
    annotations: { "org.opencontainers.image.ref.name": tag },
  }));
  await Deno.writeTextFile(`${path}/index.json`, JSON.stringify({ schemaVersion: 2, manifests }));
  await Deno.writeTextFile(`${path}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
  return { config: amd64.config.digest };
}

const OCI_TYPES = [`${OCI}.manifest.v1+json`, `${OCI}.config.v1+json`, `${OCI}.layer.v1.tar+gzip`] as const;
const DOCKER_TYPES = [
  `${DOCKER}.distribution.manifest.v2+json`,
  `${DOCKER}.container.image.v1+json`,
  `${DOCKER}.image.rootfs.diff.tar.gzip`,
] as const;

function configOf(architecture: string, diffIds: readonly string[], more: Json): Json {
  return {
    created: "2021-03-04T05:06:07.123456789Z",
    author: "Some One <one@example.org>",
    architecture,
    ...more,
    os: "linux",
    config: {
      User: "nobody:100",
      ExposedPorts: { "8080/tcp": {}, "53/udp": {} },
      Env: ["PATH=/usr/local/bin:/bin", "LANG=C.UTF-8", "EMPTY="],
      Entrypoint: ["/app", "--serve"],
      Cmd: ["--port", "8080"],
      Volumes: { "/data": {} },
      WorkingDir: "/srv",
      Labels: {
        "org.opencontainers.image.version": "1.2.3",
        "org.label-schema.build-date": "2021-03-04",
        "com.example.html": "<b>&amp;</b>",
        "com.example.text": "two\nlines",
      },
      StopSignal: "SIGTERM",
      Healthcheck: { Test: ["CMD", "/check"], Interval: 30000000000 },
      ...(more.docker_version === undefined ? {} : {
        Volumes: null,
        Healthcheck: null,
        Hostname: "",
        AttachStdin: false,
        Image: "sha256:0123",
        OnBuild: null,
      }),
    },
    rootfs: { type: "layers", diff_ids: diffIds },
    history: [
      { created: "2021-03-04T05:06:07Z", created_by: "ADD base / # buildkit", comment: "buildkit.dockerfile.v0" },
      { created: "2021-03-04T05:06:08+01:00", created_by: "ENV LANG=C.UTF-8", empty_layer: true },
      { created: "2021-03-04T05:06:09Z", created_by: "COPY app /", author: "Some One" },
    ],
    "x.example.unknown": { kept: [1.0, 2.50, 12345678901] },
  };
}
