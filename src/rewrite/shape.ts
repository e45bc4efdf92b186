/**
 * The fields of manifests and configs in the order in which they are written (image-spec, manifest.md, image-index.md, descriptor.md,
 * config.md; Docker's own fields of a config among them).
 *
 * @module
 */

/** A field of an object. */
export interface Field {
  /** Its name. */
  readonly name: string;
  /** Written also where it is empty. */
  readonly keep?: boolean;
  /** Shape of its value, or of the items of its list. */
  readonly shape?: Shape;
}

/** How an object is written: its fields in order, or by sorted keys. */
export type Shape = readonly Field[] | "map";

const PLATFORM: readonly Field[] = [
  { name: "architecture", keep: true },
  { name: "os", keep: true },
  { name: "os.version" },
  { name: "os.features" },
  { name: "variant" },
  { name: "features" },
];

const DESCRIPTOR: Shape = [
  { name: "mediaType", keep: true },
  { name: "digest", keep: true },
  { name: "size", keep: true },
  { name: "urls" },
  { name: "annotations", shape: "map" },
  { name: "data" },
  { name: "platform", shape: PLATFORM },
  { name: "artifactType" },
];

const HEAD: readonly Field[] = [
  { name: "schemaVersion", keep: true },
  { name: "mediaType" },
  { name: "artifactType" },
];

const TAIL: readonly Field[] = [
  { name: "subject", shape: DESCRIPTOR },
  { name: "annotations", shape: "map" },
];

/** An image manifest, of OCI or Docker. */
export const MANIFEST_SHAPE: Shape = [
  ...HEAD,
  { name: "config", keep: true, shape: DESCRIPTOR },
  { name: "layers", keep: true, shape: DESCRIPTOR },
  ...TAIL,
];

/** An index, or Docker's manifest list. */
export const INDEX_SHAPE: Shape = [...HEAD, { name: "manifests", keep: true, shape: DESCRIPTOR }, ...TAIL];

/** An artifact manifest of image-spec 1.1's drafts. */
export const ARTIFACT_SHAPE: Shape = [
  { name: "mediaType", keep: true },
  { name: "artifactType" },
  { name: "blobs", shape: DESCRIPTOR },
  ...TAIL,
];

const HEALTH: Shape = ["Test", "Interval", "Timeout", "StartPeriod", "Retries"].map((name) => ({ name }));

const CONTAINER: Shape = [
  { name: "User" },
  { name: "ExposedPorts", shape: "map" },
  { name: "Env" },
  { name: "Entrypoint" },
  { name: "Cmd" },
  { name: "Volumes", shape: "map" },
  { name: "WorkingDir" },
  { name: "Labels", shape: "map" },
  { name: "StopSignal" },
  { name: "StopTimeout", keep: true },
  { name: "ArgsEscaped" },
  { name: "Healthcheck", shape: HEALTH },
  { name: "OnBuild" },
  { name: "Shell" },
];

const HISTORY: Shape = ["created", "created_by", "author", "comment", "empty_layer"].map((name) => ({ name }));

/** The config of an image. */
export const CONFIG_SHAPE: Shape = [
  { name: "created" },
  { name: "author" },
  ...PLATFORM,
  { name: "config", shape: CONTAINER },
  { name: "rootfs", keep: true, shape: [{ name: "type", keep: true }, { name: "diff_ids", keep: true }] },
  { name: "history", shape: HISTORY },
];
