import assert from "node:assert/strict";
import { RequestReader, startCounting } from "./count.ts";

/** Request lines in `text`, given in pieces of `size` bytes. */
function linesOf(text: string, size: number): string[] {
  const lines: string[] = [];
  const reader = new RequestReader((line) => lines.push(line));
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  return lines;
}

Deno.test("requests are found between bodies of every kind, however the bytes come", () => {
  const text = [
    "GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
    "PUT /b HTTP/1.1\r\nContent-Length: 21\r\n\r\nGET /no HTTP/1.1\r\n\r\n!",
    "PATCH /c HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n13\r\nno HTTP/1.1\r\n\r\n....\r\n0\r\nX: y\r\n\r\n",
    "POST /d HTTP/1.1\r\ncontent-length: 0\r\n\r\n",
    "HEAD /e HTTP/1.1\r\n\r\n",
  ].join("");
  const wanted = ["GET /a", "PUT /b", "PATCH /c", "POST /d", "HEAD /e"].map((line) => `${line} HTTP/1.1`);
  for (const size of [1, 2, 3, 7, 100, 10_000]) assert.deepEqual(linesOf(text, size), wanted);
});

Deno.test("the counting proxy hands on what it counts", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    return new Response(`${request.method} ${(await request.text()).length}`);
  });
  const proxy = startCounting(server.addr.port);
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  try {
    const url = `http://127.0.0.1:${proxy.port}`;
    assert.equal(await (await fetch(`${url}/x`, { client })).text(), "GET 0");
    const body = ReadableStream.from([new Uint8Array(100_000), new Uint8Array(5)]);
    assert.equal(await (await fetch(`${url}/y`, { client, method: "PUT", body })).text(), "PUT 100005");
    assert.deepEqual(proxy.take(), ["GET /x HTTP/1.1", "PUT /y HTTP/1.1"]);
    assert.deepEqual(proxy.take(), []);
  } finally {
    client.close();
    proxy.stop();
  }
});
