/**
 * Keys of annotations (image-spec, annotations.md, "Pre-Defined Annotation Keys").
 *
 * @module
 */

/** The keys that the specification defines, and those that Docker puts on attestations. */
export const ANNOTATION = {
  created: "org.opencontainers.image.created",
  authors: "org.opencontainers.image.authors",
  url: "org.opencontainers.image.url",
  documentation: "org.opencontainers.image.documentation",
  source: "org.opencontainers.image.source",
  version: "org.opencontainers.image.version",
  revision: "org.opencontainers.image.revision",
  vendor: "org.opencontainers.image.vendor",
  licenses: "org.opencontainers.image.licenses",
  refName: "org.opencontainers.image.ref.name",
  title: "org.opencontainers.image.title",
  description: "org.opencontainers.image.description",
  baseDigest: "org.opencontainers.image.base.digest",
  baseName: "org.opencontainers.image.base.name",
  dockerReferenceType: "vnd.docker.reference.type",
  dockerReferenceDigest: "vnd.docker.reference.digest",
} as const;
