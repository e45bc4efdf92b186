/** A disk that is full: what does not fit is refused in the words of the specification, nothing half-stored counts, and the server goes on. */
import assert from "node:assert/strict";
import { digestOf } from "../../src/oci/digest.ts";
import { MEDIA_TYPE } from "../../src/oci/media_type.ts";
import { collectLayout } from "../../src/serve/garbage.ts";
import { checkLayout } from "../support/content.ts";
import { isInstalled, runOk } from "../support/programs.ts";
import { bytesOf, Place, someBytes } from "./harness.ts";

const MEBIBYTE = 1024 * 1024;

/** A place on a file system of 4 MiB of its own. */
class SmallPlace extends Place {
  static override async open(): Promise<SmallPlace> {
    const dir = await Deno.makeTempDir({ prefix: "ferry-full-" });
    await runOk("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", dir]);
    const place = new SmallPlace(dir, { registry: { grace: 0 } });
    await place.start();
    return place;
  }

  /** Leaves room for so many bytes. */
  async fill(room: number): Promise<void> {
    await this.free();
    using file = await Deno.open(`${this.dir}/.filler`, { write: true, createNew: true });
    const page = new Uint8Array(4096);
    let size = 0;
    try {
      for (;; size += page.byteLength) await file.write(page);
    } catch (error) {
      assert.equal((error as { code?: string }).code, "ENOSPC");
    }
    await file.truncate(Math.max(size - room, 0));
  }

  /** Makes room. */
  async free(): Promise<void> {
    await Deno.remove(`${this.dir}/.filler`).catch(() => {});
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
    await runOk("umount", [this.dir]);
    await Deno.remove(this.dir);
    assert.deepEqual(this.failures, []);
  }
}

/** Name and ignore flag of a test that needs a small file system. */
function onSmallDisk(name: string): { name: string; ignore: boolean } {
  return canMount() ? { name, ignore: false } : { name: `${name} (skipped: tmpfs cannot be mounted)`, ignore: true };
}

function canMount(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() !== 0 || !isInstalled("mount")) return false;
  const dir = Deno.makeTempDirSync({ prefix: "ferry-full-" });
  const sync = (program: string, ...args: string[]) =>
    new Deno.Command(program, { args, stdout: "null", stderr: "null" }).outputSync().success;
  try {
    return sync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", dir) && sync("umount", dir);
  } finally {
    Deno.removeSync(dir);
  }
}

async function checkReadable(place: Place, name: string, tag: string, digest: string): Promise<void> {
  const { tags } = await checkLayout(`${place.dir}/${name}`);
  assert.equal(tags.get(tag), digest);
  if (!isInstalled("skopeo")) return;
  const raw = await runOk("skopeo", ["inspect", "--raw", `oci:${place.dir}/${name}:${tag}`]);
  assert.equal(digestOf(bytesOf(raw)), digest);
}

Deno.test({
  ...onSmallDisk("serve: an upload that does not fit is refused with 507, and the same push works once there is room"),
  fn: async () => {
    await using place = await SmallPlace.open();
    const before = await place.image("app", "before");
    const bytes = someBytes(2 * MEBIBYTE);
    const digest = digestOf(bytes);
    await place.fill(MEBIBYTE);
    const refused = (await place.send("POST", `/v2/app/blobs/uploads/?digest=${digest}`, { body: bytes })).is(507);
    assert.deepEqual(refused.json.errors.map((one: { code: string }) => one.code), ["UNAVAILABLE"]);
    (await place.send("HEAD", `/v2/app/blobs/${digest}`)).is(404);
    await checkReadable(place, "app", "before", before);

    // By POST and PUT, and by chunks.
    const put = (await place.send("POST", "/v2/app/blobs/uploads/")).is(202).header("location");
    (await place.send("PUT", `${put}?digest=${digest}`, { body: bytes })).is(507);
    // What arrived is kept for the client to go on with, until it says that it will not.
    (await place.send("DELETE", put)).is(204);
    const chunks = (await place.send("POST", "/v2/app/blobs/uploads/")).header("location");
    let sent = 0;
    let status = 202;
    while (status === 202 && sent < bytes.byteLength) {
      status = (await place.send("PATCH", chunks, { body: bytes.slice(sent, sent + 300_000) })).status;
      sent += 300_000;
    }
    assert.equal(status, 507);
    assert(sent > 300_000);
    (await place.send("HEAD", `/v2/app/blobs/${digest}`)).is(404);
    (await place.send("GET", "/v2/app/manifests/before")).is(200);
    await checkReadable(place, "app", "before", before);

    await place.free();
    const kept = Number((await place.send("GET", chunks)).is(204).header("range").split("-")[1]) + 1;
    (await place.send("PUT", `${chunks}?digest=${digest}`, { body: bytes.slice(kept) })).is(201);
    assert.deepEqual((await place.send("GET", `/v2/app/blobs/${digest}`)).is(200).bytes, bytes);
    await place.push("other", bytesOf("goes on"));
  },
});

Deno.test({
  ...onSmallDisk("serve: a manifest that does not fit is refused with 507, and nothing of what was there is lost"),
  fn: async () => {
    await using place = await SmallPlace.open();
    const before = await place.image("app", "before");
    const config = bytesOf("{}");
    const manifest = bytesOf(JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.ociManifest,
      config: { mediaType: MEDIA_TYPE.ociEmpty, digest: await place.push("app", config), size: config.byteLength },
      layers: [],
      annotations: { filler: "x".repeat(50_000) },
    }));
    for (const room of [0, 4096, 16_384, 53_248]) {
      await place.fill(room);
      for (const reference of ["after", digestOf(manifest)]) {
        (await place.put("app", reference, manifest)).is(507, "UNAVAILABLE");
      }
      (await place.send("GET", "/v2/app/manifests/after")).is(404, "MANIFEST_UNKNOWN");
      await place.free();
      await checkReadable(place, "app", "before", before);
    }
    // A new repository as well: what is not whole is no layout.
    await place.fill(0);
    const other = await place.send("POST", `/v2/new/blobs/uploads/?digest=${digestOf(config)}`, { body: config });
    assert.equal(other.status, 507);
    (await place.send("GET", "/v2/new/tags/list")).is(404, "NAME_UNKNOWN");
    await place.free();
    (await place.put("app", "after", manifest)).is(201);
    await checkReadable(place, "app", "after", digestOf(manifest));
    await checkReadable(place, "new", "v1", await place.image("new", "v1"));
  },
});

Deno.test({
  ...onSmallDisk("serve: garbage is collected on a full disk, where it is needed most"),
  fn: async () => {
    await using place = await SmallPlace.open();
    const kept = await place.image("app", "kept");
    const gone = await place.image("app", "");
    await place.push("app", someBytes(500_000));
    await place.fill(0);
    const options = { dryRun: false, grace: 0, untagged: true };
    const collected = await collectLayout(place.registry.layouts, "app", options);
    assert(collected.entries === 1 && collected.digests.length >= 2 && collected.bytes >= 500_000);
    (await place.send("GET", `/v2/app/manifests/${gone}`)).is(404);
    await checkReadable(place, "app", "kept", kept);
    (await place.send("GET", "/v2/app/manifests/kept")).is(200);
    // Where nothing can go, the failure is told.
    const bare = await place.image("app", "");
    await place.fill(0);
    await assert.rejects(collectLayout(place.registry.layouts, "app", options), {
      code: "IO",
      message: /disk is full/,
    });
    (await place.send("GET", `/v2/app/manifests/${bare}`)).is(200);
    await place.free();
    await checkReadable(place, "app", "kept", kept);
  },
});
