/**
 * A process that writes into a layout, for tests of several at a time and of ones that are killed:
 * `tags FOLDER PREFIX COUNT SEED` puts images, `blob FOLDER URL DIGEST SIZE` stores a blob from HTTP.
 */
import { withTag } from "../../src/reference/reference.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { Content, pushContent } from "../support/content.ts";
import { addArtifact, addImage, addLayer } from "../support/images.ts";
import { layoutReference } from "./layout_place.ts";

async function putTags(folder: string, prefix: string, count: number, seed: number): Promise<void> {
  const transport = createLayoutTransport();
  const place = layoutReference(folder);
  for (let number = 0; number < count; number++) {
    const content = new Content();
    const subject = addImage(content, { layers: [addLayer(content, 1), addLayer(content, seed + number)] });
    // Both processes put referrers of the one image that they share.
    const shared = addImage(content, { tag: "shared", layers: [addLayer(content, 1)] });
    addArtifact(content, { artifactType: "a/b", subject: shared, text: `${prefix}${number}` });
    await pushContent(content, transport, place);
    await transport.putManifest(withTag(place, `${prefix}${number}`), content.manifest(subject.digest));
    if (number > 0) await transport.deleteTag(withTag(place, `${prefix}${number - 1}`));
    await transport.close(place);
  }
}

async function putBlob(folder: string, url: string, digest: string, size: number): Promise<void> {
  await createLayoutTransport().putBlob(layoutReference(folder), {
    descriptor: { mediaType: "application/octet-stream", digest, size },
    reopenable: true,
    open: async (offset) => {
      const response = await fetch(url, { headers: { range: `bytes=${offset}-`, "accept-encoding": "identity" } });
      return { body: response.body!, size: size - offset, offset };
    },
  });
}

if (import.meta.main) {
  const [verb, folder = "", a = "", b = "", c = ""] = Deno.args;
  if (verb === "tags") await putTags(folder, a, Number(b), Number(c));
  else if (verb === "blob") await putBlob(folder, a, b, Number(c));
  else throw new Error(`There is no "${verb}"`);
}
