/** Addresses that try to lead out of the folder, byte for byte as an attacker sends them. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { FerryRegistry } from "../support/ferry_registry.ts";
import { bytesOf, Place } from "./harness.ts";

const ZERO = `sha256:${"0".repeat(64)}`;

/** Names of a repository beside the served folder, or of a place in a layout of it; `outside` is a layout there. */
const NAMES: readonly string[] = [
  "../outside",
  "a/../../outside",
  "..",
  ".",
  "./a",
  "a/./b",
  "%2e%2e/outside",
  "%2e%2e%2foutside",
  "..%2foutside",
  "..%5coutside",
  "..\\outside",
  "%252e%252e/outside",
  "a%2f..%2f..%2foutside",
  "/",
  "//",
  "/outside",
  "//outside",
  "a//b",
  "a/",
  "%2f%2foutside",
  "/etc",
  "a\0b",
  "a%00b",
  "%00",
  "..%00/outside",
  "a%0d%0aset-cookie:x",
  "a b",
  "a%20b",
  "%",
  "%zz",
  "%c0%ae%c0%ae/outside",
  "\xc0\xae\xc0\xae/outside",
  "\u00e9",
  "%C3%A9",
  "%EF%BC%8E%EF%BC%8E/outside",
  "A",
  ".hidden",
  "a.",
  "-a",
  "~",
  "a/blobs",
  "a/blobs/sha256",
  "a/index.json",
  "a/oci-layout/b",
  "x".repeat(256),
  "x/".repeat(5000) + "x",
  "../".repeat(5000) + "etc",
];

/** Sends bytes and gives the status of the answer; 0 where the server hung up instead. */
async function send(port: number, text: string): Promise<{ readonly status: number; readonly text: string }> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  // One byte a character: what is above 255 is written as UTF-8 by whoever makes the text.
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
  let answer = "";
  try {
    for (let at = 0; at < bytes.byteLength;) at += await connection.write(bytes.subarray(at));
    const buffer = new Uint8Array(64 * 1024);
    for (let read = await connection.read(buffer); read !== null; read = await connection.read(buffer)) {
      answer += new TextDecoder("latin1").decode(buffer.subarray(0, read));
    }
  } catch (error) {
    // It may hang up while we still write.
    if (!(error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe)) throw error;
  }
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0), text: answer };
}

