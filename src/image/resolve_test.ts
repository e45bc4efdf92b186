import assert from "node:assert/strict";
import { FerryError } from "../errors.ts";
import type { Descriptor } from "../oci/descriptor.ts";
import { digestOf } from "../oci/digest.ts";
import { buildManifest, type Manifest, MANIFEST_MAX_BYTES } from "../oci/manifest.ts";
import { MEDIA_TYPE } from "../oci/media_type.ts";
import type { Platform } from "../oci/platform.ts";
import { parseReference } from "../reference/parse.ts";
import type { Reference } from "../reference/reference.ts";
import type { Transport } from "../transport/transport.ts";
import { deleteManifest } from "./delete.ts";
import { getSmallBlob, resolveDescriptor, resolveManifest } from "./resolve.ts";

const AMD64: Platform = { os: "linux", architecture: "amd64" };
const TOP = parseReference("reg.example.org/app:v1");

/** A transport that has manifests by digest and the tag `v1`, and writes down what it is asked. */
function fake(top: Manifest, others: readonly Manifest[], head: Partial<Descriptor> = {}) {
  const asked: string[] = [];
  const byDigest = new Map([top, ...others].map((manifest) => [manifest.descriptor.digest, manifest]));
  const find = (reference: Reference) => reference.digest === "" ? top : byDigest.get(reference.digest);
  const transport = {
    headManifest: (reference: Reference) => {
      asked.push("HEAD");
      const found = find(reference);
      return Promise.resolve(found === undefined ? undefined : { ...found.descriptor, ...head });
    },
    getManifest: (reference: Reference) => {
      asked.push("GET");
      const found = find(reference);
      return found === undefined ? Promise.reject(new FerryError("MANIFEST_UNKNOWN", "none")) : Promise.resolve(found);
    },
    deleteManifest: (reference: Reference, options: object) => {
      asked.push(`DELETE ${reference.tag}@${reference.digest} ${Object.keys(options).join()}`);
      return Promise.resolve();
    },
    close: () => Promise.resolve(void asked.push("close")),
    blobSource: (_: Reference, descriptor: Descriptor) => ({
      descriptor,
      reopenable: true,
      open: () => Promise.resolve({ body: ReadableStream.from(pieces), size: undefined, offset: 0 }),
    }),
  } as unknown as Transport;
  let pieces: Uint8Array<ArrayBuffer>[] = [];
  return { transport, asked, serve: (...given: Uint8Array<ArrayBuffer>[]) => void (pieces = given) };
}

function image(name: string): Manifest {
  const config = { mediaType: MEDIA_TYPE.ociConfig, digest: digestOf(new TextEncoder().encode(name)), size: 1 };
  return buildManifest(
    { schemaVersion: 2, mediaType: MEDIA_TYPE.ociManifest, config, layers: [] },
    MEDIA_TYPE.ociManifest,
  );
}

function index(...children: Manifest[]): Manifest {
  const manifests = children.map(({ descriptor }) => ({ ...descriptor, platform: AMD64 }));
  return buildManifest({ schemaVersion: 2, mediaType: MEDIA_TYPE.ociIndex, manifests }, MEDIA_TYPE.ociIndex);
}

Deno.test("resolveManifest follows nested indexes to the platform and names it by digest", async () => {
  const leaf = image("leaf");
  const inner = index(leaf);
  const { transport, asked } = fake(index(inner), [inner, leaf]);
  const found = await resolveManifest(transport, TOP, AMD64);
  assert.equal(found.manifest, leaf);
  assert.deepEqual([found.reference.tag, found.reference.digest], ["", leaf.descriptor.digest]);
  assert.deepEqual(asked, ["GET", "GET", "GET"]);
  const whole = await resolveManifest(transport, TOP, undefined);
  assert.deepEqual([whole.manifest.kind, whole.reference], ["index", TOP]);
  await assert.rejects(resolveManifest(transport, TOP, { os: "linux", architecture: "arm64" }), {
    code: "PLATFORM_UNKNOWN",
  });
});

