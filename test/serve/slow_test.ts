/** Clients that are slow, or that want too much: they hold nothing up for long, and HTTP is spoken right to all others. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { Connections } from "../../src/serve/listen/connections.ts";
import { bytesOf, Place, someBytes } from "./harness.ts";

/** A bare connection. */
class Socket implements Disposable {
  #text = "";

  private constructor(readonly connection: Deno.TcpConn) {}

  static async open(place: Place): Promise<Socket> {
    return new Socket(await Deno.connect({ hostname: "127.0.0.1", port: place.port }));
  }

  async send(text: string): Promise<void> {
    const bytes = bytesOf(text);
    for (let at = 0; at < bytes.byteLength;) at += await this.connection.write(bytes.subarray(at));
  }

  /** What came, once it matches. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text)) {
      const piece = await this.#read();
      assert(piece !== undefined, `the connection ended after: ${this.#text}`);
      this.#text += piece;
    }
    return this.#text;
  }

  /** All that came until the server ended the connection. */
  async end(): Promise<string> {
    for (let piece = await this.#read(); piece !== undefined; piece = await this.#read()) this.#text += piece;
    return this.#text;
  }

  async #read(): Promise<string | undefined> {
    const buffer = new Uint8Array(64 * 1024);
    const read = await this.connection.read(buffer).catch(() => null);
    return read === null ? undefined : new TextDecoder().decode(buffer.subarray(0, read));
  }

  [Symbol.dispose](): void {
    this.connection.close();
  }
}

const ROOT = "GET /v2/ HTTP/1.1\r\nhost: a\r\n\r\n";

