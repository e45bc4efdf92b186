/**
 * Descriptors and platforms as templates see them.
 *
 * @module
 */
import type { Descriptor } from "../../oci/descriptor.ts";
import { formatPlatform, normalizePlatform, type Platform } from "../../oci/platform.ts";
import { goMap } from "../template/go_map.ts";
import { GoNil, GoStrings, goStruct, type GoValue } from "../template/value.ts";
import { ordered } from "./ordered.ts";

/** A descriptor with Go's names; its JSON is the descriptor as it was written. */
export function descriptorData(descriptor: Descriptor): GoValue {
  const { mediaType, digest, size, urls, annotations, data, platform, artifactType } = descriptor;
  return goStruct({
    type: "descriptor.Descriptor",
    fields: {
      MediaType: mediaType,
      Digest: digest,
      Size: size,
      URLs: new GoStrings(urls ?? undefined),
      Annotations: goMap(annotations),
      get Data() {
        return data === undefined ? new Uint8Array() : Uint8Array.fromBase64(data);
      },
      Platform: platform ? platformData(platform) : new GoNil("*platform.Platform"),
      ArtifactType: artifactType ?? "",
      // Unexported in Go, where it shows when a descriptor is printed whole.
      digestAlgo: "",
    },
    json: () => descriptorJson(descriptor),
  });
}

const DESCRIPTOR = ["mediaType", "digest", "size", "urls", "annotations", "data", "platform", "artifactType"];
const PLATFORM = ["os.version", "os.features", "variant", "features"];

/** A descriptor as Go writes it: fields in the order of its type, and none but those. */
function descriptorJson(descriptor: Descriptor): Readonly<Record<string, unknown>> {
  const { annotations, platform, size } = descriptor;
  const json: Record<string, unknown> = { ...descriptor, annotations: annotations ? goMap(annotations) : undefined };
  if (platform) json.platform = platformJson(platform);
  if (annotations && Object.keys(annotations).length === 0) delete json.annotations;
  return { ...ordered(json, DESCRIPTOR.slice(0, 2)), size, ...ordered(json, DESCRIPTOR.slice(3)) };
}

function platformJson(platform: Platform): Readonly<Record<string, unknown>> {
  const { architecture, os } = platform;
  return { architecture, os, ...ordered({ ...platform }, PLATFORM) };
}

/** A platform with Go's names; printed it is its text. */
export function platformData(platform: Platform): GoValue {
  return goStruct({
    type: "platform.Platform",
    fields: {
      Architecture: platform.architecture,
      OS: platform.os,
      OSVersion: platform["os.version"] ?? "",
      OSFeatures: new GoStrings(platform["os.features"]),
      Variant: platform.variant ?? "",
      Features: new GoStrings(undefined),
    },
    text: () => platformText(platform),
    json: () => platformJson(platform),
  });
}

/** Text of a platform that a registry gave, which may be anything. */
export function platformText(platform: Platform): string {
  const { os, architecture } = platform;
  if (typeof os !== "string" || typeof architecture !== "string") return "";
  // A version of the system is a field of its own.
  const { "os.version": _version, ...named } = platform;
  return formatPlatform(normalizePlatform(named));
}
