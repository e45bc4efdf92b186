import assert from "node:assert/strict";
import { FerryError } from "../../errors.ts";
import { namesOf, temporaryFolder } from "../../../test/peers/layout_place.ts";
import { isStillAt, withLock } from "./lock.ts";
import { lockPath } from "./paths.ts";

Deno.test("only one at a time has the lock, and no file stays", async () => {
  await using folder = await temporaryFolder();
  let inside = 0;
  const order: number[] = [];
  await Promise.all([1, 2, 3, 4, 5].map((number) =>
    withLock(folder.path, async () => {
      assert.equal(++inside, 1);
      order.push(number);
      await Deno.writeTextFile(`${folder.path}/x`, String(number));
      inside--;
    })
  ));
  assert.deepEqual(order.toSorted(), [1, 2, 3, 4, 5]);
  assert.deepEqual(namesOf(folder.path), ["x"]);
});

Deno.test("a lock that another has for too long is LAYOUT_LOCKED", async () => {
  await using folder = await temporaryFolder();
  using other = await Deno.open(lockPath(folder.path), { write: true, create: true });
  assert(await other.tryLock(true));
  await assert.rejects(
    withLock(folder.path, () => Promise.resolve(), { timeout: 20 }),
    (error) => error instanceof FerryError && error.code === "LAYOUT_LOCKED" && error.hint !== undefined,
  );
});

Deno.test("waiting for the lock can be stopped", async () => {
  await using folder = await temporaryFolder();
  using other = await Deno.open(lockPath(folder.path), { write: true, create: true });
  assert(await other.tryLock(true));
  const reason = new Error("enough");
  const controller = new AbortController();
  const waiting = withLock(folder.path, () => Promise.resolve(), { signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(waiting, (error) => error === reason);
});

Deno.test("the lock goes on after a failure within it, and a lock file that stayed behind does not matter", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(lockPath(folder.path), "");
  await assert.rejects(withLock(folder.path, () => Promise.reject(new Error("within"))), /within/);
  assert.equal(await withLock(folder.path, () => Promise.resolve(7)), 7);
});

Deno.test("a file that was removed or replaced is no longer where it was", async () => {
  await using folder = await temporaryFolder();
  const path = lockPath(folder.path);
  using file = await Deno.open(path, { write: true, create: true });
  assert.equal(await isStillAt(file, path), true);
  await Deno.rename(path, `${path}-other`);
  assert.equal(await isStillAt(file, path), false);
  await Deno.writeTextFile(path, "");
  assert.equal(await isStillAt(file, path), false);
});
