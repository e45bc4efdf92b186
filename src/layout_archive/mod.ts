/**
 * OCI image layouts and docker-save archives as tar files.
 *
 * @module
 */
export { type Candidate, chooseImage, refuseSameTags, tagOfName } from "./choose.ts";
export { type CollectOptions, Collector, type Item, type Listed, type Root } from "./collect.ts";
export type { ArchiveContent, ArchiveEntry, StoredBytes } from "./content.ts";
export { type DockerContent, dockerContent, type SavedImage, savedImages } from "./docker_save.ts";
export type { DockerImage } from "./docker_file.ts";
export { type Export, exportImage, type ExportOptions, referrerLists } from "./export.ts";
export { isLayout, layoutContent } from "./oci_layout.ts";
export type { Stretch } from "../file/hash_program.ts";
export { RandomFile } from "./random_file.ts";
export { TarArchive, type TarPlace } from "./tar_index.ts";
export { archiveReference, createArchiveTransport } from "./transport.ts";
export { type ExtraFile, type LayoutArchive, layoutArchive } from "./write.ts";
export { writeLayoutArchive } from "./write_archive.ts";
