/**
 * The shape of each kind of manifest.
 *
 * @module
 */
import { type Manifest, MEDIA_TYPE } from "../../../src/mod.ts";
import {
  DOCKER_LIST,
  DOCKER_MANIFEST,
  DOCKER_SCHEMA1,
  OCI_ARTIFACT,
  OCI_INDEX,
  OCI_MANIFEST,
  type Shape,
} from "./shape.ts";

/** The shape of a manifest; that of nothing where its media type is not known. */
export function shapeOf({ descriptor, kind }: Manifest): Shape {
  switch (descriptor.mediaType) {
    case MEDIA_TYPE.dockerManifest:
      return DOCKER_MANIFEST;
    case MEDIA_TYPE.dockerManifestList:
      return DOCKER_LIST;
  }
  switch (kind) {
    case "image":
      return OCI_MANIFEST;
    case "index":
      return OCI_INDEX;
    case "artifact":
      return OCI_ARTIFACT;
    case "schema1":
      return DOCKER_SCHEMA1;
    case "unknown":
      return [];
  }
}
