/**
 * Manifests of a registry (distribution-spec, "Pulling manifests", "Pushing Manifests", "Deleting Manifests").
 *
 * @module
 */
import { FerryError, isFerryError } from "../../errors.ts";
import { shownHeaders } from "../../http/redact.ts";
import { isWebPage, webPageHint } from "../../http/registry_words.ts";
import type { RegistryAnswer } from "../../http/request.ts";
import type { Descriptor } from "../../oci/descriptor.ts";
import { isDigest, parseDigest } from "../../oci/digest.ts";
import type { Manifest } from "../../oci/manifest.ts";
import { baseMediaType } from "../../oci/media_type.ts";
import { type Reference, withDigest } from "../../reference/reference.ts";
import type { CallOptions, DeleteManifestOptions, PutManifestResult } from "../transport.ts";
import type { RegistryContext } from "./context.ts";
import {
  askManifest,
  deleteByKey,
  fetchManifest,
  manifestName,
  readManifest,
  sendManifest,
} from "./manifest_request.ts";
import { addReferrer, removeReferrer } from "./referrer.ts";

/** A manifest's answer to HEAD, or to GET where the registry does not answer HEAD; undefined when there is no such manifest. */
export async function headManifestAnswer(
  context: RegistryContext,
  reference: Reference,
  options: CallOptions,
): Promise<{ readonly descriptor: Descriptor; readonly headers: Headers } | undefined> {
  if (reference.digest !== "") parseDigest(reference.digest);
  const host = await context.http.host(reference.registry);
  const noHead = context.noHead.has(reference.registry) || host.apiOpts.disableHead === "true";
  let answer: RegistryAnswer;
  try {
    answer = await askManifest(context, reference, noHead ? "GET" : "HEAD", options, [200, 404]);
  } catch (error) {
    if (noHead || !isFerryError(error, "UNSUPPORTED")) throw error;
    context.noHead.add(reference.registry);
    answer = await askManifest(context, reference, "GET", options, [200, 404]);
  }
  const { headers } = answer;
  if (answer.status === 404) {
    await answer.discard();
    return undefined;
  }
  if (answer.body !== null && (noHead || context.noHead.has(reference.registry))) {
    const { descriptor } = await readManifest(answer, reference);
    options.onHeaders?.(shownHeaders(headers));
    return { descriptor, headers };
  }
  await answer.discard();
  if (isWebPage(headers)) {
    throw new FerryError(
      "RESPONSE_INVALID",
      `HEAD ${manifestName(reference)} was answered with something other than a manifest`,
      {
        status: answer.status,
        hint: webPageHint(answer.host.name),
      },
    );
  }
  options.onHeaders?.(shownHeaders(headers));
  const said = headers.get("docker-content-digest") ?? "";
  const length = headers.get("content-length");
  return {
    headers,
    descriptor: {
      mediaType: baseMediaType(headers.get("content-type") ?? ""),
      // What was asked for by digest has that digest, whatever the answer says.
      digest: reference.digest !== "" ? reference.digest : isDigest(said) ? said : "",
      size: length === null ? -1 : Number(length),
    },
  };
}

/** A manifest, checked. */
export async function getManifest(
  context: RegistryContext,
  reference: Reference,
  options: CallOptions,
): Promise<Manifest> {
  if (reference.digest !== "") parseDigest(reference.digest);
  return await fetchManifest(context, reference, options);
}

/** Stores a manifest by tag, by digest, or by both. */
export async function putManifest(
  context: RegistryContext,
  reference: Reference,
  manifest: Manifest,
  options: CallOptions,
): Promise<PutManifestResult> {
  const { descriptor } = manifest;
  if (reference.digest !== "" && reference.digest !== descriptor.digest) {
    throw new FerryError(
      "DIGEST_MISMATCH",
      `Manifest to put has digest ${descriptor.digest}, expected ${reference.digest}`,
    );
  }
  const sha256 = parseDigest(descriptor.digest).algorithm === "sha256";
  const { tag } = reference;
  // A registry stores what is put by tag under its sha256 digest as well. Other algorithms need the digest in the address.
  const byTag = tag !== "" && sha256;
  const answer = await sendManifest(
    context,
    reference,
    manifest,
    byTag ? tag : descriptor.digest,
    byTag || tag === "" ? {} : { tag },
    options,
  );
  if (!byTag && tag !== "" && !(answer.headers.get("oci-tag") ?? "").split(/,\s*/).includes(tag)) {
    await sendManifest(context, reference, manifest, tag, {}, options);
  }
  const stored = answer.headers.get("docker-content-digest");
  if (
    stored !== null && isDigest(stored) && stored !== descriptor.digest && manifest.kind !== "schema1" &&
    parseDigest(stored).algorithm === parseDigest(descriptor.digest).algorithm
  ) {
    throw new FerryError(
      "DIGEST_MISMATCH",
      `Registry ${reference.registry} stored manifest ${stored}, expected ${descriptor.digest}`,
    );
  }
  if (manifest.subject !== undefined && !answer.headers.has("oci-subject")) {
    await addReferrer(context, withDigest(reference, manifest.subject.digest), manifest, options);
  }
  return { descriptor };
}

/** Deletes a manifest by digest. */
export async function deleteManifest(
  context: RegistryContext,
  reference: Reference,
  options: DeleteManifestOptions,
): Promise<void> {
  if (reference.digest === "") {
    throw new FerryError("ARGUMENT_INVALID", `Deleting ${manifestName(reference)} needs a digest`, {
      hint: "delete the tag alone with: ferry tag delete",
    });
  }
  parseDigest(reference.digest);
  const manifest = options.referrers
    ? await getManifest(context, withDigest(reference, reference.digest), options)
    : undefined;
  await deleteByKey(context, reference, reference.digest, options);
  if (manifest?.subject !== undefined) {
    await removeReferrer(context, withDigest(reference, manifest.subject.digest), manifest, options);
  }
}
