/**
 * Image configurations as templates see them.
 *
 * @module
 */
import type { Descriptor } from "../../oci/descriptor.ts";
import type { ImageConfig } from "../../oci/image_config.ts";
import type { Platform } from "../../oci/platform.ts";
import { goMap } from "../template/go_map.ts";
import { GoTime } from "../template/time_value.ts";
import { GoNil, GoStrings, goStruct, type GoValue, JsonText } from "../template/value.ts";
import { descriptorData, platformData, platformText } from "./descriptor.ts";
import { ordered } from "./ordered.ts";

const TIME_LAYOUT = "2006-01-02T15:04:05Z07:00";

/**
 * An image configuration with Go's names: `.Config.Labels`, `.Created`, `.RootFS.DiffIDs`. Its JSON is its own text.
 *
 * @param pretty text for people
 */
export function imageConfigData(
  config: ImageConfig,
  raw: Uint8Array,
  descriptor: Descriptor,
  platform: Platform,
  pretty: () => string,
): GoValue {
  const image = (): GoValue =>
    goStruct({
      type: "v1.Image",
      fields: {
        Created: timeOrNil(config.created),
        Author: config.author ?? "",
        Architecture: config.architecture,
        OS: config.os,
        OSVersion: config["os.version"] ?? "",
        OSFeatures: new GoStrings(config["os.features"]),
        Variant: config.variant ?? "",
        Platform: platformData(platform),
        Config: containerData(config.config ?? {}),
        RootFS: goStruct({
          type: "v1.RootFS",
          fields: { Type: config.rootfs.type, DiffIDs: new GoStrings(config.rootfs.diff_ids) },
          json: () => ({ type: config.rootfs.type, diff_ids: config.rootfs.diff_ids }),
        }),
        History: (config.history ?? []).map((entry) =>
          goStruct({
            type: "v1.History",
            fields: {
              Created: timeOrNil(entry.created),
              CreatedBy: entry.created_by ?? "",
              Author: entry.author ?? "",
              Comment: entry.comment ?? "",
              EmptyLayer: entry.empty_layer ?? false,
            },
            json: () => ordered(entry, HISTORY),
          })
        ),
      },
      methods: {
        GetConfig: image,
        GetDescriptor: () => descriptorData(descriptor),
        RawBody: () => raw,
      },
      text: () => platformText(platform),
      json: () => new JsonText(new TextDecoder().decode(raw)),
      pretty,
    });
  return image();
}

function containerData(config: NonNullable<ImageConfig["config"]>): GoValue {
  return goStruct({
    type: "v1.ImageConfig",
    fields: {
      User: config.User ?? "",
      ExposedPorts: nameSet(config.ExposedPorts),
      Env: new GoStrings(config.Env),
      Entrypoint: new GoStrings(config.Entrypoint),
      Cmd: new GoStrings(config.Cmd),
      Volumes: nameSet(config.Volumes),
      WorkingDir: config.WorkingDir ?? "",
      Labels: goMap(config.Labels),
      StopSignal: config.StopSignal ?? "",
      ArgsEscaped: config.ArgsEscaped ?? false,
      Memory: config.Memory ?? 0,
      MemorySwap: config.MemorySwap ?? 0,
      CpuShares: config.CpuShares ?? 0,
      Healthcheck: config.Healthcheck ?? new GoNil("*v1.HealthConfig"),
      OnBuild: new GoStrings(texts(config.OnBuild)),
      Shell: new GoStrings(texts(config.Shell)),
    },
    json: () =>
      ordered({
        ...config,
        ...(config.ExposedPorts === undefined ? {} : { ExposedPorts: nameSet(config.ExposedPorts) }),
        ...(config.Volumes === undefined ? {} : { Volumes: nameSet(config.Volumes) }),
        ...(config.Labels === undefined ? {} : { Labels: goMap(config.Labels) }),
      }, CONFIG),
  });
}

/** Names of Go's fields in their order. */
const CONFIG = [
  "User",
  "ExposedPorts",
  "Env",
  "Entrypoint",
  "Cmd",
  "Volumes",
  "WorkingDir",
  "Labels",
  "StopSignal",
  "ArgsEscaped",
  "Memory",
  "MemorySwap",
  "CpuShares",
  "Healthcheck",
  "OnBuild",
  "Shell",
];
const HISTORY = ["created", "created_by", "author", "comment", "empty_layer"];

/** A `map[string]struct{}`. */
function nameSet(names: Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> {
  const nothing = goStruct({ type: "struct {}" });
  const entries = names && Object.fromEntries(Object.keys(names).map((name) => [name, nothing]));
  return goMap(entries, "map[string]struct {}", nothing);
}

function texts(value: unknown): string[] | undefined {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}

/** A time that cannot be read is shown as it was written. */
function timeOrNil(text: string | undefined): unknown {
  if (text === undefined) return new GoNil("*time.Time");
  try {
    return GoTime.parse(TIME_LAYOUT, text);
  } catch {
    return text;
  }
}
