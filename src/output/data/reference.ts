import type { Reference } from "../../reference/reference.ts";
import { goStruct, type GoValue } from "../template/value.ts";

/**
 * A reference as templates see it: `.CommonName`, `.Registry`, `.Tag` ...
 *
 * @param name its text
 * @param typed its text as it was typed
 */
export function referenceData(reference: Reference, name: string, typed: string = name): GoValue {
  const { scheme, registry, repository, tag, digest, path } = reference;
  return goStruct({
    type: "ref.Ref",
    fields: {
      Scheme: scheme,
      Reference: typed,
      Registry: registry,
      Repository: repository,
      Tag: tag,
      Digest: digest,
      Path: path,
    },
    methods: { CommonName: () => name, IsZero: () => false },
  });
}
