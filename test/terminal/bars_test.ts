/** Bars as a person sees them, frame by frame. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { copyName, Stage } from "./stage.ts";

const V1 = copyName("v1");
const MB = 1_000_000;

/** A copy in full swing: two blobs on their way, one that waits, three that are settled. */
function inFullSwing(columns: number, options: ConstructorParameters<typeof Stage>[3] = {}): Stage {
  const stage = new Stage("tty", columns, 12, options);
  stage.begin(V1, "4f4fb700ef54", 40 * MB);
  stage.begin(V1, "a3ed95caeb02", 120 * MB);
  stage.begin(V1, "00ff00ff00ff", 7 * MB);
  stage.done(V1, "1", 1000, "exists");
  stage.done(V1, "2", 1000, "mounted");
  stage.done(V1, "3", 1000, "skipped");
  stage.move(V1, "4f4fb700ef54", 20 * MB, 2000);
  stage.move(V1, "a3ed95caeb02", 30 * MB, 2000);
  return stage;
}

/** What stands on terminals of these widths. */
const FRAMES: Readonly<Record<number, readonly string[]>> = {
  120: [
    "4f4fb700ef54 [====================>                   ] 20.0 MB/40.0 MB 5.00 MB/s  0:04",
    "a3ed95caeb02 [==========>                             ]  30.0 MB/120 MB 7.50 MB/s  0:12",
    "00ff00ff00ff [                                        ]     0 B/7.00 MB            -:--",
    "total         50.0 MB/167 MB 12.5 MB/s  0:09 3/6 blobs, 1 mounted, 1 skipped, 1 existing",
  ],
  80: [
    "4f4fb700ef54 [================>               ] 20.0 MB/40.0 MB 5.00 MB/s  0:04",
    "a3ed95caeb02 [========>                       ]  30.0 MB/120 MB 7.50 MB/s  0:12",
    "00ff00ff00ff [                                ]     0 B/7.00 MB            -:--",
    " 50.0 MB/167 MB 12.5 MB/s  0:09 3/6 blobs, 1 mounted, 1 skipped, 1 existing",
  ],
  60: [
    "4f4fb700ef54 [======>     ] 20.0 MB/40.0 MB 5.00 MB/s  0:04",
    "a3ed95caeb02 [===>        ]  30.0 MB/120 MB 7.50 MB/s  0:12",
    "00ff00ff00ff [            ]     0 B/7.00 MB            -:--",
    "total         50.0 MB/167 MB 12.5 MB/s  0:09 3/6 blobs",
  ],
  45: [
    "4f4fb700ef54 20.0 MB/40.0 MB 5.00 MB/s  0:04",
    "a3ed95caeb02  30.0 MB/120 MB 7.50 MB/s  0:12",
    "00ff00ff00ff     0 B/7.00 MB            -:--",
    " 50.0 MB/167 MB 12.5 MB/s  0:09 3/6 blobs",
  ],
  30: [
    "4f4fb70 20.0 MB/40.0 MB  0:04",
    "a3ed95c  30.0 MB/120 MB  0:12",
    "00ff00f     0 B/7.00 MB  -:--",
    " 50.0 MB/167 MB  0:09",
  ],
  20: [
    "4f4fb70  50%  0:04",
    "a3ed95c  25%  0:12",
    "00ff00f   0%  -:--",
    " 29%  0:09",
  ],
  4: [" 5~", " 2~", "  ~", " 2~"],
};

Deno.test("each width has its frame: narrower terminals show less of each line, and no line wraps", () => {
  for (const [columns, lines] of Object.entries(FRAMES)) {
    const { terminal } = inFullSwing(Number(columns));
    assert.deepEqual(terminal.lines, lines, `${columns} columns`);
    assert.equal(terminal.wraps, 0);
    assert.equal(terminal.cursor, false);
  }
});

Deno.test("at the end the bars go, the cursor comes back, and one line stays", () => {
  const stage = inFullSwing(80);
  stage.move(V1, "4f4fb700ef54", 20 * MB, 1000);
  stage.done(V1, "4f4fb700ef54", 40 * MB, "sent");
  stage.move(V1, "a3ed95caeb02", 90 * MB, 1000);
  stage.done(V1, "a3ed95caeb02", 120 * MB, "sent");
  stage.done(V1, "00ff00ff00ff", 7 * MB, "exists");
  stage.take({ type: "done", copy: V1, kind: "manifest", digest: "m", size: 9, outcome: "sent" });
  stage.take({ type: "end", copy: V1, outcome: "done" });
  stage.progress.finish("done");
  assert.deepEqual(stage.terminal.lines, [
    "Copied a.example/app:v1 to b.example/app:v1: 2 blobs sent (160 MB), 1 mounted, 1 skipped, 2 existing, 1 manifest, " +
    "in 6.0s at 26.7 MB/s",
  ]);
  assert.equal(stage.terminal.cursor, true);
  assert.equal(stage.ticking, false);
});

