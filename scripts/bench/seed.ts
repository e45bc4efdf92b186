/**
 * Fills a registry from a layout without any of the programs that are measured (distribution-spec, "Push").
 *
 * @module
 */
import { join } from "node:path";
import type { Descriptor } from "../../src/oci/descriptor.ts";

/** Puts a tag of a layout, with all that it leads to, into a repository; gives its digest. */
export async function seed(layout: string, port: number, repository: string, tag = "latest"): Promise<string> {
  const base = `http://127.0.0.1:${port}/v2/${repository}`;
  const done = new Set<string>();
  const pathOf = ({ digest }: Descriptor) => join(layout, "blobs", ...digest.split(":"));
  const putBlob = async (blob: Descriptor) => {
    if (done.has(blob.digest)) return;
    done.add(blob.digest);
    const started = await send("POST", `${base}/blobs/uploads/`);
    const file = await Deno.open(pathOf(blob));
    const patched = await send("PATCH", location(started, base), file.readable, "application/octet-stream");
    const end = new URL(location(patched, base));
    end.searchParams.set("digest", blob.digest);
    await send("PUT", end.href);
  };
  const putManifest = async (manifest: Descriptor, tag: string) => {
    const text = await Deno.readTextFile(pathOf(manifest));
    const { config, layers = [], manifests = [] } = JSON.parse(text);
    for (const child of manifests) await putManifest(child, child.digest);
    for (const blob of [...layers, ...(config === undefined ? [] : [config])]) await putBlob(blob);
    await send("PUT", `${base}/manifests/${tag}`, text, manifest.mediaType);
  };
  const entries: Descriptor[] = JSON.parse(await Deno.readTextFile(join(layout, "index.json"))).manifests;
  const root = entries.find((one) => one.annotations?.["org.opencontainers.image.ref.name"] === tag);
  if (root === undefined) throw new Error(`The layout ${layout} has no tag "${tag}"`);
  await putManifest(root, tag);
  return root.digest;
}

async function send(method: string, url: string, body?: BodyInit, contentType?: string): Promise<Response> {
  const answer = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body }),
    headers: contentType === undefined ? {} : { "content-type": contentType },
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${url} gave ${answer.status}: ${text}`);
  return answer;
}

function location(answer: Response, base: string): string {
  return new URL(answer.headers.get("location") ?? "", base).href;
}
