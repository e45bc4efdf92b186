/**
 * The requests that manifests are made of.
 *
 * @module
 */
import { FerryError, isFerryError } from "../../errors.ts";
import { shownHeaders } from "../../http/redact.ts";
import { isWebPage, webPageHint } from "../../http/registry_words.ts";
import type { RegistryAnswer } from "../../http/request.ts";
import { isDigest } from "../../oci/digest.ts";
import { type Manifest, MANIFEST_MAX_BYTES, parseManifest } from "../../oci/manifest.ts";
import { MANIFEST_MEDIA_TYPES } from "../../oci/media_type.ts";
import type { Reference } from "../../reference/reference.ts";
import type { CallOptions } from "../transport.ts";
import { readAgain } from "./read_again.ts";
import { ACTIONS, type RegistryContext, repositoryName, target } from "./context.ts";

const ACCEPT = MANIFEST_MEDIA_TYPES.join(", ");

/** Tag or digest by which a manifest is asked for; the digest wins. */
export function manifestKey(reference: Reference): string {
  return reference.digest !== "" ? reference.digest : reference.tag !== "" ? reference.tag : "latest";
}

/** The manifest's reference as text, with what is asked for by. */
export function manifestTarget(reference: Reference): string {
  return `${repositoryName(reference)}${reference.digest === "" ? ":" : "@"}${manifestKey(reference)}`;
}

/** How errors name the manifest. */
export function manifestName(reference: Reference): string {
  return `manifest ${manifestTarget(reference)}`;
}

/** Asks for a manifest by GET or HEAD. */
export async function askManifest(
  context: RegistryContext,
  reference: Reference,
  method: "GET" | "HEAD",
  options: CallOptions,
  accept: readonly number[],
  mirrored = true,
): Promise<RegistryAnswer> {
  return await context.http.send({
    ...target(reference, options),
    method,
    path: `manifests/${manifestKey(reference)}`,
    headers: { accept: ACCEPT },
    accept,
    actions: ACTIONS.pull,
    mirrored,
    asked: "manifest",
    what: manifestName(reference),
    target: manifestTarget(reference),
  });
}

/** Reads an answer as the manifest that the reference names, and checks it. */
export async function readManifest(answer: RegistryAnswer, reference: Reference): Promise<Manifest> {
  const length = Number(answer.headers.get("content-length") ?? 0);
  if (length > MANIFEST_MAX_BYTES) {
    await answer.discard();
    throw tooLarge(reference, `${length} bytes`);
  }
  let raw: Uint8Array<ArrayBuffer>;
  try {
    raw = await answer.bytes(MANIFEST_MAX_BYTES);
  } catch (error) {
    if (isFerryError(error, "RESPONSE_INVALID")) throw tooLarge(reference, `more than ${MANIFEST_MAX_BYTES} bytes`);
    throw error;
  }
  const said = answer.headers.get("docker-content-digest") ?? "";
  const digest = reference.digest !== "" ? reference.digest : isDigest(said) ? said : undefined;
  const mediaType = answer.headers.get("content-type") ?? undefined;
  try {
    return parseManifest(raw, { mediaType, digest });
  } catch (error) {
    throw isFerryError(error) ? unreadable(error, answer, reference, raw) : error;
  }
}

/** Says whose manifest cannot be read, and where it came from. */
function unreadable(error: FerryError, answer: RegistryAnswer, reference: Reference, raw: Uint8Array): FerryError {
  const { name } = answer.host;
  const what = `GET ${manifestName(reference)}`;
  const options = { status: answer.status, cause: error, target: manifestTarget(reference) };
  if (isWebPage(answer.headers, raw)) {
    return new FerryError("RESPONSE_INVALID", `${what} was answered with something other than a manifest`, {
      ...options,
      hint: webPageHint(name),
    });
  }
  const from = name === reference.registry ? `registry ${name}` : `mirror ${name} of ${reference.registry}`;
  if (error.code !== "DIGEST_MISMATCH") {
    const hint = error.hint ?? `that is what ${from} sent: the manifest that it has is broken, push it anew`;
    return new FerryError(error.code, `${what} failed: ${error.message}`, { ...options, hint });
  }
  const hint = reference.digest === ""
    ? `${from} says one digest and sends another manifest: its storage is damaged, or something in between changed the answer`
    : `${from} sent other content than was asked for: its storage is damaged, or something in between changed the answer`;
  return new FerryError(error.code, `${what} failed: ${error.message}`, { ...options, hint });
}

/** Asks for a manifest and reads it. */
export async function fetchManifest(
  context: RegistryContext,
  reference: Reference,
  options: CallOptions,
): Promise<Manifest> {
  const fetched = (mirrored: boolean) =>
    readAgain(
      context,
      options,
      () => askManifest(context, reference, "GET", options, [200], mirrored),
      async (answer) => {
        const manifest = await readManifest(answer, reference);
        options.onHeaders?.(shownHeaders(answer.headers));
        return manifest;
      },
    );
  const { mirrors } = await context.http.host(reference.registry);
  if (mirrors.length === 0) return await fetched(false);
  try {
    return await fetched(true);
  } catch (error) {
    // A mirror that serves something else is as good as none.
    if (!isFerryError(error) || error.exit !== 6) throw error;
    context.log?.warn("mirror served a wrong manifest, asking upstream", {
      manifest: manifestName(reference),
      error: error.message,
    });
    return await fetched(false);
  }
}

/** Sends a manifest under a tag or digest. */
export async function sendManifest(
  context: RegistryContext,
  reference: Reference,
  manifest: Manifest,
  key: string,
  query: Readonly<Record<string, string>>,
  options: CallOptions,
): Promise<RegistryAnswer> {
  const answer = await context.http.send({
    ...target(reference, options),
    method: "PUT",
    upload: true,
    path: `manifests/${key}`,
    query,
    headers: { "content-type": manifest.descriptor.mediaType },
    body: new Uint8Array(manifest.raw),
    accept: [200, 201, 202],
    actions: ACTIONS.push,
    asked: "manifest",
    what: manifestName(reference),
  });
  await answer.discard();
  return answer;
}

/** Sends a DELETE for a tag or digest. */
export async function deleteByKey(
  context: RegistryContext,
  reference: Reference,
  key: string,
  options: CallOptions,
): Promise<void> {
  const answer = await context.http.send({
    ...target(reference, options),
    method: "DELETE",
    path: `manifests/${key}`,
    accept: [200, 202, 204],
    actions: ACTIONS.remove,
    asked: "manifest",
    what: manifestName(reference),
    target: manifestTarget(reference),
  });
  await answer.discard();
}

function tooLarge(reference: Reference, size: string): FerryError {
  return new FerryError(
    "MANIFEST_TOO_LARGE",
    `${manifestName(reference)} has ${size}, at most ${MANIFEST_MAX_BYTES} are read`,
  );
}
