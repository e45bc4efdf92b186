/**
 * Steps that change annotations (image-spec, annotations.md).
 *
 * @module
 */
import { ANNOTATION } from "../../oci/annotation.ts";
import { isJsonObject } from "../../oci/descriptor.ts";
import type { Platform } from "../../oci/platform.ts";
import { imagesFor, type Step, type Work } from "../step.ts";
import { type ManifestNode, manifestsOf, objectIn } from "../tree.ts";

/** Manifests that an annotation is for: the topmost, all of them, or the images of some platforms. */
export type AnnotationScope = "top" | "all" | readonly Platform[];

/** Sets an annotation; an empty value takes it away. */
export function annotate(key: string, value: string, scope: AnnotationScope = "top"): Step {
  return (work) => {
    for (const node of manifestsIn(work, scope)) setText(node, key, value);
  };
}

/** Says what the base of an image is, on the topmost manifest and on those below it. */
export function annotateBase(name: string, digest: string): Step {
  return ({ root }) => {
    for (const node of manifestsOf(root)) {
      setText(node, ANNOTATION.baseName, name);
      setText(node, ANNOTATION.baseDigest, digest);
    }
  };
}

/** Puts annotations that all manifests of an index share on the index as well. */
export function promoteAnnotations(): Step {
  return ({ root }) => {
    for (const node of manifestsOf(root)) {
      const children = node.entries.flatMap((entry) => entry.removed || entry.node === undefined ? [] : [entry.node]);
      const [first, ...others] = children.map(annotationsIn);
      for (const [key, value] of Object.entries(first ?? {})) {
        if (others.every((annotations) => annotations[key] === value)) setText(node, key, value);
      }
    }
  };
}

/** Puts the labels of images on their manifests as annotations. */
export function labelsToAnnotations(): Step {
  return ({ root }) => {
    for (const node of manifestsOf(root)) {
      for (const [key, value] of Object.entries(labelsOf(node))) setText(node, key, value);
    }
  };
}

/** Labels of an image; none where it is no image. */
export function labelsOf({ config }: ManifestNode): Readonly<Record<string, string>> {
  const container = config?.json.config;
  const labels = isJsonObject(container) ? container.Labels : undefined;
  return isJsonObject(labels) ? labels as Record<string, string> : {};
}

function manifestsIn(work: Work, scope: AnnotationScope): readonly ManifestNode[] {
  if (scope === "top") return [work.root];
  return scope === "all" ? manifestsOf(work.root) : imagesFor(work, scope);
}

function annotationsIn({ json }: ManifestNode): Readonly<Record<string, string>> {
  return isJsonObject(json.annotations) ? json.annotations as Record<string, string> : {};
}

function setText({ json }: ManifestNode, key: string, value: string): void {
  if (value !== "") objectIn(json, "annotations")[key] = value;
  else if (isJsonObject(json.annotations)) delete json.annotations[key];
}
