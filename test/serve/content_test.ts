import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { bytesOf, isSameFile, Place, someBytes } from "./harness.ts";

const MISSING = `sha256:${"0".repeat(64)}`;

Deno.test("ranges of a blob", async () => {
  await using place = await Place.open();
  const bytes = someBytes(1000);
  const path = `/v2/a/blobs/${await place.push("a", bytes)}`;
  const get = (range: string) => place.send("GET", path, { headers: { range } });
  for (
    const [range, from, to] of [
      ["bytes=0-0", 0, 1],
      ["bytes=10-19", 10, 20],
      ["bytes=990-", 990, 1000],
      [
        "bytes=-5",
        995,
        1000,
      ],
      ["bytes=990-5000", 990, 1000],
      ["bytes=-5000", 0, 1000],
    ] as const
  ) {
    const answer = (await get(range)).is(206);
    assert.deepEqual(answer.bytes, bytes.slice(from, to), range);
    assert.equal(answer.header("content-range"), `bytes ${from}-${to - 1}/1000`);
    assert.equal(answer.header("content-length"), String(to - from));
  }
  for (const range of ["bytes=1000-", "bytes=5000-6000", "bytes=500-0", "bytes=-0"]) {
    assert.equal((await get(range)).is(416).header("content-range"), "bytes */1000", range);
  }
  for (const range of ["bytes=0-1,5-6", "lines=1-2", "bytes=x"]) {
    assert.equal((await get(range)).is(200).bytes.length, 1000);
  }
  assert.equal((await place.send("HEAD", path)).is(200).header("accept-ranges"), "bytes");
  (await place.send("GET", path, { headers: { "if-none-match": (await get("bytes=0-0")).header("etag") } })).is(304);
});

Deno.test("nothing is compressed on its way, whatever the client accepts", async () => {
  await using place = await Place.open();
  const digest = await place.image("a", "v1", { annotations: { padding: "x".repeat(10_000) } });
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: place.port });
  await connection.write(
    bytesOf("GET /v2/a/manifests/v1 HTTP/1.1\r\nhost: a\r\naccept-encoding: gzip, br\r\nconnection: close\r\n\r\n"),
  );
  const bytes = new Uint8Array(await new Response(connection.readable).arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  const body = text.slice(text.indexOf("\r\n\r\n") + 4);
  assert.equal(digestOf(bytesOf(body)), digest);
  assert(!/content-encoding/i.test(text.slice(0, text.indexOf("\r\n\r\n"))));
});

Deno.test("a mount is a hard link, from the repository that is named or from any", async () => {
  await using place = await Place.open();
  const digest = await place.push("team/from", bytesOf("shared"));
  const file = (name: string) => `${place.dir}/${name}/blobs/sha256/${digest.slice(7)}`;
  const mount = (name: string, query: string) =>
    place.send("POST", `/v2/${name}/blobs/uploads/?mount=${digest}${query}`);
  const answer = (await mount("named", "&from=team/from")).is(201);
  assert.equal(answer.header("location"), `/v2/named/blobs/${digest}`);
  assert(await isSameFile(file("team/from"), file("named")));
  (await mount("any", "")).is(201);
  assert(await isSameFile(file("team/from"), file("any")));
  (await mount("other", "&from=nowhere")).is(202);
  (await mount("other", "&from=../team/from")).is(400, "NAME_INVALID");
  (await place.send("POST", `/v2/other/blobs/uploads/?mount=${MISSING}`)).is(202);
  (await place.send("DELETE", `/v2/team/from/blobs/${digest}`)).is(202);
  assert.equal((await place.send("GET", `/v2/named/blobs/${digest}`)).is(200).text, "shared");
});

