/**
 * What scripts see of OCI's data: records with a name of Go's and one of JSON's for each field, as regbot has them.
 *
 * @module
 */

/** Type of a field's value. */
export type FieldType =
  | "text"
  | "number"
  | "flag"
  /** RFC 3339 in JSON, Go's text in scripts; a script cannot change it. */
  | "time"
  /** Base64 in JSON, a list of numbers in scripts. */
  | "bytes"
  | "texts"
  /** Texts by name. */
  | "textMap"
  /** Names, each with an empty object. */
  | "names"
  /** A record. */
  | { readonly record: Shape }
  /** A record or nothing. */
  | { readonly optional: Shape }
  /** A list of records. */
  | { readonly list: Shape }
  /** A record whose fields stand among those around it in JSON, and under its name in scripts. */
  | { readonly embedded: Shape };

/** A field. */
export interface Field {
  /** Name in Go. */
  readonly go: string;
  /** Name in JSON; not there for an embedded record. */
  readonly json?: string;
  /** Type of its value. */
  readonly type: FieldType;
  /** Left out of JSON where it is empty. */
  readonly omit?: boolean;
}

/** Fields of a record, in the order of its JSON. */
export type Shape = readonly Field[];

function field(go: string, json: string, type: FieldType, omit = true): Field {
  return { go, json, type, omit };
}

const PLATFORM: Shape = [
  field("Architecture", "architecture", "text", false),
  field("OS", "os", "text", false),
  field("OSVersion", "os.version", "text"),
  field("OSFeatures", "os.features", "texts"),
  field("Variant", "variant", "text"),
  field("Features", "features", "texts"),
];

/** A descriptor (image-spec, descriptor.md). */
export const DESCRIPTOR: Shape = [
  field("MediaType", "mediaType", "text", false),
  field("Digest", "digest", "text", false),
  field("Size", "size", "number", false),
  field("URLs", "urls", "texts"),
  field("Annotations", "annotations", "textMap"),
  field("Data", "data", "bytes"),
  field("Platform", "platform", { optional: PLATFORM }),
  field("ArtifactType", "artifactType", "text"),
];

const VERSIONED: Field = {
  go: "Versioned",
  type: { embedded: [field("SchemaVersion", "schemaVersion", "number", false)] },
};
const DOCKER_VERSIONED: Field = {
  go: "Versioned",
  type: {
    embedded: [field("SchemaVersion", "schemaVersion", "number", false), field("MediaType", "mediaType", "text")],
  },
};
const MEDIA_TYPE = field("MediaType", "mediaType", "text");
const ARTIFACT_TYPE = field("ArtifactType", "artifactType", "text");
const CONFIG = field("Config", "config", { record: DESCRIPTOR }, false);
const LAYERS = field("Layers", "layers", { list: DESCRIPTOR }, false);
const MANIFESTS = field("Manifests", "manifests", { list: DESCRIPTOR }, false);
const SUBJECT = field("Subject", "subject", { optional: DESCRIPTOR });
const ANNOTATIONS = field("Annotations", "annotations", "textMap");

/** An image manifest (image-spec, manifest.md). */
export const OCI_MANIFEST: Shape = [VERSIONED, MEDIA_TYPE, ARTIFACT_TYPE, CONFIG, LAYERS, SUBJECT, ANNOTATIONS];
/** An index (image-spec, image-index.md). */
export const OCI_INDEX: Shape = [VERSIONED, MEDIA_TYPE, ARTIFACT_TYPE, MANIFESTS, SUBJECT, ANNOTATIONS];
/** An artifact manifest, which image-spec 1.1 gave up. */
export const OCI_ARTIFACT: Shape = [
  MEDIA_TYPE,
  ARTIFACT_TYPE,
  field("Blobs", "blobs", { list: DESCRIPTOR }),
  SUBJECT,
  ANNOTATIONS,
];
/** Docker's image manifest, schema 2. */
export const DOCKER_MANIFEST: Shape = [DOCKER_VERSIONED, CONFIG, LAYERS, ANNOTATIONS];
/** Docker's manifest list. */
export const DOCKER_LIST: Shape = [DOCKER_VERSIONED, MANIFESTS, ANNOTATIONS];
/** Docker's image manifest, schema 1. */
export const DOCKER_SCHEMA1: Shape = [
  DOCKER_VERSIONED,
  field("Name", "name", "text", false),
  field("Tag", "tag", "text", false),
  field("Architecture", "architecture", "text", false),
  field("FSLayers", "fsLayers", { list: [field("BlobSum", "blobSum", "text", false)] }, false),
  field("History", "history", { list: [field("V1Compatibility", "v1Compatibility", "text", false)] }, false),
];

const HEALTHCHECK: Shape = [
  field("Test", "Test", "texts"),
  field("Interval", "Interval", "number"),
  field("Timeout", "Timeout", "number"),
  field("StartPeriod", "StartPeriod", "number"),
  field("StartInterval", "StartInterval", "number"),
  field("Retries", "Retries", "number"),
];

const CONTAINER: Shape = [
  field("User", "User", "text"),
  field("ExposedPorts", "ExposedPorts", "names"),
  field("Env", "Env", "texts"),
  field("Entrypoint", "Entrypoint", "texts"),
  field("Cmd", "Cmd", "texts"),
  field("Volumes", "Volumes", "names"),
  field("WorkingDir", "WorkingDir", "text"),
  field("Labels", "Labels", "textMap"),
  field("StopSignal", "StopSignal", "text"),
  field("StopTimeout", "StopTimeout", "number"),
  field("ArgsEscaped", "ArgsEscaped", "flag"),
  field("Healthcheck", "Healthcheck", { optional: HEALTHCHECK }),
  field("OnBuild", "OnBuild", "texts"),
  field("Shell", "Shell", "texts"),
];

/** The configuration of an image (image-spec, config.md). */
export const IMAGE_CONFIG: Shape = [
  field("Created", "created", "time"),
  field("Author", "author", "text"),
  { go: "Platform", type: { embedded: PLATFORM } },
  field("Config", "config", { record: CONTAINER }),
  field("RootFS", "rootfs", {
    record: [field("Type", "type", "text", false), field("DiffIDs", "diff_ids", "texts", false)],
  }, false),
  field("History", "history", {
    list: [
      field("Created", "created", "time"),
      field("CreatedBy", "created_by", "text"),
      field("Author", "author", "text"),
      field("Comment", "comment", "text"),
      field("EmptyLayer", "empty_layer", "flag"),
    ],
  }),
];
