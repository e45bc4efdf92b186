/**
 * Lists over HTTP: tags, referrers and repositories (distribution-spec, "Content Discovery").
 *
 * @module
 */
import type { Digest } from "../oci/digest.ts";
import { MEDIA_TYPE } from "../oci/media_type.ts";
import { listReferrers } from "../transport/layout/referrer.ts";
import { jsonAnswer } from "./answer.ts";
import type { Call } from "./call.ts";
import { Refusal } from "./refusal.ts";
import type { Registry } from "./registry.ts";

/** Most names that one answer has where the client sets no limit. */
const PAGE_MOST = 10_000;

/** `GET /v2/<name>/tags/list`. */
export async function listTags(registry: Registry, call: Call, name: string): Promise<Response> {
  const { names } = await registry.view(name);
  const page = pageOf(names, call.query);
  return jsonAnswer(200, { name, tags: page.names }, linkOf(`/v2/${name}/tags/list`, page), call.head);
}

/** `GET /v2/_catalog`: the repositories that the client may pull from. */
export async function listRepositories(registry: Registry, call: Call): Promise<Response> {
  const names = (await registry.layouts.names()).filter((name) => call.sees(name));
  const page = pageOf(names, call.query);
  return jsonAnswer(200, { repositories: page.names }, linkOf("/v2/_catalog", page), call.head);
}

/** `GET /v2/<name>/referrers/<digest>`. None is an empty list. */
export async function referrers(registry: Registry, call: Call, name: string, digest: Digest): Promise<Response> {
  const artifactType = call.query.get("artifactType") ?? "";
  const { descriptors } = await listReferrers(
    registry.layouts.context,
    registry.layouts.reference(name, "", digest),
    artifactType === "" ? {} : { artifactType },
  );
  const manifests = descriptors.filter((one) => registry.blobSize(name, one.digest) === one.size);
  return jsonAnswer(200, { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }, {
    "content-type": MEDIA_TYPE.ociIndex,
    ...(artifactType === "" ? {} : { "oci-filters-applied": "artifactType" }),
  }, call.head);
}

interface Page {
  readonly names: readonly string[];
  readonly limit: number;
  readonly more: boolean;
}

function pageOf(all: readonly string[], query: URLSearchParams): Page {
  const text = query.get("n");
  if (text !== null && !/^\d{1,9}$/.test(text)) {
    throw new Refusal(400, "PAGINATION_NUMBER_INVALID", "Number of names is not valid", { detail: { n: text } });
  }
  const limit = Math.min(text === null ? PAGE_MOST : Number(text), PAGE_MOST);
  const last = query.get("last") ?? "";
  const rest = last === "" ? all : all.slice(firstAfter(all, last));
  const names = rest.slice(0, limit);
  return { names, limit, more: limit > 0 && rest.length > names.length };
}

/** Place of the first name behind `last`; the names are sorted. */
function firstAfter(names: readonly string[], last: string): number {
  let low = 0;
  let high = names.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (names[middle]! <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}

function linkOf(path: string, { names, limit, more }: Page): Record<string, string> {
  const last = names.at(-1);
  if (!more || last === undefined) return {};
  return { link: `<${path}?n=${limit}&last=${encodeURIComponent(last)}>; rel="next"` };
}
