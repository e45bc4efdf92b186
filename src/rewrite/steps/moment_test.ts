import assert from "node:assert/strict";
import fc from "fast-check";
import { compareTimes, parseMoment } from "./moment.ts";

Deno.test("times are read with their fraction and offset", () => {
  assert.deepEqual(parseMoment("2021-02-03T04:05:06Z"), {
    text: "2021-02-03T04:05:06Z",
    seconds: 1612325106,
    nanos: 0,
  });
  assert.deepEqual(parseMoment("2021-02-03T04:05:06.120000000+00:00"), {
    text: "2021-02-03T04:05:06.12Z",
    seconds: 1612325106,
    nanos: 120_000_000,
  });
  assert.equal(parseMoment("2021-02-03T06:05:06+02:00")?.seconds, 1612325106);
  assert.equal(parseMoment("1969-12-31T23:59:59.5Z")?.seconds, -1);
  for (const text of ["", "now", "2021-02-03", "2021-13-03T04:05:06Z", "2021-02-03T04:05:06", "1612325106"]) {
    assert.equal(parseMoment(text), undefined, text);
  }
});

Deno.test("times compare as their numbers do", () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }), fc.nat(999), (date, more) => {
      const a = parseMoment(date.toISOString())!;
      const b = parseMoment(new Date(date.getTime() + more).toISOString())!;
      assert.equal(Math.sign(compareTimes(b, a)), Math.sign(more));
    }),
  );
});
