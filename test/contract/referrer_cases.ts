/** What every transport does with referrers (distribution-spec, "Listing Referrers", "Referrers Tag Schema"). */
import assert from "node:assert/strict";
import type { Descriptor } from "../../src/oci/descriptor.ts";
import { withDigest } from "../../src/reference/reference.ts";
import { Content, fallbackTag, pushContent } from "../support/content.ts";
import { addArtifact, addImage, addIndex, addLayer } from "../support/images.ts";
import { bytesSource } from "../support/sources.ts";
import { type ContractCase, type Place, rejectsWith } from "./contract.ts";

interface Family {
  readonly content: Content;
  readonly subject: Descriptor;
  readonly sbom: Descriptor;
  readonly signature: Descriptor;
}

function family(seed: number): Family {
  const content = new Content();
  const subject = addImage(content, { tag: "subject", layers: [addLayer(content, seed)] });
  const sbom = addArtifact(content, {
    artifactType: "application/spdx+json",
    subject,
    annotations: { kind: "sbom" },
    text: `sbom ${seed}`,
  });
  const signature = addArtifact(content, { artifactType: "application/x.sig", subject, text: `signature ${seed}` });
  return { content, subject, sbom, signature };
}

async function listed(
  { transport }: Place,
  place: Awaited<ReturnType<Place["fresh"]>>,
  digest: string,
  artifactType?: string,
) {
  const { descriptors } = await transport.listReferrers(
    withDigest(place, digest),
    artifactType === undefined ? {} : { artifactType },
  );
  return descriptors;
}

const byDigest = (descriptors: readonly Descriptor[]) => descriptors.map(({ digest }) => digest).sort();

export const REFERRER_CASES: readonly ContractCase[] = [
  {
    name: "no referrers is an empty list",
    run: async (place) => {
      const at = await place.fresh();
      const { content, subject } = family(3000);
      const alone = new Content();
      for (const [digest, bytes] of content.blobs) alone.blobs.set(digest, bytes);
      alone.manifests.set(subject.digest, content.manifests.get(subject.digest)!);
      await pushContent(alone, place.transport, at);
      assert.deepEqual(await listed(place, at, subject.digest), []);
    },
  },
  {
    name: "referrers are listed with type and annotations, and by type",
    run: async (place) => {
      const at = await place.fresh();
      const { content, subject, sbom, signature } = family(3001);
      await pushContent(content, place.transport, at);
      const all = await listed(place, at, subject.digest);
      assert.deepEqual(byDigest(all), byDigest([sbom, signature]));
      const found = all.find(({ digest }) => digest === sbom.digest);
      assert.equal(found?.artifactType, "application/spdx+json");
      assert.equal(found?.annotations?.kind, "sbom");
      assert.equal(found?.size, sbom.size);
      assert.deepEqual(byDigest(await listed(place, at, subject.digest, "application/x.sig")), [signature.digest]);
      assert.deepEqual(await listed(place, at, subject.digest, "application/none"), []);
    },
  },
  {
    name: "a referrer that is put twice is listed once",
    run: async (place) => {
      const at = await place.fresh();
      const { content, subject, sbom, signature } = family(3002);
      await pushContent(content, place.transport, at);
      await place.transport.putManifest(withDigest(at, sbom.digest), content.manifest(sbom.digest));
      assert.deepEqual(byDigest(await listed(place, at, subject.digest)), byDigest([sbom, signature]));
    },
  },
  {
    name: "a referrer may come before its subject",
    run: async (place) => {
      const at = await place.fresh();
      const { content, subject, sbom } = family(3003);
      for (const [digest, bytes] of content.blobs) await place.transport.putBlob(at, bytesSource(bytes, { digest }));
      await place.transport.putManifest(withDigest(at, sbom.digest), content.manifest(sbom.digest));
      assert.deepEqual(byDigest(await listed(place, at, subject.digest)), [sbom.digest]);
      await place.transport.putManifest(withDigest(at, subject.digest), content.manifest(subject.digest));
      await place.transport.close(at);
      assert.deepEqual(byDigest(await listed(place, at, subject.digest)), [sbom.digest]);
    },
  },
  {
    name: "referrers that are put at one time are all listed",
    run: async (place) => {
      const at = await place.fresh();
      const { content, subject } = family(3004);
      const more = Array.from(
        { length: 6 },
        (_, number) => addArtifact(content, { artifactType: "application/x.many", subject, text: `number ${number}` }),
      );
      for (const [digest, bytes] of content.blobs) await place.transport.putBlob(at, bytesSource(bytes, { digest }));
      await Promise.all(
        more.map(({ digest }) => place.transport.putManifest(withDigest(at, digest), content.manifest(digest))),
      );
      assert.deepEqual(byDigest(await listed(place, at, subject.digest)), byDigest(more));
    },
  },
  {
    name: "a referrer that is deleted is no longer listed",
    run: async (place) => {
      const at = await place.fresh();
      const { content, subject, sbom, signature } = family(3005);
      await pushContent(content, place.transport, at);
      await place.transport.deleteManifest(withDigest(at, sbom.digest), { referrers: true });
      assert.deepEqual(byDigest(await listed(place, at, subject.digest)), [signature.digest]);
      await place.transport.deleteManifest(withDigest(at, signature.digest), { referrers: true });
      assert.deepEqual(await listed(place, at, subject.digest), []);
    },
  },
  {
    name: "an index with a subject is a referrer with the type of the index",
    run: async (place) => {
      const at = await place.fresh();
      const { content, subject } = family(3006);
      const index = addIndex(content, { manifests: [subject], subject, artifactType: "application/x.index" });
      await pushContent(content, place.transport, at);
      const found = await listed(place, at, subject.digest, "application/x.index");
      assert.deepEqual(byDigest(found), [index.digest]);
      assert.equal(found[0]?.mediaType, index.mediaType);
    },
  },
  {
    name: "a referrer without artifactType has the type of its config",
    run: async (place) => {
      const at = await place.fresh();
      const { content, subject } = family(3007);
      const image = addImage(content, { layers: [addLayer(content, 3008)], subject });
      await pushContent(content, place.transport, at);
      const found = (await listed(place, at, subject.digest)).find(({ digest }) => digest === image.digest);
      assert.equal(found?.artifactType, "application/vnd.oci.image.config.v1+json");
    },
  },
  {
    name: "the fallback tag lists the referrers where there is no API, and nothing else pretends to be it",
    run: async (place) => {
      const at = await place.fresh();
      const { content, subject, sbom, signature } = family(3009);
      await pushContent(content, place.transport, at);
      const { from } = await place.transport.listReferrers(withDigest(at, subject.digest));
      const { tags } = await place.transport.listTags(at);
      if (from === "api") return assert.deepEqual(tags, ["subject"]);
      assert.equal(from, "tag");
      assert(tags.includes(fallbackTag(subject.digest)));
      const index = await place.transport.getManifest({ ...at, tag: fallbackTag(subject.digest), digest: "" });
      assert.equal(index.kind, "index");
      assert.deepEqual(byDigest(index.manifests), byDigest([sbom, signature]));
    },
  },
  {
    name: "referrers of something that is no digest",
    run: async (place) => {
      const at = await place.fresh();
      await rejectsWith(listed(place, at, "sha256:../../x"), "DIGEST_INVALID");
    },
  },
];
