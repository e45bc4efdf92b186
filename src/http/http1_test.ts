import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import fc from "fast-check";
import { AnswerReader, type ByteConnection, encodeHead } from "./http1.ts";

/** A connection that brings these pieces, one a read, and then ends. */
function connectionOf(pieces: readonly Uint8Array[]): ByteConnection {
  const left = pieces.filter(({ byteLength }) => byteLength > 0).map((piece) => piece.slice());
  return {
    read: (into) => {
      const piece = left.shift();
      if (piece === undefined) return Promise.resolve(null);
      const size = Math.min(into.byteLength, piece.byteLength);
      into.set(piece.subarray(0, size));
      if (size < piece.byteLength) left.unshift(piece.subarray(size));
      return Promise.resolve(size);
    },
    write: (bytes) => Promise.resolve(bytes.byteLength),
    close: () => {},
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

async function readAll(
  text: string | readonly Uint8Array[],
  method = "GET",
): Promise<{ status: number; body: string; clean: boolean | undefined }> {
  const reader = new AnswerReader(connectionOf(typeof text === "string" ? [bytes(text)] : text));
  const head = await reader.head();
  let clean: boolean | undefined;
  const stream = reader.body(head, method, (ended) => clean = ended, (step) => step());
  return { status: head.status, body: stream === null ? "" : await new Response(stream).text(), clean };
}

Deno.test("AnswerReader reads bodies by length, by chunks and to the end", async () => {
  deepEqual(await readAll("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), {
    status: 200,
    body: "hello",
    clean: true,
  });
  deepEqual(
    await readAll(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nt: x\r\n\r\n",
    ),
    {
      status: 200,
      body: "abc0123456789",
      clean: true,
    },
  );
  deepEqual(await readAll("HTTP/1.0 200 OK\r\n\r\nto the end"), { status: 200, body: "to the end", clean: false });
});

Deno.test("AnswerReader passes over interim answers and takes bare line feeds", async () => {
  deepEqual(
    await readAll("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Too Many\nRetry-After: 1\ncontent-length: 2\n\nno"),
    {
      status: 429,
      body: "no",
      clean: true,
    },
  );
});

Deno.test("AnswerReader reads no body after HEAD and with 204", async () => {
  equal((await readAll("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "HEAD")).body, "");
  equal((await readAll("HTTP/1.1 204 No Content\r\n\r\n")).clean, true);
});

Deno.test("AnswerReader refuses what is no HTTP, and bodies that are cut short", async () => {
  await rejects(readAll("SSH-2.0-OpenSSH\r\n\r\n"), { code: "RESPONSE_INVALID" });
  await rejects(readAll("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"), { code: "RESPONSE_INVALID" });
  await rejects(readAll("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"), /closed in the middle/);
  await rejects(readAll("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), { code: "RESPONSE_INVALID" });
  await rejects(readAll("HTTP/1.1 200 OK\r\n"), /closed before/);
  await rejects(readAll(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(200_000)}`), { code: "RESPONSE_INVALID" });
});

Deno.test("AnswerReader reads the same however the bytes arrive", async () => {
  const whole = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: whole.byteLength }), { maxLength: 12 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), whole.byteLength];
      const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end));
      deepEqual(await readAll(pieces), { status: 200, body: "hello world", clean: true });
    }),
  );
});

Deno.test("encodeHead refuses values that would be headers of their own", () => {
  equal(new TextDecoder().decode(encodeHead("PUT", "/x", { host: "a" })), "PUT /x HTTP/1.1\r\nhost: a\r\n\r\n");
  throws(() => encodeHead("PUT", "/x", { a: "b\r\nc: d" }), { code: "INTERNAL" });
});
