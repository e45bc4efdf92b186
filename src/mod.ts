/**
 * What plugins build on: the one file of the kernel that they import.
 *
 * @module
 */
export * from "./plugin.ts";
export {
  ERROR_TABLE,
  type ErrorCode,
  type ErrorKind,
  FerryError,
  type FerryErrorOptions,
  isFerryError,
} from "./errors.ts";
export { VERSION, type VersionInfo } from "./version.ts";

export type { Descriptor, JsonObject } from "./oci/descriptor.ts";
export { type Digest, digestOf, type DigestParts, DigestVerifier, parseDigest } from "./oci/digest.ts";
export {
  type ContainerConfig,
  type HistoryEntry,
  type ImageConfig,
  parseImageConfig,
  platformOfConfig,
} from "./oci/image_config.ts";
export {
  buildManifest,
  type Manifest,
  MANIFEST_MAX_BYTES,
  type ManifestHints,
  type ManifestKind,
  parseManifest,
} from "./oci/manifest.ts";
export { isIndexType, MEDIA_TYPE } from "./oci/media_type.ts";
export { formatPlatform, parsePlatform, type Platform } from "./oci/platform.ts";
export { formatDuration, parseDuration } from "./config/duration.ts";
export { localPlatform, type Machine } from "./config/local_platform.ts";

export { formatReference, formatRepository } from "./reference/format.ts";
export { parseReference } from "./reference/parse.ts";
export { type Reference, sameRegistry, sameRepository, withDigest, withTag } from "./reference/reference.ts";

export type * from "./transport/transport.ts";
export { type CopyEvent, copyImage, type CopyOptions, type CopyResult, CopyRun } from "./copy/mod.ts";

export type { ConfigFile, HostEntry } from "./config/config_file.ts";
export type { Configuration, StoredCredential } from "./config/configuration.ts";
export type { RegistryHost, RegistryHosts, TlsMode } from "./config/registry_host.ts";
export type { Credential, CredentialSource } from "./auth/credential.ts";
export type { CredentialFinder, FoundCredential } from "./auth/credential_finder.ts";
export type { GoFunction, Parameter } from "./output/template/value.ts";

export { deleteManifest, type DeleteOptions } from "./image/delete.ts";
export {
  getSmallBlob,
  resolveDescriptor,
  type ResolveDescriptorOptions,
  type ResolvedManifest,
  resolveManifest,
} from "./image/resolve.ts";
export { loadServe, type ServeModule } from "./serve/load.ts";
export type * from "./serve/mod.ts";
export { createNameFilter, type FilterExpressions, type NameFilter } from "./filter/regexp.ts";

export * from "./output/data/mod.ts";
export { descriptorHeaders, headersText } from "./output/headers_text.ts";
export { humanSize } from "./output/human_size.ts";
export { indentJson } from "./output/json_text.ts";
export { lines } from "./output/lines.ts";
export { manifestText } from "./output/manifest_text.ts";
export { showDigest, showManifest, type ShowManifestOptions } from "./image/show.ts";
