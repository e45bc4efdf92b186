/**
 * Manifests as text for people: labels and values in two aligned columns.
 *
 * @module
 */
import type { Descriptor } from "../oci/descriptor.ts";
import type { Manifest } from "../oci/manifest.ts";
import { isManifestType } from "../oci/media_type.ts";
import { formatPlatform, normalizePlatform, type Platform } from "../oci/platform.ts";
import { descriptorSize, humanSize } from "./human_size.ts";
import { alignTabs } from "./tab_writer.ts";

/** A line: label and value; both "" for an empty one. */
export type Row = readonly [label: string, value: string];

/** An empty line. */
export const EMPTY_ROW: Row = ["", ""];
const BLOCKS: Readonly<Record<string, string>> = { artifact: "Blobs:", image: "Layers:", index: "Manifests:" };

/**
 * The text of a manifest with its line ends. Lines without a value end in blanks, as in aligned tables of Go programs.
 *
 * @param name the reference as it was given, or with the digest that was chosen
 */
export function manifestText(manifest: Manifest, name: string): string {
  const rows: Row[] = [["Name:", name], ["MediaType:", manifest.descriptor.mediaType]];
  if (typeof manifest.json.artifactType === "string" && manifest.json.artifactType !== "") {
    rows.push(["ArtifactType:", manifest.json.artifactType]);
  }
  rows.push(["Digest:", manifest.descriptor.digest], ...annotationRows(manifest.annotations));
  switch (manifest.kind) {
    case "index":
      rows.push(EMPTY_ROW, ["Manifests:", ""]);
      for (const child of manifest.manifests) {
        rows.push(EMPTY_ROW, ["  Name:", `${name}@${child.digest}`], ...descriptorRows(child, "  "));
      }
      break;
    case "image":
    case "artifact":
      rows.push(["Total Size:", humanSize(manifest.layers.reduce((sum, layer) => sum + layer.size, 0))]);
      if (manifest.config !== undefined) {
        rows.push(EMPTY_ROW, ["Config:", ""], ...descriptorRows(manifest.config, "  "));
      }
      rows.push(EMPTY_ROW, [BLOCKS[manifest.kind]!, ""]);
      for (const layer of manifest.layers) rows.push(EMPTY_ROW, ...descriptorRows(layer, "  "));
      break;
    case "schema1":
      rows.push(EMPTY_ROW, ["Layers:", ""], ...manifest.layers.map((layer): Row => ["  Digest:", layer.digest]));
      break;
    case "unknown":
  }
  if (manifest.subject !== undefined) rows.push(EMPTY_ROW, ["Subject:", ""], ...descriptorRows(manifest.subject, "  "));
  return rowsText(rows);
}

/** Lines of a descriptor; sizes of manifests are left out, since nobody pulls them for their size. */
export function descriptorRows(descriptor: Descriptor, indent: string): Row[] {
  const { platform, urls } = descriptor;
  const rows: Row[] = [["Digest:", descriptor.digest], ["MediaType:", descriptor.mediaType]];
  if (descriptor.artifactType) rows.push(["ArtifactType:", descriptor.artifactType]);
  if (!isManifestType(descriptor.mediaType)) rows.push(["Size:", descriptorSize(descriptor.size)]);
  if (platform) rows.push(...platformRows(platform));
  if (urls && urls.length > 0) rows.push(["URLs:", urls.join(", ")]);
  rows.push(...annotationRows(descriptor.annotations ?? {}));
  return rows.map(([label, value]) => [indent + label, value]);
}

/** Aligned text of lines, each with its end. */
export function rowsText(rows: readonly Row[]): string {
  return alignTabs(rows.map(([label, value]) => `${printable(label)}\t${printable(value)}\n`).join(""));
}

function platformRows(platform: Platform): Row[] {
  const { os, architecture } = platform;
  if (typeof os !== "string" || typeof architecture !== "string" || os === "") return [];
  const { "os.version": version, "os.features": features, ...rest } = normalizePlatform(platform);
  const rows: Row[] = [["Platform:", formatPlatform(rest)]];
  if (version) rows.push(["OSVersion:", version]);
  if (features && features.length > 0) rows.push(["OSFeatures:", features.join(", ")]);
  return rows;
}

function annotationRows(annotations: Readonly<Record<string, string>>): Row[] {
  const keys = Object.keys(annotations).sort();
  if (keys.length === 0) return [];
  return [["Annotations:", ""], ...keys.map((key): Row => [`  ${key}:`, `${annotations[key]}`])];
}

/** Text from a registry must not steer the terminal or break the columns. */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, (char) => {
    const known: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n", "\r": "\\r" };
    return known[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}
