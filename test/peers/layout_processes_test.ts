/** Several processes at one layout, and one that is killed. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { digestOf } from "../../src/oci/digest.ts";
import { withDigest, withTag } from "../../src/reference/reference.ts";
import { createLayoutTransport } from "../../src/transport/layout/mod.ts";
import { checkLayout } from "../support/content.ts";
import { noise } from "../support/sources.ts";
import { layoutReference, namesOf, temporaryFolder } from "./layout_place.ts";

const MIB = 1024 * 1024;
const WRITER = fileURLToPath(new URL("./layout_writer.ts", import.meta.url));

function start(...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", WRITER, ...args],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
}

async function finish(child: Deno.ChildProcess): Promise<void> {
  const { code, stderr } = await child.output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
}

Deno.test("two processes that put, replace and delete in one layout lose nothing", async () => {
  await using folder = await temporaryFolder();
  await Promise.all(
    [start("tags", folder.path, "a", "8", "1000"), start("tags", folder.path, "b", "8", "2000")].map(finish),
  );
  const { tags } = await checkLayout(folder.path);
  const shared = tags.get("shared")!;
  assert.deepEqual([...tags.keys()].sort(), ["a7", "b7", "shared", `sha256-${shared.slice(7)}`].sort());
  const place = layoutReference(folder.path);
  const transport = createLayoutTransport();
  const { descriptors } = await transport.listReferrers(withDigest(place, shared));
  assert.equal(descriptors.length, 16);
  for (const { digest } of descriptors) await transport.getManifest(withDigest(place, digest));
  for (const tag of ["a7", "b7", "shared"]) {
    const manifest = await transport.getManifest(withTag(place, tag));
    for (const { digest, size } of [manifest.config!, ...manifest.layers]) {
      assert.equal((await transport.headBlob(place, digest))?.size, size);
    }
  }
  assert.deepEqual(namesOf(folder.path), ["blobs", "index.json", "oci-layout"]);
});

Deno.test("a process that is killed while it stores a blob leaves a layout that reads, and the next one goes on where it stopped", async () => {
  await using folder = await temporaryFolder();
  const bytes = noise(1, 9 * MIB);
  const digest = digestOf(bytes);
  const asked: number[] = [];
  const hold = Promise.withResolvers<void>();
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "")?.[1] ?? 0);
    const first = asked.push(from) === 1;
    let at = from;
    const end = first ? 5 * MIB : bytes.byteLength;
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (out) => {
        if (at < end) {
          out.enqueue(bytes.slice(at, at += Math.min(MIB / 2, end - at)));
        } else {
          if (first) await hold.promise;
          out.close();
        }
      },
    });
    return new Response(body, { status: 206, headers: { "cache-control": "no-transform" } });
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const partial = `${folder.path}/.ferry-partial-${digest.replace(":", "-")}`;

  const killed = start("blob", folder.path, url, digest, String(bytes.byteLength));
  const ended = killed.output();
  while ((await Deno.stat(partial).catch(() => undefined))?.size !== 5 * MIB) {
    assert.equal(
      await Promise.race([ended.then(() => "ended"), new Promise((resolve) => setTimeout(resolve, 5))]),
      undefined,
    );
  }
  killed.kill("SIGKILL");
  await ended;
  hold.resolve();
  const transport = createLayoutTransport();
  const place = layoutReference(folder.path);
  await transport.ping(place);
  assert.equal(await transport.headBlob(place, digest), undefined);

  await finish(start("blob", folder.path, url, digest, String(bytes.byteLength)));
  assert.deepEqual(asked, [0, 5 * MIB]);
  assert((await checkLayout(folder.path)).blobs.has(digest));
  assert.deepEqual(namesOf(folder.path), ["blobs", "index.json", "oci-layout"]);
});
