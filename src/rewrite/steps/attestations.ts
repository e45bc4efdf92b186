/**
 * The step that makes what Docker lists in an index as attestations referrers of what they are about (distribution-spec, "Referrers").
 *
 * @module
 */
import { FerryError } from "../../errors.ts";
import { ANNOTATION } from "../../oci/annotation.ts";
import { isJsonObject } from "../../oci/descriptor.ts";
import type { Step } from "../step.ts";
import { type EntryNode, type ManifestNode, manifestsOf, objectIn } from "../tree.ts";

/**
 * Makes them referrers; they leave the index.
 *
 * @throws {FerryError} from the step: MANIFEST_INVALID where one names what the index does not have
 */
export function attestationsToReferrers(): Step {
  return ({ root }) => {
    for (const node of manifestsOf(root)) {
      for (const entry of node.entries) {
        if (!entry.removed && entry.node !== undefined) convert(node, entry, entry.node);
      }
    }
  };
}

function convert(index: ManifestNode, entry: EntryNode, child: ManifestNode): void {
  const { [ANNOTATION.dockerReferenceType]: type, [ANNOTATION.dockerReferenceDigest]: digest } =
    entry.original.annotations ?? {};
  if (type === undefined || type === "" || digest === undefined || digest === "") return;
  const subject = digest === index.original.descriptor.digest
    ? index
    : index.entries.find(({ original }) => original.digest === digest)?.node;
  if (subject === undefined) {
    throw new FerryError(
      "MANIFEST_INVALID",
      `Attestation ${entry.original.digest} is about ${digest}, which is not in the index`,
    );
  }
  const known = isJsonObject(child.json.subject) ? child.json.subject.digest : undefined;
  if (known !== digest) objectIn(child.json, "annotations")[ANNOTATION.dockerReferenceType] = type;
  entry.removed = true;
  subject.referrers.push(child);
}
