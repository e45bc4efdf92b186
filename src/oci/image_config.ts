/**
 * Image configuration (image-spec, config.md).
 *
 * @module
 */
import { FerryError } from "../errors.ts";
import { isJsonObject, type JsonObject } from "./descriptor.ts";
import type { Platform } from "./platform.ts";

/** How containers of the image run (image-spec, config.md, "config"). Unknown fields are kept. */
export interface ContainerConfig extends JsonObject {
  /** User or uid, with an optional group. */
  readonly User?: string;
  /** Environment, `NAME=value`. */
  readonly Env?: readonly string[];
  /** Command that starts the container. */
  readonly Entrypoint?: readonly string[];
  /** Default arguments. */
  readonly Cmd?: readonly string[];
  /** Folder in which it starts. */
  readonly WorkingDir?: string;
  /** Labels. */
  readonly Labels?: Readonly<Record<string, string>>;
  /** Signal that stops it. */
  readonly StopSignal?: string;
  /** Ports, `8080/tcp`, each with an empty object. */
  readonly ExposedPorts?: Readonly<JsonObject>;
  /** Volumes by path, each with an empty object. */
  readonly Volumes?: Readonly<JsonObject>;
}

/** How one layer came to be (image-spec, config.md, "history"). Unknown fields are kept. */
export interface HistoryEntry extends JsonObject {
  /** When, RFC 3339. */
  readonly created?: string;
  /** What made it. */
  readonly created_by?: string;
  /** Who. */
  readonly author?: string;
  /** Remark. */
  readonly comment?: string;
  /** No layer belongs to it. */
  readonly empty_layer?: boolean;
}

/** Configuration of an image (image-spec, config.md). Unknown fields are kept. */
export interface ImageConfig extends JsonObject {
  /** When the image was made, RFC 3339. */
  readonly created?: string;
  /** Who made it. */
  readonly author?: string;
  /** CPU architecture, as in GOARCH; "" where the text has none. */
  readonly architecture: string;
  /** Operating system, as in GOOS; "" where the text has none. */
  readonly os: string;
  /** Variant of the CPU. */
  readonly variant?: string;
  /** Version of the operating system. */
  readonly "os.version"?: string;
  /** Features of the operating system. */
  readonly "os.features"?: readonly string[];
  /** How containers run. */
  readonly config?: ContainerConfig;
  /** Digests of the layers' uncompressed content. */
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  /** How each layer came to be. */
  readonly history?: readonly HistoryEntry[];
}

const TEXT_FIELDS = ["created", "author", "architecture", "os", "variant", "os.version"] as const;

/**
 * Reads an image configuration from its bytes. Null fields count as absent.
 *
 * @throws {FerryError} MANIFEST_INVALID where it is no JSON object or a known field has a wrong type
 */
export function parseImageConfig(raw: Uint8Array): ImageConfig {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch (cause) {
    throw new FerryError("MANIFEST_INVALID", "Image config is not valid: it is not JSON", { cause });
  }
  if (!isJsonObject(value)) throw invalid("it is not a JSON object");
  const json = withoutNulls(value);
  for (const field of TEXT_FIELDS) {
    if (json[field] !== undefined && typeof json[field] !== "string") throw invalid(`${field} is not text`);
  }
  checkTexts(json["os.features"], "os.features");
  const { architecture = "", os = "" } = json as { architecture?: string; os?: string };
  return {
    ...json,
    architecture,
    os,
    rootfs: rootfsOf(json.rootfs),
    ...(json.config === undefined ? {} : { config: containerOf(json.config) }),
    ...(json.history === undefined ? {} : { history: historyOf(json.history) }),
  };
}

/** The platform that the configuration names. */
export function platformOfConfig(config: ImageConfig): Platform {
  const { os, architecture, variant, "os.version": version, "os.features": features } = config;
  return {
    os,
    architecture,
    ...(variant === undefined || variant === "" ? {} : { variant }),
    ...(version === undefined || version === "" ? {} : { "os.version": version }),
    ...(features === undefined || features.length === 0 ? {} : { "os.features": features }),
  };
}

function rootfsOf(value: unknown): ImageConfig["rootfs"] {
  if (value === undefined) return { type: "layers", diff_ids: [] };
  if (!isJsonObject(value)) throw invalid("rootfs is not an object");
  const { type, diff_ids, ...rest } = withoutNulls(value);
  checkTexts(diff_ids, "rootfs.diff_ids");
  return { ...rest, type: typeof type === "string" ? type : "layers", diff_ids: (diff_ids ?? []) as string[] };
}

function containerOf(value: unknown): ContainerConfig {
  if (!isJsonObject(value)) throw invalid("config is not an object");
  const json = withoutNulls(value);
  for (const field of ["Env", "Entrypoint", "Cmd"]) checkTexts(json[field], `config.${field}`);
  for (const field of ["User", "WorkingDir", "StopSignal"]) {
    if (json[field] !== undefined && typeof json[field] !== "string") throw invalid(`config.${field} is not text`);
  }
  for (const field of ["Labels", "ExposedPorts", "Volumes"]) {
    if (json[field] !== undefined && !isJsonObject(json[field])) throw invalid(`config.${field} is not an object`);
  }
  for (const [name, text] of Object.entries(json.Labels ?? {})) {
    if (typeof text !== "string") throw invalid(`config.Labels[${JSON.stringify(name)}] is not text`);
  }
  return json as ContainerConfig;
}

function historyOf(value: unknown): HistoryEntry[] {
  if (!Array.isArray(value)) throw invalid("history is not a list");
  return value.map((entry: unknown, at) => {
    if (!isJsonObject(entry)) throw invalid(`history[${at}] is not an object`);
    return withoutNulls(entry) as HistoryEntry;
  });
}

function checkTexts(value: unknown, where: string): void {
  if (value === undefined) return;
  if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
    throw invalid(`${where} is not a list of texts`);
  }
}

function withoutNulls(json: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
}

function invalid(what: string): FerryError {
  return new FerryError("MANIFEST_INVALID", `Image config is not valid: ${what}`);
}