/** Sends a byte now and then until the server has had enough. */
async function dribble(socket: Socket, text: string): Promise<void> {
  let gone = false;
  const ended = socket.end().then(() => gone = true);
  for (let at = 0; !gone; at++) {
    await socket.send(text[at] ?? "x").catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await ended;
}

Deno.test("serve: a head that comes byte by byte does not hold a connection", async () => {
  await using place = await Place.open({ server: { headTimeout: 150, keepAliveTimeout: 60_000 } });
  using slow = await Socket.open(place);
  using silent = await Socket.open(place);
  const ended = Promise.all([dribble(slow, "GET /v2/ HTTP/1.1\r\nhost: a\r\nx: "), silent.end()]);
  (await place.send("GET", "/v2/")).is(200);
  await ended;
  (await place.send("GET", "/v2/")).is(200);
});

Deno.test("serve: a connection that waits for another request, or dribbles one, is ended in time", async () => {
  await using place = await Place.open({ server: { headTimeout: 60_000, keepAliveTimeout: 150 } });
  using idle = await Socket.open(place);
  using slow = await Socket.open(place);
  for (const socket of [idle, slow]) {
    await socket.send(ROOT);
    await socket.until(/\{\}$/);
  }
  await Promise.all([idle.end(), dribble(slow, ROOT.slice(0, -4))]);
});

Deno.test("serve: a body that never comes is given up with 408, for every kind of body", async () => {
  await using place = await Place.open({ registry: { idleTimeout: 150 }, server: { keepAliveTimeout: 150 } });
  const upload = (await place.send("POST", "/v2/a/blobs/uploads/")).header("location");
  const digest = digestOf(bytesOf("x"));
  for (const line of [`PATCH ${upload}`, `POST /v2/a/blobs/uploads/?digest=${digest}`, "PUT /v2/a/manifests/v1"]) {
    for (const length of ["content-length: 100", "transfer-encoding: chunked"]) {
      using socket = await Socket.open(place);
      await socket.send(`${line} HTTP/1.1\r\nhost: a\r\n${length}\r\n\r\n`);
      assert.match(await socket.end(), /^HTTP\/1\.1 408 /, `${line}, ${length}`);
    }
  }
});

Deno.test("serve: connections above the limit are refused in plain words, and there is room again", async () => {
  await using place = await Place.open({ server: { connections: 2, headTimeout: 60_000 } });
  const first = await Socket.open(place);
  using second = await Socket.open(place);
  await first.send("GET /v2/");
  await second.send("GET /v2/");
  using third = await Socket.open(place);
  await third.send(ROOT);
  const refused = await third.end();
  assert.match(refused, /^HTTP\/1\.1 503 .*\r\nretry-after: 1\r\n.*connection: close/s);
  assert.equal(JSON.parse(refused.slice(refused.indexOf("\r\n\r\n"))).errors[0].code, "UNAVAILABLE");
  first[Symbol.dispose]();
  for (;;) {
    using again = await Socket.open(place);
    await again.send("GET /metrics HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    const answer = await again.end();
    if (answer.startsWith("HTTP/1.1 503")) continue;
    assert.match(answer, /^HTTP\/1\.1 200 /);
    assert.match(answer, /^ferry_connections_open 2$/m);
    assert.match(answer, /^ferry_connections_refused_total [1-9]\d*$/m);
    break;
  }
});

Deno.test("serve: a connection that only waits makes room for one that asks", async () => {
  await using place = await Place.open({ server: { connections: 1 } });
  using waiting = await Socket.open(place);
  await waiting.send(ROOT);
  await waiting.until(/\{\}$/);
  for (let answer = ""; !answer.startsWith("HTTP/1.1 200");) {
    using other = await Socket.open(place);
    await other.send(ROOT.replace("host", "connection: close\r\nhost"));
    answer = await other.end();
    assert.match(answer, /^HTTP\/1\.1 (200|503)/);
  }
  await waiting.end();
});

Deno.test("serve: an answer that nobody takes is given up in a time that fits its length", async () => {
  const limits = { most: 10, headTimeout: 60_000, keepAliveTimeout: 60_000, idleTimeout: 40 };
  const connections = new Connections(limits);
  const now = performance.now();
  const [short, long] = [connections.open(now)!, connections.open(now)!];
  for (const [connection, bytes] of [[short, 100], [long, 1e9]] as const) {
    connection.begin();
    connections.expect(connection, bytes, now);
  }
  assert(!short.cut.signal.aborted);
  await new Promise((resolve) => short.cut.signal.addEventListener("abort", resolve));
  assert(!long.cut.signal.aborted);
  assert.equal(connections.size, 1);
  await connections.drain(0);
  assert(long.cut.signal.aborted);
});

Deno.test("serve: a client that reads nothing is cut off, and the server stops all the same", async () => {
  await using place = await Place.open();
  const digest = await place.push("a", someBytes(8_000_000));
  using deaf = await Socket.open(place);
  await deaf.send(`GET /v2/a/blobs/${digest} HTTP/1.1\r\nhost: a\r\n\r\n`);
  using half = await Socket.open(place);
  await half.send("GET /v2/ HT");
  using garbage = await Socket.open(place);
  await garbage.send("\x16\x03\x01 this is not HTTP\r\n\r\n");
  await garbage.end();
  (await place.send("GET", "/v2/")).is(200);
  await place.stop(50);
  assert((await deaf.end()).length < 8_000_000);
  await half.end();
  await place.start();
});

Deno.test("serve: a slow client gets all of a long answer, although the server stops", async () => {
  await using place = await Place.open({ server: { keepAliveTimeout: 100 } });
  const annotations = { filler: "x".repeat(7_000_000) };
  const digest = await place.image("a", "v1", { annotations });
  using slow = await Socket.open(place);
  await slow.send("GET /v2/a/manifests/v1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  await slow.until(/\r\n\r\n/);
  // Longer than the connection may wait for another request.
  await new Promise((resolve) => setTimeout(resolve, 300));
  const stopped = place.stop();
  const answer = await slow.end();
  assert.equal(digestOf(bytesOf(answer.slice(answer.indexOf("\r\n\r\n") + 4))), digest);
  await stopped;
  await place.start();
});

Deno.test("serve: requests in a row on one connection are answered in order", async () => {
  await using place = await Place.open();
  const digest = await place.push("a", bytesOf("content"));
  using socket = await Socket.open(place);
  const blob = `/v2/a/blobs/${digest} HTTP/1.1\r\nhost: a\r\n`;
  await socket.send(
    `HEAD ${blob}\r\nGET ${blob}range: bytes=0-2\r\n\r\nGET /nothing HTTP/1.1\r\nhost: a\r\n\r\n` +
      `GET ${blob}connection: close\r\n\r\n`,
  );
  const answers = (await socket.end()).split(/(?=HTTP\/1\.1 )/);
  assert.deepEqual(answers.map((answer) => answer.slice(9, 12)), ["200", "206", "404", "200"]);
  assert.match(answers[0]!, /content-length: 7\r\n.*\r\n\r\n$/s);
  assert.match(answers[1]!, /\r\n\r\ncon$/);
  assert.match(answers[3]!, /\r\n\r\ncontent$/);
});

Deno.test("serve: a client that waits for leave to send its body gets it, or the refusal instead", async () => {
  await using place = await Place.open({ registry: { blobLimit: 10 } });
  const post = (text: string, length: number) =>
    `POST /v2/a/blobs/uploads/?digest=${digestOf(bytesOf(text))} HTTP/1.1\r\nhost: a\r\n` +
    `content-length: ${length}\r\nexpect: 100-continue\r\n\r\n`;
  using polite = await Socket.open(place);
  await polite.send(post("hello", 5));
  await polite.until(/^HTTP\/1\.1 100 /);
  await polite.send("hello");
  await polite.until(/HTTP\/1\.1 201 /);
  using large = await Socket.open(place);
  await large.send(post("hello", 11));
  assert.match(await large.until(/\r\n\r\n/), /^HTTP\/1\.1 413 /);
});

Deno.test("serve: a body in chunks, with trailers, and one that breaks off", async () => {
  await using place = await Place.open();
  const digest = digestOf(bytesOf("hello"));
  const head = `POST /v2/a/blobs/uploads/?digest=${digest} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n`;
  using whole = await Socket.open(place);
  await whole.send(`${head}3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nx-trailer: 1\r\n\r\n`);
  await whole.until(/HTTP\/1\.1 201 /);
  for (const body of ["3\r\nhel\r\nzz\r\n", "3\r\nhelX", "-1\r\n"]) {
    using broken = await Socket.open(place);
    await broken.send(head + body);
    assert.match(await broken.end(), /^(HTTP\/1\.1 400 |$)/, body);
  }
  // Two lengths, or a length beside chunks, are how requests are smuggled past a proxy.
  for (const lines of ["content-length: 5\r\ncontent-length: 6", "content-length: -5", "content-length: 5, 6"]) {
    using odd = await Socket.open(place);
    await odd.send(`POST /v2/a/blobs/uploads/?digest=${digest} HTTP/1.1\r\nhost: a\r\n${lines}\r\n\r\nhello`);
    assert.match(await odd.end(), /^HTTP\/1\.1 400 /, lines);
  }
});
