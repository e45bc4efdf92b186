/**
 * Lists of referrers, and trees of them, as templates see them.
 *
 * @module
 */
import type { Descriptor } from "../../oci/descriptor.ts";
import { MEDIA_TYPE } from "../../oci/media_type.ts";
import type { Manifest } from "../../oci/manifest.ts";
import type { Platform } from "../../oci/platform.ts";
import type { Reference } from "../../reference/reference.ts";
import { GoNil, goStruct, type GoValue } from "../template/value.ts";
import { descriptorData, platformData } from "./descriptor.ts";
import { manifestData } from "./manifest.ts";
import { referenceData } from "./reference.ts";

/** A reference with its text. */
export interface NamedReference {
  /** The reference. */
  readonly reference: Reference;
  /** Its text. */
  readonly name: string;
}

/** What a list of referrers shows. */
export interface ReferrersData {
  /** Subject, by digest. */
  readonly subject: NamedReference;
  /** Where the referrers are, where that is elsewhere. */
  readonly source: NamedReference | undefined;
  /** Descriptors. */
  readonly descriptors: readonly Descriptor[];
  /** The same as an index. */
  readonly manifest: Manifest;
  /** Text for people. */
  readonly pretty: () => string;
}

/** A list of referrers: `.Subject`, `.Descriptors`, `.Manifest`. */
export function referrersData({ subject, source, descriptors, manifest, pretty }: ReferrersData): GoValue {
  const found = source ?? subject;
  const tags = descriptors.flatMap(({ annotations }) => annotations?.["org.opencontainers.image.ref.name"] ?? []);
  return goStruct({
    type: "referrer.ReferrerList",
    fields: {
      Subject: referenceData(subject.reference, subject.name),
      Source: source === undefined ? new GoNil("ref.Ref") : referenceData(source.reference, source.name),
      Descriptors: descriptors.map(descriptorData),
      Annotations: {},
      Manifest: manifestData({ manifest, reference: found.reference, name: found.name }),
      Tags: tags,
    },
    json: () => ({
      subject: subject.name,
      ...(source === undefined ? {} : { source: source.name }),
      descriptors: descriptors.map((descriptor) => ({ ...descriptor, kind: kindOf(descriptor) })),
    }),
    pretty,
  });
}

/** A node of a tree of manifests. */
export interface TreeNode extends NamedReference {
  /** Its manifest. */
  readonly manifest: Manifest;
  /** Platform, on a child of an index that has one. */
  readonly platform?: Platform | undefined;
  /** Artifact type, as its parent's list has it. */
  readonly artifactType?: string | undefined;
  /** Entries of an index. */
  readonly children: readonly TreeNode[];
  /** Manifests that have it as their subject, and digest tags. */
  readonly referrers: readonly TreeNode[];
}

/** A tree: `.Ref`, `.Manifest`, `.Child`, `.Referrer`. */
export function treeData(node: TreeNode, pretty?: () => string): GoValue {
  const { reference, name, manifest, platform, artifactType, children, referrers } = node;
  return goStruct({
    type: "main.treeResult",
    fields: {
      Ref: referenceData(reference, name),
      Manifest: manifestData({ manifest, reference, name }),
      Platform: platform === undefined ? new GoNil("*platform.Platform") : platformData(platform),
      ArtifactType: artifactType ?? "",
      Child: children.map((child) => treeData(child)),
      Referrer: referrers.map((referrer) => treeData(referrer)),
    },
    json: () => treeJson(node),
    ...(pretty === undefined ? {} : { pretty }),
  });
}

function treeJson({ name, manifest, platform, artifactType, children, referrers }: TreeNode): Record<string, unknown> {
  const { mediaType, digest, size } = manifest.descriptor;
  return {
    reference: name,
    mediaType,
    digest,
    size,
    ...(platform === undefined ? {} : { platform }),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(children.length === 0 ? {} : { children: children.map(treeJson) }),
    ...(referrers.length === 0 ? {} : { referrers: referrers.map(treeJson) }),
  };
}

/** What people call a referrer, where its type or its tag tells. */
export function kindOf({ artifactType = "", annotations = {}, mediaType }: Descriptor): string {
  const tag = annotations["org.opencontainers.image.ref.name"] ?? "";
  const text = `${artifactType} ${/\.[a-z]+$/.exec(tag)?.[0] ?? ""}`;
  if (/\.sig$|cosign\.artifact\.sig|notary\.signature|sigstore\.bundle/.test(text)) return "signature";
  if (/\.att$|in-toto|attestation|dsse/.test(text)) return "attestation";
  if (/\.sbom$|spdx|cyclonedx|syft/.test(text)) return "sbom";
  return mediaType === MEDIA_TYPE.ociIndex ? "index" : "artifact";
}
