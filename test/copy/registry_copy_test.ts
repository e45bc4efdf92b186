/** The copy engine between two registries: what moves, what does not, and in how many requests. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { type CopyEvent, copyImage, type CopyOptions, CopyRun } from "../../src/copy/mod.ts";
import { WHOLE_INDEX_ANNOTATION } from "../../src/copy/platforms.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { layoutReference, makeClient, registryReference } from "../support/client.ts";
import { checkLayout, Content, fallbackTag, writeLayout } from "../support/content.ts";
import { FakeRegistry, type FakeRegistryOptions } from "../support/fake_registry.ts";
import { cutAfter, hangUp, status } from "../support/faults.ts";
import { addImage, addLayer } from "../support/images.ts";
import { addMulti, fullSample, plainSample } from "../support/sample.ts";

class Pair implements AsyncDisposable {
  readonly source: FakeRegistry;
  readonly target: FakeRegistry;
  readonly client = makeClient({ stallMs: 3000 });

  constructor(content: Content, options: FakeRegistryOptions = {}) {
    this.source = new FakeRegistry();
    this.target = new FakeRegistry(options);
    content.copyTo(this.source.repository("from"));
  }

  copy(name: string, options: Partial<CopyOptions> = {}) {
    const { transport } = this.client;
    return copyImage({
      source: registryReference(this.source.host, "from", name),
      target: registryReference(this.target.host, "to", name),
      sourceTransport: transport,
      targetTransport: transport,
      ...options,
    });
  }

  get stored() {
    return this.target.repository("to");
  }

  /** Forgets the requests so far. */
  forget(): void {
    this.source.requests.length = 0;
    this.target.requests.length = 0;
  }

  async [Symbol.asyncDispose]() {
    await this.client[Symbol.asyncDispose]();
    await this.source.close();
    await this.target.close();
  }
}

function multi(): Content {
  const content = new Content();
  addMulti(content, "multi");
  return content;
}

Deno.test("a first copy asks for nothing twice, and a second asks two questions", async () => {
  await using pair = new Pair(multi());
  const first = await pair.copy("multi");
  deepEqual([first.manifests, first.blobs.sent, first.changed], [4, 10, true]);
  equal(pair.stored.tags.get("multi"), first.descriptor.digest);
  equal(pair.source.requests.length, 1 + 4 + 10);
  // HEAD of the tag, list of tags, HEAD of the smallest blob, POST and PUT of each blob, PUT of each manifest.
  equal(pair.target.requests.length, 1 + 1 + 1 + 10 + 10 + 4);
  pair.forget();
  const again = await pair.copy("multi");
  deepEqual([again.changed, again.manifests, again.descriptor.digest], [false, 0, first.descriptor.digest]);
  deepEqual([pair.source.trace, pair.target.trace], [["HEAD 200"], ["HEAD 200"]]);
});

Deno.test("children are stored before parents, and the tag last", async () => {
  await using pair = new Pair(plainSample());
  await pair.copy("nested");
  const puts = pair.target.asked("PUT", /manifests/).map(({ path }) => path.split("/").at(-1));
  equal(puts.at(-1), "nested");
  equal(pair.target.requests.some(({ status }) => status === 400), false);
});

Deno.test("everything that a repository may hold arrives with the same digest", async () => {
  const content = fullSample();
  await using pair = new Pair(content, { features: { strict: false } });
  for (const [tag, digest] of content.tags) {
    if (tag.startsWith("sha256-")) continue;
    const { descriptor } = await pair.copy(tag);
    equal(descriptor.digest, digest, tag);
    // By tag a registry knows sha256 digests alone; the content is there under its own.
    if (tag !== "sha512") equal(pair.stored.tags.get(tag), digest, tag);
    deepEqual(pair.stored.manifests.get(digest)?.bytes, content.manifests.get(digest)?.bytes, tag);
  }
  for (const digest of pair.stored.blobs.keys()) equal(content.blobs.has(digest), true);
});

Deno.test("within one registry blobs are mounted, within one repository only the manifest is stored", async () => {
  await using pair = new Pair(multi());
  const target = registryReference(pair.source.host, "other", "multi");
  const mounted = await pair.copy("multi", { target });
  equal(mounted.blobs.mounted, 10);
  equal(pair.source.requests.length, 22 - 2);
  equal(pair.source.asked("GET", /blobs/).length, 0);
  pair.forget();
  const { manifests } = await pair.copy("multi", { target: registryReference(pair.source.host, "from", "stable") });
  equal(manifests, 1);
  deepEqual(
    pair.source.trace,
    ["HEAD 404", "HEAD 200", "GET 200", "PUT 201"].sort((a, b) =>
      pair.source.trace.indexOf(a) - pair.source.trace.indexOf(b)
    ),
  );
  equal(pair.source.repository("from").tags.has("stable"), true);
});