Deno.test("lines that others have to say scroll by above the bars, whole", () => {
  const stage = inFullSwing(60);
  const long = `level=WARN ${"図書館 ".repeat(20)}end`;
  stage.progress.above(`first\n`);
  stage.progress.above(`${long}\nthird\n`);
  assert.deepEqual(stage.terminal.lines, ["first", long, "third", ...FRAMES[60]!]);
  stage.wait(1000);
  assert.deepEqual(stage.terminal.lines.slice(0, 3), ["first", long, "third"]);
  stage.progress.close();
  assert.deepEqual(stage.terminal.lines, ["first", long, "third"]);
  assert.equal(stage.terminal.cursor, true);
  stage.progress.above("last\n");
  assert.equal(stage.terminal.lines.at(-1), "last");
});

Deno.test("a terminal that changes its size keeps no remains of old frames", () => {
  const stage = inFullSwing(80);
  stage.progress.above("a log line\n");
  for (const columns of [30, 20, 60, 45, 80]) {
    stage.terminal.resize(columns, 40);
    stage.wait(100);
    assert.equal(stage.terminal.lines.length, 5, stage.terminal.lines.join("\n"));
    assert.match(stage.terminal.lines[1]!, /^4f4fb70/);
  }
  stage.terminal.resize(25, 40, false);
  stage.wait(300);
  stage.terminal.tell();
  stage.wait(100);
  assert.equal(stage.terminal.lines.length, 5, "a terminal that tells late, as tmux does");
  stage.terminal.resize(20, 40);
  stage.progress.above("between a change and the next frame\n");
  stage.wait(100);
  assert.deepEqual(stage.terminal.lines.slice(0, 2), ["a log line", "between a change and the next frame"]);
  assert.equal(stage.terminal.lines.length, 6);
});

Deno.test("more blobs than lines: those that move are shown, the others are counted", () => {
  const stage = new Stage("tty", 60, 6);
  for (let at = 0; at < 9; at++) stage.begin(V1, `b${at}`, MB);
  stage.move(V1, "b7", 1000, 300);
  assert.deepEqual(stage.terminal.lines.map((line) => line.split(" ")[0]), [
    "b70000000000",
    "b00000000000",
    "b10000000000",
    "...",
    "total",
  ]);
  assert.equal(stage.terminal.lines[3], "... and 6 more");
  const tiny = new Stage("tty", 60, 1);
  tiny.begin(V1, "b", MB);
  tiny.wait(300);
  assert.equal(tiny.terminal.lines.length, 1);
  assert.match(tiny.terminal.lines[0]!, /^total /);
});

Deno.test("several copies: each blob says where it goes, and the copies are counted", () => {
  const wide = { source: "ocidir://図書館:v2", target: "ocidir://図書館/\x1b[31m書庫の奥の奥の奥の奥の奥:v2" };
  const stage = new Stage("tty", 110);
  stage.begin(V1, "aa", MB);
  stage.begin(wide, "bb", MB);
  stage.wait(1000);
  assert.deepEqual(stage.terminal.lines, [
    "aa0000000000 b.example/app:v1               [                               ]     0 B/1.00 MB            -:--",
    "bb0000000000 ocidir://図書館/?[31m書庫の奥~ [                               ]     0 B/1.00 MB            -:--",
    "total            0 B/2.00 MB     0 B/s  -:-- 0/2 blobs, 0/2 images",
  ]);
  stage.take({ type: "end", copy: wide, outcome: "failed" });
  stage.wait(100);
  assert.equal(stage.terminal.lines.length, 2);
  stage.take({ type: "end", copy: V1, outcome: "done" });
  stage.wait(100);
  assert.deepEqual(stage.terminal.lines, [], "nothing runs, nothing is shown");
  assert.equal(stage.terminal.cursor, true);
  assert.equal(stage.ticking, false);
});

Deno.test("frames come ten times a second, whatever happens between them", () => {
  const stage = new Stage("tty");
  stage.begin(V1, "aa", MB);
  const frames = () => stage.written.split("total").length - 1;
  for (let piece = 0; piece < 500; piece++) stage.move(V1, "aa", 1);
  assert.equal(frames(), 0);
  stage.wait(1000);
  assert.equal(frames(), 10);
});

Deno.test("colours are added where they are wanted, and change nothing else", () => {
  const plain = inFullSwing(80);
  const colourful = inFullSwing(80, { colours: true });
  // deno-lint-ignore no-control-regex
  const colours = /\x1b\[\d+m/g;
  assert.equal(plain.written.match(colours), null);
  assert.ok(colourful.written.match(colours)!.length > 0);
  assert.equal(colourful.written.replace(colours, ""), plain.written);
  assert.deepEqual(colourful.terminal.lines, plain.terminal.lines);
});

Deno.test("no width and no event ever makes a line wrap", () => {
  const name = fc.string({ unit: "grapheme", maxLength: 40 });
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 140 }),
    fc.integer({ min: 1, max: 8 }),
    fc.array(fc.record({ target: name, size: fc.nat(1e12), bytes: fc.nat(1e12) }), { minLength: 1, maxLength: 5 }),
    (columns, rows, copies) => {
      const stage = new Stage("tty", columns, rows);
      copies.forEach(({ target, size, bytes }, at) => {
        const copy = { source: "", target };
        stage.begin(copy, `${at}`, size);
        stage.move(copy, `${at}`, bytes, 500);
      });
      assert.equal(stage.terminal.wraps, 0);
      assert.ok(stage.terminal.lines.length <= Math.max(1, rows - 1), `${stage.terminal.lines.length} of ${rows}`);
    },
  ));
});
