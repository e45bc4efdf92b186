/**
 * Descriptors and platforms as templates see them.
 *
 * @module
 */
import type { Descriptor } from "../../oci/descriptor.ts";
import { formatPlatform, normalizePlatform, type Platform } from "../../oci/platform.ts";
import { GoNil, GoStrings, goStruct, type GoValue } from "../template/value.ts";

/** A descriptor with Go's names; its JSON is the descriptor as it was written. */
export function descriptorData(descriptor: Descriptor): GoValue {
  const { mediaType, digest, size, urls, annotations, data, platform, artifactType } = descriptor;
  return goStruct({
    type: "descriptor.Descriptor",
    fields: {
      MediaType: mediaType,
      Digest: digest,
      Size: size,
      URLs: new GoStrings(urls ?? []),
      Annotations: annotations ?? {},
      get Data() {
        return data === undefined ? new Uint8Array() : Uint8Array.fromBase64(data);
      },
      Platform: platform ? platformData(platform) : new GoNil("*platform.Platform"),
      ArtifactType: artifactType ?? "",
      // Unexported in Go, where it shows when a descriptor is printed whole.
      digestAlgo: "",
    },
    json: () => descriptor,
  });
}

/** A platform with Go's names; printed it is its text. */
export function platformData(platform: Platform): GoValue {
  return goStruct({
    type: "platform.Platform",
    fields: {
      Architecture: platform.architecture,
      OS: platform.os,
      OSVersion: platform["os.version"] ?? "",
      OSFeatures: new GoStrings(platform["os.features"] ?? []),
      Variant: platform.variant ?? "",
      Features: new GoStrings([]),
    },
    text: () => platformText(platform),
    json: () => platform,
  });
}

/** Text of a platform that a registry gave, which may be anything. */
export function platformText(platform: Platform): string {
  const { os, architecture } = platform;
  if (typeof os !== "string" || typeof architecture !== "string") return "";
  return formatPlatform(normalizePlatform(platform));
}