Deno.test("a manifest whose content is not there is refused, foreign layers need not be", async () => {
  await using place = await Place.open();
  const image = (layer: Record<string, unknown>) =>
    bytesOf(JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      config: { mediaType: MEDIA_TYPE.ociEmpty, digest: digestOf(bytesOf("{}")), size: 2 },
      layers: [layer],
    }));
  const layer = { mediaType: MEDIA_TYPE.ociLayer, digest: MISSING, size: 5 };
  await place.push("a", bytesOf("{}"));
  const refused = (await place.put("a", "v1", image(layer))).is(400, "MANIFEST_BLOB_UNKNOWN");
  assert.deepEqual(refused.json.errors[0].detail, { missing: [MISSING] });
  (await place.put("a", "v1", image({ ...layer, urls: ["http://127.0.0.1/x"] }))).is(201);
  (await place.put(
    "a",
    "v2",
    image({
      ...layer,
      mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    }),
  )).is(201);
  const there = { mediaType: MEDIA_TYPE.ociLayer, digest: digestOf(bytesOf("{}")), size: 3 };
  (await place.put("a", "v3", image(there))).is(400, "MANIFEST_INVALID");
  const index = bytesOf(JSON.stringify({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociIndex,
    manifests: [{ mediaType: MEDIA_TYPE.ociManifest, digest: MISSING, size: 5 }],
  }));
  (await place.put("a", "v4", index, MEDIA_TYPE.ociIndex)).is(400, "MANIFEST_BLOB_UNKNOWN");
});

Deno.test("what is no manifest is refused", async () => {
  await using place = await Place.open({ registry: { manifestLimit: 5000 } });
  const config = await place.push("a", bytesOf("{}"));
  const good = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.ociManifest,
    config: { mediaType: MEDIA_TYPE.ociEmpty, digest: config, size: 2 },
    layers: [],
  };
  const put = (value: unknown, type?: string) => place.put("a", "v1", bytesOf(JSON.stringify(value)), type);
  for (const odd of [[], "x", { ...good, layers: {} }, { ...good, config: { digest: "sha256:../../x", size: 1 } }]) {
    (await put(odd)).is(400, "MANIFEST_INVALID");
  }
  (await put(good, MEDIA_TYPE.ociIndex)).is(400, "MANIFEST_INVALID");
  (await put({ hello: 1 }, "application/json")).is(400, "MANIFEST_INVALID");
  (await put({ ...good, annotations: { padding: "x".repeat(5000) } })).is(413, "SIZE_INVALID");
  (await place.put("a", MISSING, bytesOf(JSON.stringify(good)))).is(400, "DIGEST_INVALID");
  (await put(good, `${MEDIA_TYPE.ociManifest}; charset=utf-8`)).is(201);
  (await place.send("GET", `/v2/a/manifests/${config}`)).is(404, "MANIFEST_UNKNOWN");
});

Deno.test("a manifest by tag and by digest, with every header; other processes' changes are seen", async () => {
  await using place = await Place.open();
  const digest = await place.image("a", "v1");
  for (const reference of ["v1", digest]) {
    for (const method of ["GET", "HEAD"]) {
      const answer = (await place.send(method, `/v2/a/manifests/${reference}`)).is(200);
      assert.equal(answer.header("docker-content-digest"), digest);
      assert.equal(answer.header("content-type"), MEDIA_TYPE.ociManifest);
      assert(Number(answer.header("content-length")) > 100);
      if (method === "GET") assert.equal(digestOf(answer.bytes), digest);
    }
  }
  const path = `${place.dir}/a/index.json`;
  await Deno.writeTextFile(`${path}.new`, (await Deno.readTextFile(path)).replace('"v1"', '"v2"'));
  await Deno.rename(`${path}.new`, path);
  (await place.send("GET", "/v2/a/manifests/v1")).is(404, "MANIFEST_UNKNOWN");
  (await place.send("GET", "/v2/a/manifests/v2")).is(200);
  await Deno.remove(`${place.dir}/a/blobs/sha256/${digest.slice(7)}`);
  (await place.send("GET", "/v2/a/manifests/v2")).is(404);
});

