import { FerryError, type InputOf, type Log, MEDIA_TYPE } from "../../src/mod.ts";
import type { put } from "./specs.ts";

/** What an artifact is when nobody says. */
const UNKNOWN_ARTIFACT = "application/vnd.unknown.artifact.v1";

/** Media types: a type, a slash, a subtype (RFC 6838, section 4.2), and parameters. */
const MEDIA_TYPE_TEXT = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}(?:;.*)?$/;

/** Media types of files, in their order. */
export interface FileTypes {
  /** That of the file at this place. */
  of(at: number): string;
}

/** The media types of an artifact's parts. */
export interface ArtifactTypes {
  /** Of the artifact; "" where only its config tells. */
  readonly artifact: string;
  /** The manifest has a config. */
  readonly hasConfig: boolean;
  /** Of the config. */
  readonly config: string;
  /** Of the files. */
  readonly files: FileTypes;
}

/**
 * The media types that the flags say, and what follows from them.
 *
 * @throws {FerryError} FLAG_INVALID, ARGUMENT_MISSING
 */
export function typesOf(flags: InputOf<typeof put>["flags"], log: Log): ArtifactTypes {
  const manifestType = flags["media-type"];
  if (manifestType !== MEDIA_TYPE.ociManifest && manifestType !== MEDIA_TYPE.ociArtifact) {
    throw new FerryError("FLAG_INVALID", `Flag "--media-type" cannot be "${manifestType}"`);
  }
  const hasConfig = manifestType === MEDIA_TYPE.ociManifest;
  if (!hasConfig && (flags["config-file"] !== undefined || flags["config-type"] !== undefined)) {
    throw new FerryError("FLAG_INVALID", `Manifests of type "${manifestType}" have no config`);
  }
  check("config-type", flags["config-type"]);
  check("artifact-type", flags["artifact-type"]);
  for (const type of flags["file-media-type"]) check("file-media-type", type);
  const config = hasConfig ? configType(flags, log) : "";
  let artifact = flags["artifact-type"] ?? "";
  if (artifact === "" && (!hasConfig || config === MEDIA_TYPE.ociEmpty)) {
    log.warn("no artifact type was given, which is not recommended", { type: UNKNOWN_ARTIFACT });
    artifact = UNKNOWN_ARTIFACT;
  }
  return { artifact, hasConfig, config, files: fileTypes(flags, artifact) };
}

function configType(flags: InputOf<typeof put>["flags"], log: Log): string {
  if (flags["config-type"] !== undefined) return flags["config-type"];
  if (flags["config-file"] === undefined) return MEDIA_TYPE.ociEmpty;
  const artifact = flags["artifact-type"];
  if (artifact === undefined) throw new FerryError("ARGUMENT_MISSING", 'Flag "--config-file" needs --config-type');
  log.warn("the config gets the artifact's type", { type: artifact });
  return artifact;
}

function fileTypes(flags: InputOf<typeof put>["flags"], artifact: string): FileTypes {
  const types = flags["file-media-type"];
  const count = Math.max(flags.file.length, 1);
  if (types.length === 0 && count === 1) {
    const type = artifact === "" || artifact === UNKNOWN_ARTIFACT ? MEDIA_TYPE.octetStream : artifact;
    return { of: () => type };
  }
  if (types.length <= 1) return { of: () => types[0] ?? MEDIA_TYPE.octetStream };
  if (types.length === count) return { of: (at) => types[at]! };
  throw new FerryError("FLAG_INVALID", `${count} files have ${types.length} media types`, {
    hint: "give one --file-media-type for all files, or one for each",
  });
}

function check(flag: string, type: string | undefined): void {
  if (type === undefined || MEDIA_TYPE_TEXT.test(type)) return;
  throw new FerryError("FLAG_INVALID", `Flag "--${flag}" must be a media type, not "${type}"`, {
    hint: "write it as type/subtype, for example application/spdx+json",
  });
}
