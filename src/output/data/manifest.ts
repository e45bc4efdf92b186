/**
 * Manifests as templates see them.
 *
 * @module
 */
import type { Descriptor } from "../../oci/descriptor.ts";
import type { Manifest } from "../../oci/manifest.ts";
import type { Reference } from "../../reference/reference.ts";
import { headerName } from "../headers_text.ts";
import { GoNil, goStruct, type GoValue, JsonText } from "../template/value.ts";
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

/** Go's names of the fields that manifests of a kind have besides those of every manifest. */
const OWN_FIELDS: Readonly<Record<Manifest["kind"], readonly string[]>> = {
  index: ["Manifests", "Subject"],
  image: ["Config", "Layers", "Subject"],
  artifact: ["Blobs", "Subject"],
  schema1: ["Name", "Tag", "Architecture", "FSLayers", "History"],
  unknown: [],
};

/** A manifest with the fields and methods that regctl's templates use; fields of another kind of manifest are errors. */
export function manifestData(named: NamedManifest): GoValue {
  const { reference, name, headers } = named;
  const set = "raw" in named.manifest ? named.manifest : undefined;
  const { mediaType, digest, size } = set?.descriptor ?? named.manifest as Descriptor;
  const descriptor = { mediaType, digest, size };
  const raw = set?.raw ?? new Uint8Array();
  return goStruct({
    type: "manifest.Manifest",
    fields: set === undefined ? {} : fieldsOf(set),
    methods: {
      GetDescriptor: () => descriptorData(descriptor),
      GetDigest: () => descriptor.digest,
      GetMediaType: () => descriptor.mediaType,
      GetRef: () => referenceData(reference, name),
      GetOrig: () => set === undefined ? null : goStruct({ type: "v1.Manifest", fields: fieldsOf(set) }),
      IsList: () => /(image\.index|manifest\.list)/.test(descriptor.mediaType),
      IsSet: () => set !== undefined,
      RawBody: () => raw,
      RawHeaders: () => Object.fromEntries([...headers ?? []].map(([key, value]) => [headerName(key), [value]])),
      ...(set === undefined ? {} : methodsOf(set)),
    },
    json: () => set === undefined ? descriptor : new JsonText(new TextDecoder().decode(raw)),
    ...(named.pretty === undefined ? {} : { pretty: named.pretty }),
  });
}

function fieldsOf(manifest: Manifest): Record<string, unknown> {
  const { json, kind } = manifest;
  const all: Record<string, () => unknown> = {
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
  const fields: Record<string, unknown> = {
    SchemaVersion: json.schemaVersion ?? 0,
    MediaType: manifest.descriptor.mediaType,
    ArtifactType: json.artifactType ?? "",
  };
  for (const name of OWN_FIELDS[kind]) Object.defineProperty(fields, name, { get: all[name]!, enumerable: true });
  fields.Annotations = manifest.annotations;
  return fields;
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
    GetAnnotations: () => manifest.annotations,
    GetSubject: () => orNil(manifest.subject),
    GetConfig: only(manifest.config !== undefined, "config digest", () => descriptorData(manifest.config!)),
    GetLayers: only(hasLayers, "layers are", () => manifest.layers.map(descriptorData)),
    GetManifestList: only(kind === "index", "platform descriptor list", () => manifest.manifests.map(descriptorData)),
    GetSize: only(hasLayers, "size is", () => manifest.layers.reduce((sum, layer) => sum + layer.size, 0)),
  };
}
