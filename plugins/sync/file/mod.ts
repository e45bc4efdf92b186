/**
 * The file that `sync` works by: read, checked, expanded, shown.
 *
 * @module
 */
export type * from "./types.ts";
export { parseSyncFile, type ReadContext, readSyncFile, type ReadSyncOptions } from "./read.ts";
export {
  backupReference,
  type BackupTarget,
  createRenamer,
  type Renamer,
  type SourceName,
  stepSchedule,
} from "./step.ts";
export { type FormatOptions, formatSyncFile } from "./format.ts";
export { referenceOf } from "./reference.ts";
export { syncSchema } from "./schema.ts";