Deno.test("a manifest that loses its tag stays; one push sets several tags", async () => {
  await using place = await Place.open();
  const first = await place.image("a", "v1");
  const second = await place.image("a", "v1", { annotations: { second: "yes" } });
  assert.notEqual(first, second);
  (await place.send("GET", `/v2/a/manifests/${first}`)).is(200);
  const { bytes } = await place.send("GET", `/v2/a/manifests/${first}`);
  const answer = (await place.put("a", `${first}?tag=x&tag=y&tag=x`, bytes as Uint8Array<ArrayBuffer>)).is(201);
  assert.equal(answer.header("oci-tag"), "x, y");
  assert.deepEqual((await place.send("GET", "/v2/a/tags/list")).json, { name: "a", tags: ["v1", "x", "y"] });
  (await place.put("a", `${first}?tag=-`, bytes as Uint8Array<ArrayBuffer>)).is(400, "TAG_INVALID");
  for (const tag of ["x", "y"]) (await place.send("DELETE", `/v2/a/manifests/${tag}`)).is(202);
  (await place.send("GET", "/v2/a/manifests/x")).is(404);
  (await place.send("GET", `/v2/a/manifests/${first}`)).is(200);
  (await place.send("DELETE", `/v2/a/manifests/${first}`)).is(202);
  (await place.send("GET", `/v2/a/manifests/${first}`)).is(404);
  (await place.send("DELETE", `/v2/a/manifests/${first}`)).is(404, "MANIFEST_UNKNOWN");
  (await place.send("GET", "/v2/a/manifests/v1")).is(200);
});

Deno.test("tags and repositories come in pages", async () => {
  await using place = await Place.open();
  const { bytes } = await place.image("a", "t0").then((digest) => place.send("GET", `/v2/a/manifests/${digest}`));
  for (const tag of ["t1", "T2", "t3", "t10"]) await place.put("a", tag, bytes as Uint8Array<ArrayBuffer>);
  const all = ["T2", "t0", "t1", "t10", "t3"];
  const seen: string[] = [];
  let next = "/v2/a/tags/list?n=2";
  while (next !== "") {
    const page = (await place.send("GET", next)).is(200);
    assert(page.json.tags.length <= 2);
    seen.push(...page.json.tags);
    next = /^<([^>]+)>; rel="next"$/.exec(page.header("link"))?.[1] ?? "";
  }
  assert.deepEqual(seen, all);
  assert.deepEqual((await place.send("GET", "/v2/a/tags/list?last=t1")).json.tags, ["t10", "t3"]);
  const none = (await place.send("GET", "/v2/a/tags/list?n=0")).is(200);
  assert.deepEqual([none.json.tags, none.header("link")], [[], ""]);
  (await place.send("GET", "/v2/a/tags/list?n=-1")).is(400, "PAGINATION_NUMBER_INVALID");
  (await place.send("GET", "/v2/b/tags/list")).is(404, "NAME_UNKNOWN");
  for (const name of ["a/b/c", "z", "b-c"]) await place.push(name, bytesOf(name));
  const first = (await place.send("GET", "/v2/_catalog?n=2")).is(200);
  assert.deepEqual(first.json.repositories, ["a", "a/b/c"]);
  assert.equal(first.header("link"), '</v2/_catalog?n=2&last=a%2Fb%2Fc>; rel="next"');
  assert.deepEqual((await place.send("GET", "/v2/_catalog?last=a/b/c")).json.repositories, ["b-c", "z"]);
});