function request(method: string, path: string, host: string, body = ""): string {
  return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\ncontent-length: ${body.length}\r\n` +
    `content-type: application/vnd.oci.image.manifest.v1+json\r\n\r\n${body}`;
}

/** Every file and folder below a folder, with sizes and times. */
function tree(folder: string): string[] {
  const found: string[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    const { size, mtime } = Deno.lstatSync(path);
    found.push(`${path} ${isDirectory ? "" : size} ${mtime?.getTime()}`, ...isDirectory ? tree(path) : []);
  }
  return found.sort();
}

/** A server over the folder `served` beside a layout `outside`; nothing of either may change or be seen. */
async function attack(
  requests: (host: string, digest: string) => Iterable<readonly [what: string, text: string]>,
): Promise<void> {
  const parent = await Deno.makeTempDir({ prefix: "ferry-hostile-" });
  try {
    let digest = "";
    {
      await using maker = await Place.open();
      digest = await maker.image("outside", "v1", { annotations: { secret: "s3cr3t" } });
      await maker.image("a", "v1");
      await Deno.mkdir(`${parent}/served`);
      await Deno.rename(`${maker.dir}/outside`, `${parent}/outside`);
      await Deno.rename(`${maker.dir}/a`, `${parent}/served/a`);
    }
    const before = tree(parent);
    await using registry = await FerryRegistry.start({ registry: { dir: `${parent}/served` } });
    for (const [what, text] of requests(registry.host, digest)) {
      const answer = await send(registry.port, text);
      const shown = JSON.stringify(what.slice(0, 120));
      assert(answer.status === 0 || (answer.status >= 400 && answer.status < 500), `${shown}: ${answer.status}`);
      assert(!answer.text.includes("s3cr3t"), shown);
      assert(!/^set-cookie/im.test(answer.text), shown);
    }
    assert.deepEqual(tree(parent), before);
    const alive = await send(registry.port, request("GET", "/v2/a/manifests/v1", registry.host));
    assert.equal(alive.status, 200);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

const utf8 = (text: string) => new TextDecoder("latin1").decode(new TextEncoder().encode(text));

Deno.test("serve: no name of a repository leads out of the folder", () =>
  attack(function* (host, digest) {
    for (const name of NAMES) {
      const path = /[\u0080-\u00ff]/.test(name) && name.startsWith("\u00e9") ? utf8(name) : name;
      for (
        const [method, rest] of [
          ["GET", "/manifests/v1"],
          ["HEAD", `/manifests/${digest}`],
          ["GET", `/blobs/${digest}`],
          ["GET", "/tags/list"],
          ["GET", `/referrers/${digest}`],
          ["PUT", "/manifests/v2"],
          ["POST", "/blobs/uploads/"],
          ["POST", `/blobs/uploads/?digest=${digestOf(bytesOf("x"))}`],
          ["PATCH", `/blobs/uploads/${"0".repeat(32)}`],
          ["DELETE", "/manifests/v1"],
          ["DELETE", `/blobs/${digest}`],
        ] as const
      ) {
        // What a referrers list or a tag list of a repository in the folder says is no secret.
        yield [`${method} ${name}${rest}`, request(method, `/v2/${path}${rest}`, host, method === "POST" ? "x" : "")];
      }
    }
  }));

Deno.test("serve: no tag, digest, upload or mount leads out of the folder", () =>
  attack(function* (host, digest) {
    const parts = [
      "../../../outside/v1",
      "..",
      "%2e%2e",
      "..%2f..%2foutside",
      "%00",
      "v1%00",
      "\u00e9",
      "x".repeat(129),
    ];
    const digests = ["sha256:..", "sha256:../../../outside/index.json", "sha256:%2e%2e%2f", `..:${"0".repeat(64)}`]
      .concat(
        `sha256/..:${"0".repeat(64)}`,
        `${ZERO}/..`,
        ZERO.toUpperCase(),
        "__proto__:x",
        "constructor:x",
        "sha256:",
      );
    for (const part of [...parts, ...digests]) {
      for (const method of ["GET", "PUT", "DELETE"]) {
        yield [`${method} ${part}`, request(method, `/v2/a/manifests/${part}`, host, "{}")];
      }
      yield [`blob ${part}`, request("GET", `/v2/a/blobs/${part}`, host)];
      yield [`delete ${part}`, request("DELETE", `/v2/a/blobs/${part}`, host)];
      yield [`upload ${part}`, request("PATCH", `/v2/a/blobs/uploads/${part}`, host, "x")];
      yield [`digest ${part}`, request("POST", `/v2/a/blobs/uploads/?digest=${encodeURIComponent(part)}`, host, "x")];
      yield [`mount ${part}`, request("POST", `/v2/a/blobs/uploads/?mount=${encodeURIComponent(part)}`, host)];
    }
    for (const from of ["../outside", "a/../../outside", "/outside", "%2e%2e/outside", "", "a/blobs"]) {
      const query = `mount=${digest}&from=${encodeURIComponent(from)}`;
      yield [`from ${from}`, request("POST", `/v2/a/blobs/uploads/?${query}`, host)];
    }
    for (const tag of ["..", "%2e%2e%2fx", ""]) {
      yield [`?tag=${tag}`, request("PUT", `/v2/a/manifests/${digest}?tag=${tag}`, host, "{}")];
    }
  }));

Deno.test("serve: no form of the request line leads out of the folder", () =>
  attack(function* (host, digest) {
    const lines = [
      `GET http://elsewhere.example/v2/../outside/manifests/v1 HTTP/1.1`,
      `GET http://${host}/v2/../../outside/manifests/v1 HTTP/1.1`,
      `GET /../outside/index.json HTTP/1.1`,
      `GET /v2/../../outside/index.json HTTP/1.1`,
      `GET //v2/outside/manifests/v1 HTTP/1.1`,
      `GET /v2//outside/manifests/${digest} HTTP/1.1`,
      `GET /v2/outside/../../outside/blobs/${digest} HTTP/1.1`,
      `GET file:///etc/passwd HTTP/1.1`,
      `GET ..%2foutside HTTP/1.1`,
      `OPTIONS * HTTP/1.1`,
      `CONNECT ${host} HTTP/1.1`,
      `G\0T /v2/ HTTP/1.1`,
      `GET /v2/\0 HTTP/1.1`,
      `GET /v2/a/manifests/v1?${"x".repeat(100_000)} HTTP/1.1`,
      `GET /${"x".repeat(1_000_000)} HTTP/1.1`,
    ];
    for (const line of lines) yield [line, `${line}\r\nhost: ${host}\r\nconnection: close\r\n\r\n`];
    const long = "x".repeat(1_000_000);
    yield [
      "a long header",
      `GET /v2/none/tags/list HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\nx: ${long}\r\n\r\n`,
    ];
    yield ["no host", "GET /v2/none/tags/list HTTP/1.1\r\nconnection: close\r\n\r\n"];
    yield ["an odd host", "GET /v2/none/tags/list HTTP/1.1\r\nhost: a/../b\r\nconnection: close\r\n\r\n"];
  }));
