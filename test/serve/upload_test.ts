import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { bytesOf, Place, someBytes } from "./harness.ts";

Deno.test("a blob in a POST and a PUT, with every header", async () => {
  await using place = await Place.open();
  const bytes = someBytes(3_000_000);
  const digest = digestOf(bytes);
  const start = (await place.send("POST", "/v2/a/b/blobs/uploads/")).is(202);
  assert.match(start.header("location"), /^\/v2\/a\/b\/blobs\/uploads\/[0-9a-f]{32}$/);
  const end = (await place.send("PUT", `${start.header("location")}?digest=${digest}`, { body: bytes })).is(201);
  assert.equal(end.header("location"), `/v2/a/b/blobs/${digest}`);
  assert.equal(end.header("docker-content-digest"), digest);
  const got = (await place.send("GET", end.header("location"))).is(200);
  assert.deepEqual(got.bytes, bytes);
  assert.equal(got.header("content-length"), "3000000");
  assert.equal(digestOf(await Deno.readFile(`${place.dir}/a/b/blobs/sha256/${digest.slice(7)}`)), digest);
});

Deno.test("a blob in a single POST, by sha512 as well; an empty one", async () => {
  await using place = await Place.open();
  for (const algorithm of ["sha256", "sha512"]) {
    const digest = await place.push("a", bytesOf(`by ${algorithm}`), algorithm);
    assert.equal((await place.send("GET", `/v2/a/blobs/${digest}`)).is(200).text, `by ${algorithm}`);
    const empty = digestOf(new Uint8Array(0), algorithm);
    (await place.send("POST", `/v2/a/blobs/uploads/?digest=${empty}`)).is(201);
    assert.equal((await place.send("HEAD", `/v2/a/blobs/${empty}`)).is(200).header("content-length"), "0");
  }
});

Deno.test("a POST with a digest and no bytes starts an upload", async () => {
  await using place = await Place.open();
  (await place.send("POST", `/v2/a/blobs/uploads/?digest=${digestOf(bytesOf("x"))}`)).is(202);
});

Deno.test("chunks: in order they come together, out of order they are refused with the right range", async () => {
  await using place = await Place.open();
  const bytes = someBytes(1000);
  const location = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  const chunk = (from: number, to: number) =>
    place.send("PATCH", location, {
      body: bytes.slice(from, to),
      headers: { "content-range": `${from}-${to - 1}` },
    });
  const first = (await chunk(0, 400)).is(202);
  assert.equal(first.header("range"), "0-399");
  const wrong = (await chunk(500, 600)).is(416, "BLOB_UPLOAD_INVALID");
  assert.equal(wrong.header("range"), "0-399");
  assert.equal(wrong.header("location"), location);
  (await chunk(0, 400)).is(416);
  const status = (await place.send("GET", location)).is(204);
  assert.equal(status.header("range"), "0-399");
  (await chunk(400, 700)).is(202);
  const digest = digestOf(bytes);
  (await place.send("PUT", `${location}?digest=${digest}`, {
    body: bytes.slice(600),
    headers: { "content-range": "600-999" },
  })).is(416);
  (await place.send("PUT", `${location}?digest=${digest}`, {
    body: bytes.slice(700),
    headers: { "content-range": "700-999" },
  })).is(201);
  assert.deepEqual((await place.send("GET", `/v2/a/blobs/${digest}`)).bytes, bytes);
});

Deno.test("a range that lies about the length, or cannot be read, is refused and changes nothing", async () => {
  await using place = await Place.open();
  const location = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  for (const range of ["0-3", "0-99", "5-1", "a-b", "-"]) {
    const answer = await place.send("PATCH", location, { body: bytesOf("12345"), headers: { "content-range": range } });
    assert.equal(answer.status, 400, range);
  }
  assert.equal((await place.send("GET", location)).is(204).header("range"), "0-0");
  const digest = digestOf(bytesOf("12345"));
  (await place.send("PUT", `${location}?digest=${digest}`, { body: bytesOf("12345") })).is(201);
});

Deno.test("an upload goes on after a restart of the server", async () => {
  await using place = await Place.open();
  const bytes = someBytes(100_000);
  const location = (await place.send("POST", "/v2/a/blobs/uploads/?digest-algorithm=sha512")).header("location");
  (await place.send("PATCH", location, { body: bytes.slice(0, 60_000) })).is(202);
  await place.stop();
  await place.start();
  assert.equal((await place.send("GET", location)).is(204).header("range"), "0-59999");
  const digest = digestOf(bytes, "sha512");
  (await place.send("PUT", `${location}?digest=${digest}`, { body: bytes.slice(60_000) })).is(201);
  assert.deepEqual((await place.send("GET", `/v2/a/blobs/${digest}`)).is(200).bytes, bytes);
});

