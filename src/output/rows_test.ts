import assert from "node:assert/strict";
import type { Context, HandlerModule } from "../plugin.ts";
import { rowsHandler } from "./rows.ts";

const INPUT = { args: {}, flags: {}, given: [] };
const CONTEXT = {} as Context;

function moduleOf(rows: HandlerModule["rows"]): HandlerModule {
  return {
    default: () => {
      throw new Error("The handler itself is not wanted");
    },
    ...(rows === undefined ? {} : { rows }),
  };
}

async function bodyOf(rows: HandlerModule["rows"]): Promise<ReadableStream<Uint8Array>> {
  const { body } = await rowsHandler(moduleOf(rows))(CONTEXT, INPUT) ?? {};
  assert.ok(body instanceof ReadableStream);
  return body;
}

Deno.test("each row is a JSON value on a line of its own", async () => {
  const body = await bodyOf(async function* () {
    yield await Promise.resolve(["a\nb", 'q"']);
    yield [];
    yield [{ name: "x", size: 1 }, 3, null];
  });
  assert.equal(await new Response(body).text(), '"a\\nb"\n"q\\""\n{"name":"x","size":1}\n3\nnull\n');
});

Deno.test("a batch is there before the next is asked for, and a reader that stops ends the list", async () => {
  const asked: number[] = [];
  let ended = false;
  const body = await bodyOf(async function* () {
    try {
      for (let page = 1;; page++) {
        asked.push(page);
        yield await Promise.resolve([page]);
      }
    } finally {
      ended = true;
    }
  });
  const reader = body.getReader();
  assert.equal(new TextDecoder().decode((await reader.read()).value), "1\n");
  assert.deepEqual(asked, [1]);
  await reader.cancel();
  assert.equal(ended, true);
});

Deno.test("commands that give no list refuse, before they run, and say what does work", () => {
  assert.throws(() => rowsHandler(moduleOf(undefined)), { code: "FLAG_INVALID", hint: "use --format json" });
});
