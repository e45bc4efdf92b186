/**
 * Looking into layers.
 *
 * @module
 */
export { findPath, type FoundPath } from "./find.ts";
export { folderArchive } from "./folder.ts";
export { listEntries, type ListingOptions, modeText } from "./listing.ts";
export { blobBytes, layerEntries, type LayerPlace } from "./open.ts";
