import type { Reference } from "../../reference/reference.ts";
import { goStruct, type GoValue } from "../template/value.ts";

/**
 * A reference as templates see it: `.CommonName`, `.Registry`, `.Tag` ...
 *
 * @param name its text
 */
export function referenceData(reference: Reference, name: string): GoValue {
  const { scheme, registry, repository, tag, digest, path } = reference;
  return goStruct({
    type: "ref.Ref",
    fields: {
      Scheme: scheme,
      Reference: name,
      Registry: registry,
      Repository: repository,
      Tag: tag,
      Digest: digest,
      Path: path,
    },
    methods: { CommonName: () => name, IsZero: () => false },
  });
}
