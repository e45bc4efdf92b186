import assert from "node:assert/strict";
import fc from "fast-check";
import type { CopyEvent, CopyName } from "../../copy/event.ts";
import { Tally } from "./tally.ts";

const A: CopyName = { source: "a.example/x:1", target: "b.example/x:1" };
const B: CopyName = { source: "a.example/x:2", target: "b.example/x:2" };

function tallyOf(...events: CopyEvent[]): Tally {
  const tally = new Tally(() => 0);
  for (const event of events) tally.take(event);
  return tally;
}

function found(copy: CopyName, digest: string, size: number): CopyEvent {
  return { type: "found", copy, kind: "blob", digest, size };
}
function start(copy: CopyName, digest: string, size: number): CopyEvent {
  return { type: "start", copy, kind: "blob", digest, size };
}
function done(copy: CopyName, digest: string, size: number, outcome: "sent" | "exists" | "mounted"): CopyEvent {
  return { type: "done", copy, kind: "blob", digest, size, outcome };
}

Deno.test("what has to move shrinks when a blob turns out to be there", () => {
  const tally = tallyOf(found(A, "d1", 100), found(A, "d2", 50), start(A, "d1", 100));
  assert.deepEqual([tally.done, tally.wanted, tally.settled, tally.total.found], [0, 150, 0, 2]);
  tally.take({ type: "bytes", copy: A, digest: "d1", bytes: 40 });
  tally.take(done(A, "d2", 50, "mounted"));
  assert.deepEqual([tally.done, tally.wanted, tally.settled], [40, 100, 1]);
  tally.take({ type: "bytes", copy: A, digest: "d1", bytes: -40 });
  assert.equal(tally.done, 0);
  tally.take({ type: "bytes", copy: A, digest: "d1", bytes: 100 });
  tally.take(done(A, "d1", 100, "sent"));
  assert.deepEqual([tally.done, tally.wanted, tally.settled, [...tally.active()].length], [100, 100, 2, 0]);
  assert.deepEqual(tally.total.blobs, { exists: 0, mounted: 1, linked: 0, sent: 1, skipped: 0 });
});

Deno.test("a blob that several copies wait for moves once", () => {
  const tally = tallyOf(found(A, "base", 1000), found(B, "base", 1000));
  assert.equal(tally.wanted, 1000);
  tally.take(start(A, "base", 1000));
  assert.equal(tally.wanted, 1000);
  tally.take(done(A, "base", 1000, "sent"));
  tally.take(done(B, "base", 1000, "exists"));
  assert.deepEqual([tally.done, tally.wanted, tally.settled, tally.total.found], [1000, 1000, 2, 2]);
});

Deno.test("a copy that fails takes what it had begun along, and its stragglers are passed over", () => {
  const tally = tallyOf(found(A, "d1", 100), start(A, "d1", 100), found(A, "d2", 10), found(B, "d3", 5));
  tally.take({ type: "end", copy: A, outcome: "failed" });
  assert.deepEqual([tally.running, tally.failed, tally.wanted, tally.total.found], [1, 1, 5, 1]);
  tally.take({ type: "bytes", copy: A, digest: "d1", bytes: 100 });
  tally.take(done(A, "d1", 100, "sent"));
  assert.deepEqual([tally.running, tally.done, tally.settled, tally.changed], [1, 0, 0, false]);
});

Deno.test("manifests count when they are stored, and make a run one that changed something", () => {
  const tally = tallyOf({ type: "done", copy: A, kind: "manifest", digest: "m", size: 9, outcome: "exists" });
  assert.deepEqual([tally.total.manifests, tally.changed], [0, false]);
  tally.take({ type: "done", copy: A, kind: "manifest", digest: "m", size: 9, outcome: "sent" });
  assert.deepEqual([tally.total.manifests, tally.changed, tally.settled], [1, true, 0]);
});

Deno.test("whatever the order of events, nothing is left when all copies have ended", () => {
  const digest = fc.constantFrom("d1", "d2", "d3");
  const copy = fc.constantFrom(A, B);
  const event: fc.Arbitrary<CopyEvent> = fc.oneof(
    fc.record({ copy, digest }).map(({ copy, digest }) => found(copy, digest, 10)),
    fc.record({ copy, digest }).map(({ copy, digest }) => start(copy, digest, 10)),
    fc.record({ copy, digest, bytes: fc.integer({ min: -20, max: 20 }) }).map((some): CopyEvent => ({
      type: "bytes",
      ...some,
    })),
    fc.record({ copy, digest, how: fc.constantFrom("sent" as const, "exists" as const, "mounted" as const) })
      .map(({ copy, digest, how }) => done(copy, digest, 10, how)),
  );
  fc.assert(fc.property(fc.array(event, { maxLength: 40 }), (events) => {
    const tally = tallyOf(...events);
    assert.ok(tally.wanted >= 0 && tally.done >= 0 && tally.done <= tally.wanted, `${tally.done} of ${tally.wanted}`);
    assert.ok(tally.settled <= tally.total.found);
    for (const copy of [A, B]) tally.take({ type: "end", copy, outcome: "failed" });
    assert.equal(tally.running, 0);
    assert.equal(tally.wanted, tally.done);
    assert.equal(tally.settled, tally.total.found);
  }));
});