Deno.test("where a mount is refused the blob is sent", async () => {
  await using pair = new Pair(multi());
  pair.source.features = { ...pair.source.features, mount: false, anonymousMount: false };
  const { blobs } = await pair.copy("multi", { target: registryReference(pair.source.host, "other", "multi") });
  equal(blobs.sent, 10);
  equal(pair.source.repository("other").blobs.size, 10);
});

Deno.test("blobs that the repository has are not sent again", async () => {
  const content = multi();
  const base = addLayer(content, 1, 4000);
  addImage(content, { tag: "next", layers: [base, addLayer(content, 900)] });
  await using pair = new Pair(content);
  await pair.copy("multi");
  const { blobs } = await pair.copy("next");
  deepEqual([blobs.exists, blobs.sent], [1, 2]);
});

Deno.test("an interrupted copy sends only what is missing, also where the repository has no tag yet", async () => {
  await using pair = new Pair(multi());
  // The first to be complete is the smallest; everything else fails, some of it after others are complete.
  pair.target.faults.add({
    method: "PUT",
    path: /uploads/,
    when: () => pair.stored.blobs.size >= 5,
    times: 1000,
    action: status(500),
  });
  await rejects(pair.copy("multi"), { code: "HTTP_5XX" });
  const before = pair.stored.blobs.size;
  equal(before >= 5, true);
  equal(pair.stored.tags.size, 0);
  pair.target.faults.clear();
  pair.forget();
  const { blobs } = await pair.copy("multi");
  deepEqual([blobs.exists, blobs.sent], [before, 10 - before]);
  equal(pair.target.asked("PUT", /uploads/).length, 10 - before);
});

Deno.test("the smallest blob is complete before any other is", async () => {
  await using pair = new Pair(multi());
  await pair.copy("multi");
  const sizes = pair.target.asked("PUT", /uploads/).map(({ bytes }) => bytes);
  equal(sizes[0], Math.min(...sizes));
});

Deno.test("a blob cut short at the source goes on with a range", async () => {
  await using pair = new Pair(multi());
  pair.source.faults.add({ method: "GET", path: /blobs/, times: 3, action: cutAfter(100) });
  const { blobs } = await pair.copy("multi");
  equal(blobs.sent, 10);
  equal(pair.source.asked("GET", /blobs/).filter(({ headers }) => headers.get("range") === "bytes=100-").length, 3);
});

Deno.test("a connection lost during an upload is made up for", async () => {
  await using pair = new Pair(multi());
  pair.target.faults.add({ method: "PUT", path: /uploads/, times: 2, action: hangUp() });
  const { blobs } = await pair.copy("multi");
  equal(blobs.sent, 10);
  equal(pair.stored.blobs.size, 10);
});

Deno.test("a source that sends wrong bytes leaves no tag and no blob", async () => {
  await using pair = new Pair(multi());
  const repository = pair.source.repository("from");
  const [digest, bytes] = [...repository.blobs].find(([, { byteLength }]) => byteLength > 3000)!;
  repository.blobs.set(digest, bytes.map((byte) => byte ^ 1));
  await rejects(pair.copy("multi"), { code: "DIGEST_MISMATCH" });
  equal(pair.stored.tags.size, 0);
  equal(pair.stored.blobs.has(digest), false);
});

Deno.test("one platform gives its manifest, several a valid index of just those, sparse the whole one", async () => {
  await using pair = new Pair(multi());
  const arm64 = { os: "linux", architecture: "arm64" };
  const amd64 = { os: "linux", architecture: "amd64" };
  const one = await pair.copy("multi", { platforms: [arm64], target: registryReference(pair.target.host, "one", "x") });
  equal(one.descriptor.mediaType, "application/vnd.oci.image.manifest.v1+json");
  equal(pair.target.repository("one").manifests.size, 1);
  const two = await pair.copy("multi", {
    platforms: [amd64, arm64],
    target: registryReference(pair.target.host, "two", "x"),
  });
  const index = pair.target.repository("two").manifest("x");
  deepEqual(index.manifests.map(({ platform }) => platform?.architecture), ["amd64", "arm64"]);
  equal(index.annotations[WHOLE_INDEX_ANNOTATION], pair.source.repository("from").tags.get("multi"));
  equal(two.manifests, 3);
  pair.forget();
  const again = await pair.copy("multi", {
    platforms: [amd64, arm64],
    target: registryReference(pair.target.host, "two", "x"),
  });
  equal(again.changed, false);
  pair.target.features = { ...pair.target.features, strict: false };
  const sparse = await pair.copy("multi", {
    platforms: [arm64],
    sparse: true,
    target: registryReference(pair.target.host, "sparse", "x"),
  });
  equal(sparse.descriptor.digest, pair.source.repository("from").tags.get("multi"));
  equal(pair.target.repository("sparse").manifests.size, 2);
  await rejects(pair.copy("multi", { platforms: [{ os: "plan9", architecture: "amd64" }] }), {
    code: "PLATFORM_UNKNOWN",
    hint: /linux\/arm\/v7/,
  });
});

