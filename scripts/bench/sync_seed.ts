/**
 * Fills a repository with tags from a layout, without any of the programs that are measured (distribution-spec, "Push").
 *
 * @module
 */
import { join } from "node:path";
import type { Descriptor } from "../../src/oci/descriptor.ts";

/** Requests at a time. */
const AT_ONCE = 8;

/** Makes a layout with `count` tags from another one: those beyond the other's name its images again. */
export async function serveTags(layout: string, folder: string, count: number): Promise<void> {
  await Deno.mkdir(join(folder, "blobs", "sha256"), { recursive: true });
  for await (const { name } of Deno.readDir(join(layout, "blobs", "sha256"))) {
    await Deno.link(join(layout, "blobs", "sha256", name), join(folder, "blobs", "sha256", name)).catch(() => {});
  }
  const index = JSON.parse(await Deno.readTextFile(join(layout, "index.json")));
  const entries: Descriptor[] = index.manifests;
  index.manifests = Array.from({ length: count }, (_, at) => ({
    ...entries[at % entries.length],
    annotations: { "org.opencontainers.image.ref.name": `t${String(at).padStart(3, "0")}` },
  }));
  await Deno.writeTextFile(join(folder, "index.json.part"), JSON.stringify(index));
  await Deno.rename(join(folder, "index.json.part"), join(folder, "index.json"));
  await Deno.copyFile(join(layout, "oci-layout"), join(folder, "oci-layout"));
}

/** Puts the tags of a layout into a repository. */
export async function seedTags(layout: string, port: number, repository: string): Promise<void> {
  const base = `http://127.0.0.1:${port}/v2/${repository}`;
  const entries: Descriptor[] = JSON.parse(await Deno.readTextFile(join(layout, "index.json"))).manifests;
  const blobs = new Map<string, Promise<void>>();
  const pathOf = (digest: string) => join(layout, "blobs", ...digest.split(":"));
  const putBlob = async (digest: string) => {
    const started = await send("POST", `${base}/blobs/uploads/`);
    const url = new URL(started.headers.get("location")!, base);
    url.searchParams.set("digest", digest);
    await send("PUT", url.href, await Deno.readFile(pathOf(digest)), "application/octet-stream");
  };
  const rest = entries.values();
  const worker = async () => {
    for (const entry of rest) {
      const text = await Deno.readTextFile(pathOf(entry.digest));
      const { config, layers } = JSON.parse(text);
      for (const { digest } of [...layers, config]) {
        let put = blobs.get(digest);
        if (put === undefined) blobs.set(digest, put = putBlob(digest));
        await put;
      }
      const tag = entry.annotations!["org.opencontainers.image.ref.name"]!;
      await send("PUT", `${base}/manifests/${tag}`, text, entry.mediaType);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
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
