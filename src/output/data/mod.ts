/**
 * What templates and `--format json` see. What the values are made with is loaded when a format asks for them.
 *
 * @module
 */
import type { TarHeader } from "../../archive/tar_header.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import type { ImageConfig } from "../../oci/image_config.ts";
import type { Platform } from "../../oci/platform.ts";
import type { Reference } from "../../reference/reference.ts";
import type { GoStructSpec, GoValue } from "../template/value.ts";
import type { NamedManifest } from "./manifest.ts";
import type { NamedReference, ReferrersData, TreeNode } from "./referrers.ts";

export type { GoStructSpec, GoValue, NamedManifest, NamedReference, ReferrersData, TreeNode };

/** Data with fields and methods by Go's names: what is asked for and not there is an error, as it is in Go. */
export async function structData(spec: GoStructSpec): Promise<GoValue> {
  return (await import("../template/value.ts")).goStruct(spec);
}

/** A time span in milliseconds as templates see it: a time.Duration. */
export async function durationData(milliseconds: number): Promise<unknown> {
  return (await import("../template/duration.ts")).goDuration(BigInt(Math.round(milliseconds * 1e6)));
}

/** Texts under one name, as a list that `join` takes. */
export async function listData(
  type: string,
  texts: readonly string[],
  fields: Readonly<Record<string, unknown>>,
  names: { readonly field: string; readonly method: string; readonly json: string },
): Promise<GoValue> {
  const { GoStrings, goStruct } = await import("../template/value.ts");
  const list = new GoStrings(texts);
  const json = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));
  return goStruct({
    type,
    fields: { ...fields, [names.field]: list },
    methods: { [names.method]: () => list },
    json: () => ({ ...json, [names.json]: texts }),
    pretty: () => texts.map((text) => `${text}\n`).join(""),
  });
}

/** Data of a list of tags: `.Name`, `.Tags`. */
export function tagListData(name: string, tags: readonly string[]): Promise<GoValue> {
  return listData("tag.List", tags, { Name: name }, { field: "Tags", method: "GetTags", json: "tags" });
}

/** Data of a list of repositories: `.Repositories`. */
export function repositoryListData(repositories: readonly string[]): Promise<GoValue> {
  return listData("repo.RepoList", repositories, {}, {
    field: "Repositories",
    method: "GetRepos",
    json: "repositories",
  });
}

/** Data of a manifest, or of its descriptor alone. */
export async function manifestData(named: NamedManifest): Promise<GoValue> {
  return (await import("./manifest.ts")).manifestData(named);
}

/** Data of what stored a manifest: `.Manifest.GetDescriptor.Digest`. */
export async function storedManifestData(named: NamedManifest): Promise<GoValue> {
  const manifest = await manifestData(named);
  return await structData({ type: "struct", fields: { Manifest: manifest } });
}

/** Data of a reference, `name` is its text, `typed` as it was typed: `.CommonName`, `.Tag`. */
export async function referenceData(reference: Reference, name: string, typed: string = name): Promise<GoValue> {
  return (await import("./reference.ts")).referenceData(reference, name, typed);
}

/** Data of a descriptor: `.Digest`, `.Size`, `.MediaType`. */
export async function descriptorData(descriptor: Descriptor): Promise<GoValue> {
  return (await import("./descriptor.ts")).descriptorData(descriptor);
}

/** Data of an image configuration: `.Config.Labels`, `.Created`. */
export async function imageConfigData(
  config: ImageConfig,
  raw: Uint8Array,
  descriptor: Descriptor,
  platform: Platform,
  pretty: () => string,
): Promise<GoValue> {
  return (await import("./image_config.ts")).imageConfigData(config, raw, descriptor, platform, pretty);
}

/** Data of a configuration file, without its secrets: `.Filename`, `.Hosts`. */
export async function configFileData(filename: string, file: object): Promise<GoValue> {
  return (await import("./config.ts")).configFileData(filename, { ...file });
}

/** Data of a HOST object, without its secrets: `.TLS`, `.User`. */
export async function hostData(name: string, host: object): Promise<GoValue> {
  return (await import("./config.ts")).hostData(name, { ...host });
}

/** Data of a file in a layer: `.Header.Size`, `.Header.ModTime`. */
export async function tarHeaderData(header: TarHeader): Promise<GoValue> {
  return (await import("./tar_header.ts")).tarHeaderData(header);
}

/** Data of a list of referrers: `.Subject`, `.Descriptors`. */
export async function referrersData(found: ReferrersData): Promise<GoValue> {
  return (await import("./referrers.ts")).referrersData(found);
}

/** Data of a tree of manifests: `.Ref`, `.Child`, `.Referrer`. */
export async function treeData(node: TreeNode, pretty: () => string): Promise<GoValue> {
  return (await import("./referrers.ts")).treeData(node, pretty);
}