Deno.test("referrers go along, and theirs, and loops end", async () => {
  const content = fullSample();
  for (const referrers of [true, false]) {
    await using pair = new Pair(content, { features: { referrers, strict: false } });
    await pair.copy("multi", { referrers: true });
    const subject = content.tags.get("multi")!;
    equal(pair.stored.referrers(subject).length, content.referrers(subject).length);
    const sbom = content.referrers(subject).find(({ artifactType }) => artifactType === "application/spdx+json")!;
    equal(pair.stored.referrers(sbom.descriptor.digest).length, 1);
    equal(pair.stored.tags.has(fallbackTag(subject)), !referrers);
    await pair.copy("loop", { referrers: true });
    equal(pair.stored.referrers(content.tags.get("loop")!).length, 1);
    pair.forget();
    const again = await pair.copy("multi", { referrers: true });
    deepEqual([again.changed, again.blobs.sent], [false, 0]);
  }
});

Deno.test("digest tags go along when asked for", async () => {
  const content = plainSample();
  await using pair = new Pair(content);
  await pair.copy("single");
  deepEqual([...pair.stored.tags.keys()], ["single"]);
  await pair.copy("single", { digestTags: true });
  deepEqual([...pair.stored.tags.keys()].sort(), [`${fallbackTag(content.tags.get("single")!)}.sig`, "single"]);
});

Deno.test("fast leaves what is the same alone, force stores all of it anew", async () => {
  await using pair = new Pair(plainSample());
  await pair.copy("multi");
  pair.forget();
  await pair.copy("multi", { fast: true, referrers: true });
  deepEqual(pair.target.trace, ["HEAD 200"]);
  pair.forget();
  const { manifests, blobs } = await pair.copy("multi", { forceRecursive: true });
  deepEqual([manifests, blobs.exists, blobs.sent], [4, 10, 0]);
});

Deno.test("copies of one run share what they have seen", async () => {
  await using pair = new Pair(plainSample());
  const run = new CopyRun();
  await Promise.all(["multi", "nested", "single"].map((name) => pair.copy(name, { run })));
  const asked = pair.source.asked("GET", /(blobs|manifests)\/sha256/).map(({ path }) => path);
  equal(new Set(asked).size, asked.length);
  equal(pair.stored.tags.size, 3);
});

Deno.test("events tell of every blob and manifest, and of all bytes", async () => {
  await using pair = new Pair(multi());
  const events: CopyEvent[] = [];
  const { bytes } = await pair.copy("multi", { onEvent: (event) => events.push(event) });
  const of = (type: string, kind: string) =>
    events.filter((event) => event.type === type && "kind" in event && event.kind === kind).length;
  deepEqual([of("found", "blob"), of("done", "blob"), of("done", "manifest")], [10, 10, 4]);
  equal(events.reduce((sum, event) => event.type === "bytes" ? sum + event.bytes : sum, 0), bytes);
});

Deno.test("a copy that is stopped ends with the reason, sets no tag, and gives its uploads up", async () => {
  await using pair = new Pair(multi());
  const stop = new AbortController();
  pair.target.faults.add({
    method: "PUT",
    path: /uploads/,
    action: async (_request, proceed) => {
      stop.abort(new Error("stopped by hand"));
      return await proceed();
    },
  });
  await rejects(pair.copy("multi", { signal: stop.signal }), /stopped by hand/);
  equal(pair.stored.tags.size, 0);
});

Deno.test("a target that names another digest is refused before anything moves", async () => {
  await using pair = new Pair(multi());
  const target = registryReference(pair.target.host, "to", "", `sha256:${"0".repeat(64)}`);
  await rejects(pair.copy("multi", { target }), { code: "DIGEST_MISMATCH" });
  equal(pair.target.asked("POST").length, 0);
});

Deno.test("referrers go to a layout of their own whole, and never to another kind of place", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const content = plainSample();
    await writeLayout(content, `${dir}/from`);
    const transport = createLayoutTransport();
    const options = {
      source: layoutReference(`${dir}/from`, "multi"),
      target: layoutReference(`${dir}/to`, "multi"),
      sourceTransport: transport,
      targetTransport: transport,
      referrers: true,
    };
    const digest = content.tags.get("multi")!;
    await copyImage({ ...options, referrersTarget: layoutReference(`${dir}/extra`) });
    const there = await transport.listReferrers(layoutReference(`${dir}/extra`, "", digest));
    equal(there.descriptors.length, content.referrers(digest).length);
    await checkLayout(`${dir}/extra`);
    const elsewhere = registryReference("127.0.0.1:1", "extra");
    await rejects(copyImage({ ...options, referrersTarget: elsewhere }), { code: "ARGUMENT_INVALID" });
    await rejects(copyImage({ ...options, referrersSource: elsewhere }), { code: "ARGUMENT_INVALID" });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
