/**
 * The `data` field of descriptors: the content itself (image-spec, descriptor.md, "Embedded Content").
 *
 * @module
 */
import type { JsonObject } from "../oci/descriptor.ts";
import type { LayerNode } from "./tree.ts";

/** True when the content of a layer goes into its descriptor. */
export function wantsData({ json }: LayerNode, size: number, dataMax: number | undefined): boolean {
  return dataMax === undefined ? typeof json.data === "string" : size <= dataMax;
}

/** Puts content into a descriptor where it is to be there, and takes it out where it is not. */
export function setData(json: JsonObject, dataMax: number | undefined, content: () => Uint8Array | string): void {
  const wanted = dataMax === undefined ? typeof json.data === "string" : (json.size as number) <= dataMax;
  if (!wanted) {
    delete json.data;
    return;
  }
  const data = content();
  json.data = typeof data === "string" ? data : data.toBase64();
}
