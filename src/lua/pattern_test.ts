import assert from "node:assert/strict";
import fc from "fast-check";
import { Machine } from "./machine.ts";
import { Matcher, type PatternMatch } from "./pattern.ts";
import { addFunction } from "./trampoline.ts";
import { luaBytes } from "./wasm_bytes.ts";

/** C's own `string.find`, without anything of ours around it. */
function referenceFind(): (subject: string, pattern: string, init: number) => string {
  const machine = new Machine(new WebAssembly.Module(luaBytes()), 64 * 1024 * 1024);
  const { c, state } = machine;
  for (const name of ["base", "string", "table"] as const) {
    const at = c.__indirect_function_table.grow(1);
    c.__indirect_function_table.set(at, c[`luaopen_${name}`] as CallableFunction);
    c.luaL_requiref(state, machine.name(name === "base" ? "_G" : name), at, 1);
    c.lua_settop(state, 0);
  }
  const program = `local s, p, init = ...
    local r = table.pack(pcall(string.find, s, p, init))
    if not r[1] then return "error" end
    for i = 1, r.n do r[i] = tostring(r[i]) end
    return table.concat(r, "|", 2, r.n)`;
  return (subject, pattern, init) => {
    assert.equal(machine.load(state, new TextEncoder().encode(program), "=find"), undefined);
    machine.pushText(state, subject);
    machine.pushText(state, pattern);
    c.lua_pushinteger(state, BigInt(init + 1));
    assert.equal(c.lua_pcallk(state, 3, 1, 0, 0, 0), 0);
    const text = machine.text(state, -1)!;
    c.lua_settop(state, 0);
    return text;
  };
}

function ourFind(subject: string, pattern: string, init: number): string {
  const encoder = new TextEncoder();
  const bytes = encoder.encode(subject);
  let match: PatternMatch | undefined;
  try {
    match = new Matcher(bytes, encoder.encode(pattern), () => {}).find(init);
  } catch {
    return "error";
  }
  if (match === undefined) return "nil";
  const captures = match.captures.map((capture) =>
    typeof capture === "number" ? String(capture) : new TextDecoder().decode(bytes.subarray(capture.from, capture.to))
  );
  return [match.from + 1, match.to, ...captures].join("|");
}

const PIECES = [
  "a",
  "b",
  ".",
  "%a",
  "%d",
  "%A",
  "[ab]",
  "[^a]",
  "[a-c%d]",
  "(",
  ")",
  "()",
  "*",
  "+",
  "-",
  "?",
  "^",
  "$",
  "%b()",
  "%f[a]",
  "%1",
  "%%",
  "[",
  "]",
  "%",
];

Deno.test("patterns match what C's matcher matches, and are wrong where it says so", () => {
  const reference = referenceFind();
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom("a", "b", "c", "1", "(", ")", " ", "%"), { maxLength: 8 }).map((list) => list.join("")),
      fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((list) => list.join("")),
      fc.nat(8),
      (subject, pattern, init) => {
        const at = Math.min(init, subject.length);
        // Texts without special characters are found without a pattern.
        fc.pre(/[\^$*+?.([%-]/.test(pattern));
        assert.equal(
          ourFind(subject, pattern, at),
          reference(subject, pattern, at),
          JSON.stringify([subject, pattern, at]),
        );
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("a pattern that would run for ever looks up now and then", () => {
  const bytes = new TextEncoder().encode("a".repeat(60));
  const pattern = new TextEncoder().encode("a?".repeat(60) + "a".repeat(60));
  let looks = 0;
  const matcher = new Matcher(bytes, pattern, () => {
    if (++looks === 5) throw new RangeError("enough");
  });
  assert.throws(() => matcher.find(0), RangeError);
});

Deno.test("a function of JavaScript is called from a table", () => {
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 0 });
  const seen: number[] = [];
  const at = addFunction(table, (...values) => seen.push(...values), 3, true);
  assert.equal((table.get(at) as (...values: number[]) => number)(1, 2, 3), 3);
  assert.deepEqual(seen, [1, 2, 3]);
});
