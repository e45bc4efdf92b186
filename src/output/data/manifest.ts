/**
 * Manifests as templates see them.
 *
 * @module
 */
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Manifest } from "../../oci/manifest.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import type { Reference } from "../../reference/reference.ts";
import { headerValues } from "../headers_text.ts";
import { goMap } from "../template/go_map.ts";
import { type GoMap, GoNil, goStruct, type GoValue, JsonText } from "../template/value.ts";
import { descriptorData } from "./descriptor.ts";
import { referenceData } from "./reference.ts";

/** A manifest and its reference. */
export interface NamedManifest {
  /** The manifest, or its descriptor alone where only that was asked for. */
  readonly manifest: Manifest | Descriptor;
  /** Where it was found. */
  readonly reference: Reference;
  /** Text of the reference. */
  readonly name: string;
  /** Text of the manifest for people. */
  readonly pretty?: () => string;
  /** Headers that came with it. */
  readonly headers?: Headers;
}

/** What regctl's templates know of manifests of a media type. */
interface GoManifest {
  /** Name of the type. */
  readonly type: string;
  /** Fields in order. */
  readonly fields: readonly string[];
}

const VERSIONED = ["SchemaVersion", "MediaType"];
const SCHEMA1 = [...VERSIONED, "Name", "Tag", "Architecture", "FSLayers", "History"];
const GO_TYPES: Readonly<Record<string, GoManifest>> = {
  [MEDIA_TYPE.ociIndex]: {
    type: "*manifest.oci1Index",
    fields: [...VERSIONED, "ArtifactType", "Manifests", "Subject", "Annotations"],
  },
  [MEDIA_TYPE.ociManifest]: {
    type: "*manifest.oci1Manifest",
    fields: [...VERSIONED, "ArtifactType", "Config", "Layers", "Subject", "Annotations"],
  },
  [MEDIA_TYPE.ociArtifact]: {
    type: "*manifest.oci1Artifact",
    fields: ["MediaType", "ArtifactType", "Blobs", "Subject", "Annotations"],
  },
  [MEDIA_TYPE.dockerManifestList]: {
    type: "*manifest.docker2ManifestList",
    fields: [...VERSIONED, "Manifests", "Annotations"],
  },
  [MEDIA_TYPE.dockerManifest]: {
    type: "*manifest.docker2Manifest",
    fields: [...VERSIONED, "Config", "Layers", "Annotations"],
  },
  [MEDIA_TYPE.dockerSchema1]: { type: "*manifest.docker1Manifest", fields: SCHEMA1 },
  [MEDIA_TYPE.dockerSchema1Signed]: { type: "*manifest.docker1SignedManifest", fields: SCHEMA1 },
};
const UNKNOWN: GoManifest = { type: "*manifest.unknown", fields: [...VERSIONED, "ArtifactType", "Annotations"] };

function goTypeOf(mediaType: string): GoManifest {
  return Object.hasOwn(GO_TYPES, mediaType) ? GO_TYPES[mediaType]! : UNKNOWN;
}

/** A manifest with the fields and methods that regctl's templates use; fields of another kind of manifest are errors. */
export function manifestData(named: NamedManifest): GoValue {
  const { reference, name, headers } = named;
  const set = "raw" in named.manifest ? named.manifest : undefined;
  const { mediaType, digest, size } = set?.descriptor ?? named.manifest as Descriptor;
  const descriptor = { mediaType, digest, size };
  const raw = set?.raw ?? new Uint8Array();
  return goStruct({
    type: goTypeOf(mediaType).type,
    fields: set === undefined ? {} : fieldsOf(set),
    methods: {
      GetDescriptor: () => descriptorData(descriptor),
      GetDigest: () => descriptor.digest,
      GetMediaType: () => descriptor.mediaType,
      GetRef: () => referenceData(reference, name),
      GetOrig: () =>
        set === undefined ? null : goStruct({ type: "v1.Manifest", fields: fieldsOf(set), json: () => origJson(set) }),
      IsList: () => /(image\.index|manifest\.list)/.test(descriptor.mediaType),
      IsSet: () => set !== undefined,
      RawBody: () => raw,
      RawHeaders: () => headerValues(headers ?? new Headers()),
      ...(set === undefined ? {} : methodsOf(set)),
    },
    hints: hintsOf(set),
    json: () => set === undefined ? descriptor : new JsonText(textOf(set)),
    ...(named.pretty === undefined ? {} : { pretty: named.pretty }),
  });
}