Deno.test("referrers: listed, filtered, told to who pushes, and gone with the manifest", async () => {
  await using place = await Place.open();
  const subject = await place.image("a", "v1");
  const descriptor = { mediaType: MEDIA_TYPE.ociManifest, digest: subject, size: 1 };
  const sbom = await place.image("a", "", { subject: descriptor, artifactType: "text/sbom", annotations: { k: "v" } });
  const signature = await place.image("a", "", { subject: descriptor, artifactType: "text/signature" });
  const { bytes } = await place.send("GET", `/v2/a/manifests/${sbom}`);
  const again = (await place.put("a", sbom, bytes as Uint8Array<ArrayBuffer>)).is(201);
  assert.equal(again.header("oci-subject"), subject);
  const list = (await place.send("GET", `/v2/a/referrers/${subject}`)).is(200);
  assert.equal(list.header("content-type"), MEDIA_TYPE.ociIndex);
  assert.deepEqual(list.json.manifests.map((one: { digest: string }) => one.digest).sort(), [sbom, signature].sort());
  const filtered = await place.send("GET", `/v2/a/referrers/${subject}?artifactType=text%2Fsbom`);
  assert.equal(filtered.header("oci-filters-applied"), "artifactType");
  assert.deepEqual(filtered.json.manifests, [
    {
      mediaType: MEDIA_TYPE.ociManifest,
      digest: sbom,
      size: bytes.byteLength,
      artifactType: "text/sbom",
      annotations: { k: "v" },
    },
  ]);
  assert.deepEqual((await place.send("GET", "/v2/a/tags/list")).json.tags, ["v1"]);
  (await place.send("DELETE", `/v2/a/manifests/${sbom}`)).is(202);
  const left = (await place.send("GET", `/v2/a/referrers/${subject}`)).json.manifests;
  assert.deepEqual(left.map((one: { digest: string }) => one.digest), [signature]);
  assert.deepEqual((await place.send("GET", `/v2/a/referrers/${MISSING}`)).is(200).json.manifests, []);
});

Deno.test("deletes are off and a read-only registry is not written to, unless told so", async () => {
  await using place = await Place.open({ registry: { allowDelete: false } });
  const digest = await place.image("a", "v1");
  const blob = await place.push("a", bytesOf("x"));
  for (const path of [`manifests/v1`, `manifests/${digest}`, `blobs/${blob}`]) {
    (await place.send("DELETE", `/v2/a/${path}`)).is(405, "UNSUPPORTED");
  }
  await using fixed = await Place.open({ registry: { readOnly: true } });
  (await fixed.send("POST", "/v2/a/blobs/uploads/")).is(403, "DENIED");
  (await fixed.put("a", "v1", bytesOf("{}"))).is(403, "DENIED");
  (await fixed.send("DELETE", "/v2/a/manifests/v1")).is(403, "DENIED");
  assert.deepEqual([...Deno.readDirSync(fixed.dir)], []);
});

Deno.test("a listed manifest is not deleted as a blob", async () => {
  await using place = await Place.open();
  const digest = await place.image("a", "v1");
  (await place.send("DELETE", `/v2/a/blobs/${digest}`)).is(404, "BLOB_UNKNOWN");
  (await place.send("GET", "/v2/a/manifests/v1")).is(200);
});

Deno.test("names that would lead out of the folder, or into a layout, are refused", async () => {
  await using place = await Place.open();
  await place.image("a", "v1");
  const connection = async (path: string): Promise<number> => {
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: place.port });
    await socket.write(bytesOf(`POST ${path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`));
    const buffer = new Uint8Array(100);
    const read = await socket.read(buffer) ?? 0;
    return Number(/^HTTP\/1\.1 (\d+)/.exec(new TextDecoder().decode(buffer.subarray(0, read)))?.[1]);
  };
  for (
    const name of [
      "../x",
      "..%2fx",
      "a/../../x",
      "%2e%2e/x",
      ".x",
      "a//b",
      "A",
      "a/blobs",
      "a/blobs/sha256",
      "a/index.json",
      "a%00b",
    ]
  ) {
    const status = await connection(`/v2/${name}/blobs/uploads/`);
    assert(status === 400 || status === 404, `${name}: ${status}`);
  }
  assert.deepEqual([...Deno.readDirSync(place.dir)].map((entry) => entry.name), ["a"]);
});
