/**
 * What plugins build on: the one file of the kernel that they import.
 *
 * @module
 */
export * from "./plugin.ts";
export * from "./plugin_parts.ts";
export {
  ERROR_TABLE,
  type ErrorCode,
  type ErrorKind,
  FerryError,
  type FerryErrorOptions,
  isFerryError,
  waitText,
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
export { formatPlatform, parsePlatform, type Platform, samePlatform } from "./oci/platform.ts";
export { selectPlatform } from "./oci/platform_select.ts";
export { formatDuration, parseDuration } from "./config/duration.ts";
export { localPlatform, type Machine, platformFlag } from "./config/local_platform.ts";

export { formatReference, formatRepository } from "./reference/format.ts";
export { isRepository, isTag } from "./reference/grammar.ts";
export { parseReference, parseRegistry, parseRepository } from "./reference/parse.ts";
export { type Reference, sameRegistry, sameRepository, withDigest, withTag } from "./reference/reference.ts";

export type * from "./transport/transport.ts";
export {
  chosenDigest,
  type CopyBlobOptions,
  type CopyEvent,
  copyImage,
  type CopyName,
  type CopyOptions,
  type CopyResult,
  CopyRun,
  copySingleBlob,
  type KnownEnds,
  type MissingExtras,
  missingExtras,
  type SharedReader,
  SharedReads,
} from "./copy/mod.ts";

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
export { type ArchiveModule, loadArchive } from "./archive/load.ts";
export { type BundleModule, loadBundle } from "./bundle/load.ts";
export type * from "./bundle/mod.ts";
export { type DiffModule, loadDiff } from "./diff/load.ts";
export type { Hunk } from "./diff/hunks.ts";
export { OutputFolder } from "./file/output_folder.ts";
export { fileBytes } from "./file/read_file.ts";
export { writeFile } from "./file/write_file.ts";
export { parseByteSize } from "./config/byte_size.ts";
export { bytesSource, stdinSource } from "./transport/blob_source.ts";
export { type LayerModule, loadLayer } from "./layer/load.ts";
export type * from "./layout_archive/mod.ts";
export { type LayoutArchiveModule, loadLayoutArchive } from "./layout_archive/load.ts";
export type { FoundPath, LayerPlace, ListingOptions } from "./layer/mod.ts";
export type * from "./archive/mod.ts";
export { loadRewrite, type RewriteModule } from "./rewrite/load.ts";
export type {
  AddedLayer,
  AnnotationScope,
  Attached,
  Change,
  ConfigNode,
  ContentPlace,
  EntryEdit,
  EntryNode,
  ImageNode,
  LayerContent,
  LayerNode,
  LayerToAdd,
  ManifestNode,
  Moment,
  NewContent,
  OtherImage,
  RewriteOptions,
  RewriteResult,
  Scratch,
  ScratchOptions,
  Step,
  TextField,
  TimeOptions,
  Work,
} from "./rewrite/mod.ts";
export { loadServe, type ServeModule } from "./serve/load.ts";
export type * from "./serve/mod.ts";
export { loadLua, type LuaModule } from "./lua/load.ts";
export * from "./lua/types.ts";
export type { Lua, Script, ScriptOptions } from "./lua/mod.ts";
export { loadYaml, type YamlModule } from "./yaml/load.ts";
export type * from "./yaml/mod.ts";
export { loadSchedule, type ScheduleModule } from "./schedule/load.ts";
export type * from "./schedule/mod.ts";
export { type FilterModule, loadFilter } from "./filter/load.ts";
export type * from "./filter/mod.ts";
export { loadTemplate, type TemplateModule } from "./output/template/load.ts";
export type { Template, TemplateOptions } from "./output/template/template.ts";
export { createNameFilter, type FilterExpressions, type NameFilter } from "./filter/regexp.ts";

export * from "./output/data/mod.ts";
export { descriptorHeaders, headersText, headerValues } from "./output/headers_text.ts";
export { humanSize } from "./output/human_size.ts";
export { indentJson } from "./output/json_text.ts";
export { lines } from "./output/lines.ts";
export { alignTabs, type TabWriterOptions } from "./output/tab_writer.ts";
export { manifestText } from "./output/manifest_text.ts";
export { showDigest, showManifest, type ShowManifestOptions } from "./image/show.ts";
export { DIFF_FLAGS, type DiffFlags, showDiff } from "./image/show_diff.ts";
export { showFile } from "./image/show_file.ts";
export { type TagInfo, TagLooker } from "./image/tag_info.ts";
export {
  annotationsOf,
  chooseDescriptors,
  CREATED_ANNOTATION,
  type DescriptorChoice,
  findReferrers,
  type FoundReferrers,
  type ReferrerQuery,
} from "./image/referrers.ts";
export { type ReferrersText, referrersText } from "./output/referrers_text.ts";
export { loadUserPlugin, type UserPluginModule } from "./user_plugin/load.ts";
export type { AddedVerbRecord, Grants, PluginAdds, PluginRecord } from "./user_plugin/record.ts";
export type * from "./user_plugin/types.ts";
export { loadVerify, type VerifyModule } from "./verify/load.ts";
export type { Finding, RepairSource, VerifyOptions } from "./verify/verify.ts";
