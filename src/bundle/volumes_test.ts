import assert from "node:assert/strict";
import fc from "fast-check";
import { FerryError } from "../errors.ts";
import { indexIn } from "./read.ts";
import { checkVolumes, findVolumes, missingVolumes, volumePath } from "./volumes.ts";
import { writeVolumes } from "./write_volumes.ts";
import { inFolder } from "../../test/support/folder.ts";

async function* from(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield await Promise.resolve(piece);
}

const joined = (pieces: readonly Uint8Array[]) => pieces.flatMap((piece) => [...piece]);

Deno.test("volumes are the content, cut at their size, whatever the pieces", async () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), (pieces, split) =>
      inFolder(async (folder) => {
        const whole = joined(pieces);
        fc.pre(whole.length > 0);
        const written = await writeVolumes(`${folder}/x`, from(pieces), { split });
        assert.deepEqual(joined(written.map(({ path }) => Deno.readFileSync(path))), whole);
        assert(written.slice(0, -1).every(({ size }) => size === split));
        const last = written.at(-1)!.size;
        assert(last > 0 && last <= split);
        const found = await findVolumes(`${folder}/x`);
        assert.deepEqual(found.volumes.map(({ path, sha256, size }) => ({ path, size, sha256 })), written);
        assert.deepEqual(await checkVolumes(found), []);
      })),
    { numRuns: 30 },
  );
});

Deno.test("volumes are told by their numbers, past 999 as well", () =>
  inFolder(async (folder) => {
    const bytes = new Uint8Array(1002);
    const written = await writeVolumes(`${folder}/x`, from([bytes]), { split: 1 });
    assert.deepEqual(written.slice(998).map(({ path }) => path), [
      `${folder}/x.999`,
      `${folder}/x.1000`,
      `${folder}/x.1001`,
      `${folder}/x.1002`,
    ]);
    await Deno.remove(`${folder}/x.sha256`);
    await Deno.remove(volumePath(`${folder}/x`, 500));
    assert.deepEqual(missingVolumes(await findVolumes(`${folder}/x.1000`)), [`${folder}/x.500`]);
  }));

Deno.test("a failure leaves what was there, and nothing else", () =>
  inFolder(async (folder) => {
    await writeVolumes(`${folder}/x`, from([new Uint8Array(10)]), { split: 4 });
    const before = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    const failing = async function* () {
      yield await Promise.resolve(new Uint8Array(7).fill(1));
      throw new Error("cut");
    };
    await assert.rejects(writeVolumes(`${folder}/x`, failing(), { split: 4 }), /cut/);
    await Deno.mkdir(`${folder}/y.002`);
    await assert.rejects(writeVolumes(`${folder}/y`, from([new Uint8Array(10)]), { split: 4 }), /y\.002.*is a folder/);
    await Deno.remove(`${folder}/y.002`);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), before);
    assert.deepEqual(await checkVolumes(await findVolumes(`${folder}/x`)), []);
  }));

Deno.test("a renamed bundle is still checked by its renamed list", () =>
  inFolder(async (folder) => {
    await writeVolumes(`${folder}/x`, from([new Uint8Array(10)]));
    await Deno.rename(`${folder}/x`, `${folder}/z`);
    await Deno.rename(`${folder}/x.sha256`, `${folder}/z.sha256`);
    assert.deepEqual(await checkVolumes(await findVolumes(`${folder}/z`)), []);
    await Deno.writeFile(`${folder}/z`, new Uint8Array(10).fill(1));
    assert.deepEqual(await checkVolumes(await findVolumes(`${folder}/z`)), [`${folder}/z`]);
  }));

Deno.test("bytes that are no bundle fail with an error of our own", async () => {
  const start = fc.constantFrom<number[]>([], [0x7b], [0x1f, 0x8b], [0x28, 0xb5, 0x2f, 0xfd], [0x42, 0x5a, 0x68]);
  await fc.assert(
    fc.asyncProperty(start, fc.uint8Array({ maxLength: 2000 }), async (start, rest) => {
      await assert.rejects(
        indexIn(from([new Uint8Array(start), rest]), "x"),
        (error) => error instanceof FerryError && error.code !== "INTERNAL",
      );
    }),
    { numRuns: 100 },
  );
});