Deno.test("a cancelled upload is gone", async () => {
  await using place = await Place.open();
  const location = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  (await place.send("PATCH", location, { body: bytesOf("x") })).is(202);
  (await place.send("DELETE", location)).is(204);
  (await place.send("GET", location)).is(404, "BLOB_UPLOAD_UNKNOWN");
  (await place.send("DELETE", location)).is(404, "BLOB_UPLOAD_UNKNOWN");
  const left = [...Deno.readDirSync(`${place.dir}/a`)].map((entry) => entry.name);
  assert.deepEqual(left.filter((name) => name.includes("upload")), []);
});

Deno.test("a wrong digest stores nothing, an invalid or missing one keeps the upload", async () => {
  await using place = await Place.open();
  const location = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  for (const query of ["", "?digest=sha256:12", "?digest=md5:d41d8cd98f00b204e9800998ecf8427e"]) {
    (await place.send("PUT", location + query, { body: bytesOf("x") })).is(400, "DIGEST_INVALID");
  }
  (await place.send("GET", location)).is(204);
  const wrong = digestOf(bytesOf("y"));
  (await place.send("PUT", `${location}?digest=${wrong}`, { body: bytesOf("x") })).is(400, "DIGEST_INVALID");
  (await place.send("GET", location)).is(404);
  (await place.send("POST", `/v2/a/blobs/uploads/?digest=${wrong}`, { body: bytesOf("x") })).is(400, "DIGEST_INVALID");
  (await place.send("HEAD", `/v2/a/blobs/${wrong}`)).is(404);
});

Deno.test("an algorithm that is not known is refused at the start", async () => {
  await using place = await Place.open();
  (await place.send("POST", "/v2/a/blobs/uploads/?digest-algorithm=md5")).is(400, "DIGEST_INVALID");
  (await place.send("POST", "/v2/a/blobs/uploads/?digest-algorithm=constructor")).is(400, "DIGEST_INVALID");
});

Deno.test("a client that goes away in the middle of a body can take it up where it stopped", async () => {
  await using place = await Place.open();
  const bytes = someBytes(500_000);
  const digest = digestOf(bytes);
  const location = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: place.port });
  const head = `PUT ${location}?digest=${digest} HTTP/1.1\r\nhost: a\r\ncontent-length: ${bytes.byteLength}\r\n\r\n`;
  await writeAll(connection, bytesOf(head));
  await writeAll(connection, bytes.slice(0, 300_000));
  connection.close();
  const there = await untilFree(place, location);
  assert(there > 0 && there <= 300_000, `${there} bytes`);
  (await place.send("PUT", `${location}?digest=${digest}`, {
    body: bytes.slice(there),
    headers: { "content-range": `${there}-${bytes.byteLength - 1}` },
  })).is(201);
});

Deno.test("a body that stands still is given up, what came is kept", async () => {
  await using place = await Place.open({ registry: { idleTimeout: 150 } });
  const location = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: place.port });
  await writeAll(connection, bytesOf(`PATCH ${location} HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n12345`));
  const buffer = new Uint8Array(1000);
  const read = await connection.read(buffer);
  connection.close();
  assert.match(new TextDecoder().decode(buffer.subarray(0, read ?? 0)), /^HTTP\/1\.1 408 /);
  assert.equal((await place.send("GET", location)).is(204).header("range"), "0-4");
});

Deno.test("one request at a time works on an upload", async () => {
  await using place = await Place.open();
  const location = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  const body = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const writer = body.writable.getWriter();
  const slow = place.send("PATCH", location, { body: body.readable });
  await writer.write(bytesOf("123"));
  let status = 204;
  while (status === 204) status = (await place.send("GET", location)).status;
  assert.equal(status, 409);
  await writer.close();
  (await slow).is(202);
});

Deno.test("two clients push the same blob at a time", async () => {
  await using place = await Place.open();
  const bytes = someBytes(2_000_000);
  const digest = digestOf(bytes);
  await Promise.all(Array.from({ length: 4 }, () => place.push("a", bytes)));
  assert.deepEqual((await place.send("GET", `/v2/a/blobs/${digest}`)).bytes, bytes);
});

Deno.test("a blob above the limit is refused", async () => {
  await using place = await Place.open({ registry: { blobLimit: 1000 } });
  const bytes = someBytes(1001);
  (await place.send("POST", `/v2/a/blobs/uploads/?digest=${digestOf(bytes)}`, { body: bytes })).is(413, "SIZE_INVALID");
  const location = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  (await place.send("PATCH", location, { body: bytes.slice(0, 600) })).is(202);
  (await place.send("PATCH", location, { body: bytes.slice(0, 600) })).is(413);
  const endless = ReadableStream.from([bytes.slice(0, 300), bytes.slice(0, 300)]);
  (await place.send("PATCH", location, { body: endless })).is(413);
});

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength;) at += await connection.write(bytes.subarray(at));
}

/** Bytes of an upload, once the request that was cut off has let go of it. */
async function untilFree(place: Place, location: string): Promise<number> {
  for (;;) {
    const answer = await place.send("GET", location);
    const end = Number(answer.header("range").split("-")[1] ?? 0);
    if (answer.status === 204 && end > 0) return end + 1;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