const PLATFORM = "it is an index, which has no %s of its own: choose an image with --platform, for example -p local";

/** What to do where a field is asked for that this kind of manifest does not have. */
function hintsOf(manifest: Manifest | undefined): Record<string, string> {
  const fields = ["Layers", "Config", "Manifests"];
  if (manifest === undefined) {
    return Object.fromEntries(
      fields.map((name) => [name, "only the descriptor was asked for: manifest get has the rest"]),
    );
  }
  if (manifest.kind === "index") {
    return { Layers: PLATFORM.replace("%s", "layers"), Config: PLATFORM.replace("%s", "config") };
  }
  return { Manifests: "it is no index, but a single image: ask {{if .IsList}} first" };
}

function fieldsOf(manifest: Manifest): Record<string, unknown> {
  const { json } = manifest;
  const all: Record<string, () => unknown> = {
    SchemaVersion: () => json.schemaVersion ?? 0,
    MediaType: () => manifest.descriptor.mediaType,
    ArtifactType: () => json.artifactType ?? "",
    Annotations: () => annotationsOf(manifest),
    Manifests: () => manifest.manifests.map(descriptorData),
    Config: () => orNil(manifest.config),
    Layers: () => manifest.layers.map(descriptorData),
    Blobs: () => manifest.layers.map(descriptorData),
    Subject: () => orNil(manifest.subject),
    Name: () => json.name ?? "",
    Tag: () => json.tag ?? "",
    Architecture: () => json.architecture ?? "",
    FSLayers: () => manifest.layers.map(({ digest }) => ({ BlobSum: digest })),
    History: () => json.history ?? [],
  };
  const fields: Record<string, unknown> = {};
  for (const name of goTypeOf(manifest.descriptor.mediaType).fields) {
    Object.defineProperty(fields, name, { get: all[name]!, enumerable: true });
  }
  return fields;
}

/** The manifest as Go writes what it has read: known fields in the order of its type. */
function origJson(manifest: Manifest): Record<string, unknown> {
  const fields = fieldsOf(manifest);
  const { json } = manifest;
  const written = Object.keys(fields).map((name) => {
    const key = name === "FSLayers" ? "fsLayers" : name[0]!.toLowerCase() + name.slice(1);
    return [
      key,
      name === "Name" || name === "Tag" || typeof json[key] !== "object" || key === "history" || key === "fsLayers"
        ? json[key]
        : fields[name],
    ] as const;
  });
  return Object.fromEntries(written.filter(([key]) => json[key] !== undefined && json[key] !== null));
}

function annotationsOf({ annotations, json }: Manifest): GoMap {
  return goMap(json.annotations === undefined || json.annotations === null ? undefined : annotations);
}

function textOf(manifest: Manifest): string {
  return new TextDecoder().decode(manifest.raw);
}

function orNil(descriptor: Descriptor | undefined): GoValue {
  return descriptor === undefined ? new GoNil("*descriptor.Descriptor") : descriptorData(descriptor);
}

function methodsOf(manifest: Manifest): Record<string, () => unknown> {
  const { kind, descriptor } = manifest;
  const only = (wanted: boolean, what: string, make: () => unknown) => () => {
    if (!wanted) throw new Error(`${what} not available for media type ${descriptor.mediaType}`);
    return make();
  };
  const hasLayers = kind === "image" || kind === "schema1" || kind === "artifact";
  return {
    GetAnnotations: () => annotationsOf(manifest),
    ...(goTypeOf(descriptor.mediaType).fields.includes("Subject") ? { GetSubject: () => orNil(manifest.subject) } : {}),
    GetConfig: only(manifest.config !== undefined, "config digest", () => descriptorData(manifest.config!)),
    GetLayers: only(hasLayers, "layers are", () => manifest.layers.map(descriptorData)),
    GetManifestList: only(kind === "index", "platform descriptor list", () => manifest.manifests.map(descriptorData)),
    GetSize: only(hasLayers, "size is", () => manifest.layers.reduce((sum, layer) => sum + layer.size, 0)),
  };
}
