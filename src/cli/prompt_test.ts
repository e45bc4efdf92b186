import assert from "node:assert/strict";
import { ask, type Terminal } from "./prompt.ts";

function terminal(input: string, interactive = true) {
  const bytes = [...new TextEncoder().encode(input)];
  const seen: string[] = [];
  const fake: Terminal = {
    isInteractive: () => interactive,
    stdin: () => new ReadableStream(),
    read: (buffer) => {
      const next = bytes.shift();
      if (next === undefined) return Promise.resolve(null);
      buffer[0] = next;
      return Promise.resolve(1);
    },
    setRaw: (raw) => void seen.push(`raw ${raw}`),
    show: (text) => void seen.push(text),
  };
  return { fake, seen, rest: () => new TextDecoder().decode(new Uint8Array(bytes)) };
}

Deno.test("ask gives one line and leaves what follows", async () => {
  const { fake, rest, seen } = terminal("name\nsecret\n");
  assert.equal(await ask(fake, "User: "), "name");
  assert.equal(rest(), "secret\n");
  assert.deepEqual(seen, ["User: "]);
});

Deno.test("ask hides a secret, edits it, and always turns echo on again", async () => {
  const { fake, seen } = terminal("wrong\x15pä\x7fass\x08s\r");
  assert.equal(await ask(fake, "Password: ", { secret: true }), "pass");
  assert.deepEqual(seen, ["Password: ", "raw true", "raw false", "\n"]);
});

Deno.test("ask ends at Ctrl-C with INTERRUPTED, the terminal as it was", async () => {
  const { fake, seen } = terminal("pa\x03");
  await assert.rejects(ask(fake, "Password: ", { secret: true }), { code: "INTERRUPTED" });
  assert.equal(seen.at(-2), "raw false");
});

Deno.test("ask fails where nobody can answer", async () => {
  await assert.rejects(ask(terminal("x\n", false).fake, "User: "), { code: "ARGUMENT_MISSING" });
});
