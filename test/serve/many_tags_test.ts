/** A repository with thousands of tags: listed, paged, pulled, copied into, deleted from and collected. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { collectLayout } from "../../src/serve/garbage.ts";
import { output, run } from "../cli/harness.ts";
import { bytesOf, Place } from "./harness.ts";

const COUNT = 5000;
/** Each has ten of the tags. */
const IMAGES = 500;

const tagOf = (number: number) => `v${String(number).padStart(4, "0")}`;
const TAGS = Array.from({ length: COUNT }, (_, number) => tagOf(number));

/** Writes a layout of images that share config and layer; gives the digest of each tag. */
async function writeMany(layout: string): Promise<string[]> {
  const blobs = `${layout}/blobs/sha256`;
  await Deno.mkdir(blobs, { recursive: true });
  const write = (bytes: Uint8Array<ArrayBuffer>) => {
    const digest = digestOf(bytes);
    Deno.writeFileSync(`${blobs}/${digest.slice("sha256:".length)}`, bytes);
    return { digest, size: bytes.byteLength };
  };
  const config = { mediaType: MEDIA_TYPE.ociEmpty, ...write(bytesOf("{}")) };
  const layer = { mediaType: MEDIA_TYPE.ociLayer, ...write(bytesOf("a layer")) };
  const images = Array.from({ length: IMAGES }, (_, number) => {
    const mediaType = MEDIA_TYPE.ociManifest;
    const annotations = { number: String(number) };
    return {
      mediaType,
      ...write(bytesOf(JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [layer], annotations }))),
    };
  });
  const manifests = TAGS.map((tag, at) => ({
    ...images[at % IMAGES]!,
    annotations: { "org.opencontainers.image.ref.name": tag },
  }));
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests };
  await Deno.writeTextFile(`${layout}/index.json`, JSON.stringify(index));
  await Deno.writeTextFile(`${layout}/oci-layout`, '{"imageLayoutVersion":"1.0.0"}');
  return manifests.map(({ digest }) => digest);
}

async function lists(place: Place): Promise<void> {
  assert.deepEqual((await place.send("GET", "/v2/many/tags/list")).json, { name: "many", tags: TAGS });
  const seen: string[] = [];
  let pages = 0;
  for (let next: string | undefined = "/v2/many/tags/list?n=999"; next !== undefined; pages++) {
    const answer = (await place.send("GET", next)).is(200);
    seen.push(...answer.json.tags);
    next = /^<(\S+)>; rel="next"$/.exec(answer.header("link"))?.[1];
  }
  assert.deepEqual([pages, seen], [6, TAGS]);
  const some = async (query: string) => (await place.send("GET", `/v2/many/tags/list?${query}`)).json.tags;
  assert.deepEqual(await some("n=2&last=v1234"), ["v1235", "v1236"]);
  assert.deepEqual(await some("n=2&last=v1234x"), ["v1235", "v1236"]);
  assert.deepEqual(await some("last=v4998"), ["v4999"]);
  assert.deepEqual(await some("last=v4999"), []);
  assert.deepEqual(await some("n=0"), []);
  const listed = await output("--host", `reg=${place.host},tls=disabled`, "tag", "ls", `${place.host}/many`);
  assert.deepEqual(listed.trim().split("\n"), TAGS);
}

/** Pulls many tags without reading the index each time. */
async function pulls(place: Place, digests: readonly string[]): Promise<void> {
  const rest = TAGS.entries().filter(([at]) => at % 5 === 0);
  const pull = async () => {
    for (const [at, tag] of rest) {
      const answer = (await place.send("HEAD", `/v2/many/manifests/${tag}`)).is(200);
      assert.equal(answer.header("docker-content-digest"), digests[at]);
    }
  };
  const root = place.registry.layouts.root("many");
  (await place.send("GET", "/v2/many/manifests/v0000")).is(200);
  const view = place.registry.views.get(root);
  assert(!(view instanceof Promise), "the index is read again");
  await Promise.all(Array.from({ length: 8 }, pull));
  assert.equal(place.registry.views.get(root), view);
  // Somebody else changes the file: that shows at once.
  const text = await Deno.readTextFile(`${root}/index.json`);
  const replace = async (content: string) => {
    await Deno.writeTextFile(`${root}/index.json.new`, content);
    await Deno.rename(`${root}/index.json.new`, `${root}/index.json`);
  };
  const index = JSON.parse(text);
  await replace(JSON.stringify({ ...index, manifests: index.manifests.slice(1) }));
  (await place.send("HEAD", "/v2/many/manifests/v0000")).is(404);
  (await place.send("HEAD", "/v2/many/manifests/v0001")).is(200);
  await replace(text);
  (await place.send("HEAD", "/v2/many/manifests/v0000")).is(200);
}

async function changes(place: Place, digests: readonly string[]): Promise<void> {
  const ferry = async (...args: string[]) => {
    const { code, stderr } = await run(["--host", `reg=${place.host},tls=disabled`, ...args]);
    assert.equal(code, 0, stderr);
  };
  const many = `${place.host}/many`;
  await ferry("image", "copy", `${many}:v0042`, `${many}:promoted`);
  await ferry("image", "copy", `${many}:v0043`, `${many}:promoted`);
  await Promise.all(["x0", "x1", "x2", "x3"].map((tag) => ferry("image", "copy", `${many}:v0101`, `${many}:${tag}`)));
  await ferry("repo", "copy", "--include", "v001[0-9]", many, `${place.host}/few`);
  assert.deepEqual((await place.send("GET", "/v2/few/tags/list")).json.tags, TAGS.slice(10, 20));
  await ferry("tag", "delete", `${many}:v4000`);
  (await place.send("DELETE", `/v2/many/manifests/${digests[1]}`)).is(202);
  const gone = ["v4000", ...TAGS.filter((_, at) => at % IMAGES === 1)];
  assert.deepEqual((await place.send("GET", "/v2/many/tags/list")).json.tags, [
    "promoted",
    ...TAGS.filter((tag) => !gone.includes(tag)),
    ...["x0", "x1", "x2", "x3"],
  ]);
  const promoted = (await place.send("HEAD", "/v2/many/manifests/promoted")).header("docker-content-digest");
  assert.equal(promoted, digests[43]);
  const collected = await collectLayout(place.registry.layouts, "many", { dryRun: true, grace: 0, untagged: true });
  assert.deepEqual([collected.digests, collected.entries], [[], 0]);
}

Deno.test("serve: a repository with thousands of tags", async (t) => {
  await using place = await Place.open();
  const digests = await writeMany(`${place.dir}/many`);
  await t.step("lists whole and in pages, which links lead through", () => lists(place));
  await t.step("pulls without reading the index each time, but for changes by others", () => pulls(place, digests));
  await t.step("copies into it, moved and deleted tags, garbage", () => changes(place, digests));
});
