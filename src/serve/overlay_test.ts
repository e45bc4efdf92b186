import assert from "node:assert/strict";
import { digestOf } from "../oci/digest.ts";
import { writeLayout } from "../../test/support/content.ts";
import { plainSample } from "../../test/support/sample.ts";
import { openMemory, removeStale } from "./overlay.ts";
import { Registry } from "./registry.ts";

const OLD = new Date(Date.now() - 3_600_000);

async function folder(place: string, name: string, mode = 0o700): Promise<string> {
  const dir = `${place}/${name}`;
  await Deno.mkdir(`${dir}/app/blobs`, { recursive: true });
  await Deno.chmod(dir, mode);
  return dir;
}

async function owned(dir: string, time: Date): Promise<void> {
  await Deno.writeTextFile(`${dir}/.owner`, "");
  await Deno.utime(`${dir}/.owner`, time, time);
}

Deno.test({
  name: "folders of servers that are gone are removed, and no others",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const place = await Deno.makeTempDir();
    try {
      await owned(await folder(place, "ferry-serve-dead"), OLD);
      await owned(await folder(place, "ferry-serve-young"), new Date());
      await owned(await folder(place, "ferry-serve-open", 0o755), OLD);
      await owned(await folder(place, "other-dead"), OLD);
      await folder(place, "ferry-serve-unowned");
      const alive = await folder(place, "ferry-serve-alive");
      await owned(alive, OLD);
      using owner = await Deno.open(`${alive}/.owner`, { write: true });
      await owner.lock(true);
      await removeStale(place);
      const left = [...Deno.readDirSync(place)].map(({ name }) => name).sort();
      assert.deepEqual(left, [
        "ferry-serve-alive",
        "ferry-serve-open",
        "ferry-serve-unowned",
        "ferry-serve-young",
        "other-dead",
      ]);
    } finally {
      await Deno.remove(place, { recursive: true });
    }
  },
});

Deno.test("what lies below a folder in memory is not touched, and the folder goes with its server", async () => {
  const base = await Deno.makeTempDir();
  try {
    await writeLayout(plainSample(), `${base}/app`);
    const [name] = [...Deno.readDirSync(`${base}/app/blobs/sha256`)].map((entry) => entry.name);
    const file = `${base}/app/blobs/sha256/${name}`;
    const time = new Date(1_000_000_000_000);
    await Deno.utime(file, time, time);
    const memory = await openMemory(base);
    const registry = new Registry({ dir: memory.dir });
    const digest = digestOf(await Deno.readFile(file));
    assert.equal(await registry.reliedSize("app", digest), (await Deno.stat(file)).size);
    assert.equal((await Deno.stat(file)).mtime?.getTime(), time.getTime());
    assert.deepEqual(await registry.layouts.names(), ["app"]);
    await memory.remove();
    await assert.rejects(Deno.stat(memory.dir), Deno.errors.NotFound);
  } finally {
    await Deno.remove(base, { recursive: true });
  }
});