Deno.test("indexes that nest without end are refused", async () => {
  const chain = [image("end")];
  for (let depth = 0; depth < 20; depth++) chain.unshift(index(chain[0]!));
  const { transport } = fake(chain[0]!, chain.slice(1));
  await assert.rejects(resolveManifest(transport, TOP, AMD64), { code: "MANIFEST_INVALID" });
  await assert.rejects(resolveDescriptor(transport, TOP, { platform: AMD64 }), { code: "MANIFEST_INVALID" });
});

Deno.test("resolveDescriptor asks for no content where none is needed", async () => {
  const leaf = image("leaf");
  const top = index(leaf);
  const { transport, asked } = fake(top, [leaf]);
  assert.equal((await resolveDescriptor(transport, TOP)).digest, top.descriptor.digest);
  assert.deepEqual(asked.splice(0), ["HEAD"]);
  assert.equal((await resolveDescriptor(transport, TOP, { platform: AMD64 })).digest, leaf.descriptor.digest);
  assert.deepEqual(asked.splice(0), ["HEAD", "GET"]);
  const single = fake(leaf, []);
  assert.equal((await resolveDescriptor(single.transport, TOP, { platform: AMD64 })).digest, leaf.descriptor.digest);
  assert.deepEqual(single.asked, ["HEAD"]);
});

Deno.test("resolveDescriptor where the registry does not tell the digest, or has no such manifest", async () => {
  const leaf = image("leaf");
  const untold = fake(leaf, [], { digest: "" });
  await assert.rejects(resolveDescriptor(untold.transport, TOP), { code: "RESPONSE_INVALID" });
  assert.equal(
    (await resolveDescriptor(untold.transport, TOP, { requireDigest: true })).digest,
    leaf.descriptor.digest,
  );
  const missing = parseReference(`reg.example.org/app@sha256:${"0".repeat(64)}`);
  await assert.rejects(resolveDescriptor(untold.transport, missing), { code: "MANIFEST_UNKNOWN" });
});

Deno.test("getSmallBlob joins pieces and checks them", async () => {
  const bytes = new TextEncoder().encode("hello");
  const { transport, serve } = fake(image("x"), []);
  const descriptor = { mediaType: "a/b", digest: digestOf(bytes), size: 5 };
  serve(bytes.slice(0, 2), bytes.slice(2));
  assert.deepEqual(await getSmallBlob(transport, TOP, descriptor), new Uint8Array(bytes));
  serve(bytes.slice(0, 2), bytes.slice(2));
  assert.equal((await getSmallBlob(transport, TOP, { ...descriptor, size: -1 })).byteLength, 5);
  serve(bytes.slice(1));
  await assert.rejects(getSmallBlob(transport, TOP, descriptor), { code: "SIZE_MISMATCH" });
  serve(new TextEncoder().encode("HELLO"));
  await assert.rejects(getSmallBlob(transport, TOP, descriptor), { code: "DIGEST_MISMATCH" });
  serve(...Array.from({ length: 9 }, () => new Uint8Array(MANIFEST_MAX_BYTES / 8)));
  await assert.rejects(getSmallBlob(transport, TOP, { ...descriptor, size: -1 }), { code: "MANIFEST_TOO_LARGE" });
});

Deno.test("deleteManifest needs a digest, or to be told that a tag will do", async () => {
  const leaf = image("leaf");
  const { digest } = leaf.descriptor;
  const { transport, asked } = fake(leaf, []);
  await assert.rejects(deleteManifest(transport, TOP), { code: "ARGUMENT_INVALID" });
  assert.deepEqual(asked, []);
  await deleteManifest(transport, TOP, { forceTagDereference: true, referrers: true });
  assert.deepEqual(asked.splice(0), ["HEAD", `DELETE @${digest} referrers`, "close"]);
  await deleteManifest(transport, { ...TOP, digest });
  assert.deepEqual(asked, [`DELETE @${digest} `, "close"]);
  const gone = parseReference("reg.example.org/app:gone");
  const missing = fake(leaf, []);
  missing.transport.headManifest = () => Promise.resolve(undefined);
  await deleteManifest(missing.transport, gone, { forceTagDereference: true, ignoreMissing: true });
  await assert.rejects(deleteManifest(missing.transport, gone, { forceTagDereference: true }), {
    code: "MANIFEST_UNKNOWN",
  });
});
