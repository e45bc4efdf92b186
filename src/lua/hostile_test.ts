import assert from "node:assert/strict";
import { Lua, LuaError, LuaStopped } from "./mod.ts";

const lua = new Lua();
const MEMORY = 48 * 1024 * 1024;

/** Runs a program that must not get far; gives how it ended. */
async function ending(source: string, timeout: number): Promise<string> {
  const script = lua.script({
    name: "hostile",
    print: () => {},
    signal: new AbortController().signal,
    timeout,
    memory: MEMORY,
  });
  try {
    await script.run(new TextEncoder().encode(source));
    return "done";
  } catch (error) {
    if (error instanceof LuaStopped) return error.reason;
    if (error instanceof LuaError) return error.message;
    throw error;
  } finally {
    assert.ok(script.memory <= MEMORY, "memory beyond the limit");
  }
}

/** Programs that never end by themselves. */
const ENDLESS: Readonly<Record<string, string>> = {
  "a loop": "while true do end",
  "goto": "::a:: goto a",
  "pcall around a loop": "while true do pcall(function() while true do end end) end",
  "pcall that nests": "local function f() while true do pcall(f) end end f()",
  "a message handler": "while true do xpcall(function() error('x') end, function() while true do end end) end",
  "coroutines": "while true do coroutine.wrap(function() while true do end end)() end",
  "coroutines without end":
    "while true do local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) end",
  "a pattern": "string.find(('a'):rep(60), ('a?'):rep(60) .. ('a'):rep(60))",
  "a pattern within pcall": "while true do pcall(string.match, ('a'):rep(60), ('a?'):rep(60) .. ('a'):rep(60)) end",
  "gsub's function": "string.gsub('a', '.', function() while true do end end)",
  "a comparison": "table.sort({3, 2, 1}, function() while true do end end)",
  "moving nothing": "table.move({}, 1, 2^52, 2)",
  "inserting far away": "table.insert(setmetatable({}, {__len = function() return 2^53 end}), 1, 1)",
  "a long list that is none":
    "local t, i = {}, 1 while i < 2^50 do t[i] = 1 i = i * 2 end while true do table.remove(t, 1) end",
  "a reader": "load(function() return 'x = 1 ' end)",
  "an index of strings": "getmetatable('').__index = function() while true do end end local x = ('a').b",
  "closing": "local x <close> = setmetatable({}, {__close = function() while true do end end}) while true do end",
  "printing": "while true do print('x') end",
};

Deno.test("programs that never end are stopped when their time is over", async (t) => {
  for (const [name, source] of Object.entries(ENDLESS)) {
    await t.step(name, async () => {
      const how = await ending(source, 60);
      assert.ok(how === "timeout" || how.includes("not enough memory") || how.includes("stack overflow"), how);
    });
  }
});

/** Programs that ask for too much, or for what is not there, and how they end. */
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["local s = ('x'):rep(1e9)", /not enough memory/],
  ["local s = 'x' while true do s = s .. s end", /not enough memory/],
  ["local t = {} for i = 1, 1e9 do t[i] = {i} end", /not enough memory/],
  ["local s = (''):rep(2^52) error(#s .. ' bytes')", /0 bytes/],
  ["table.concat(setmetatable({}, {__index = table.concat}), '', 1, 2^53)", /too many elements/],
  ["local function f() return 1 + f() end f()", /stack overflow|not enough memory/],
  ["local function f() return coroutine.wrap(f)() end f()", /C stack overflow/],
  [
    "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k + 1] end local x = t[1]",
    /C stack overflow/,
  ],
  ["local t = setmetatable({}, {__tostring = function(t) return tostring(t) end}) print(t)", /C stack overflow/],
  ["local function f() return string.gsub('a', 'a', f) end f()", /stack overflow|not enough memory/],
  ["local t = {unpack({}, 1, 1e7)}", /too many results/],
  ["load('return ' .. ('{'):rep(1e5))()", /attempt to call a nil value/],
  ["io.open('/etc/passwd')", /field 'open'/],
  ["os.execute('true')", /field 'execute'/],
  ["require('x')", /global 'require'/],
  ["debug.getregistry()", /field 'getregistry'/],
  ["string.dump(print)", /field 'dump'/],
  ["coroutine.yield(1)", /outside a coroutine/],
];

Deno.test("what a script must not do fails, with a message", async (t) => {
  for (const [source, expected] of REFUSED) {
    await t.step(source.slice(0, 60), async () => assert.match(await ending(source, 20_000), expected));
  }
});

Deno.test("finalizers do not run: nothing could interrupt them", async () => {
  const source = `
    local called = false
    local mt = {__gc = function() called = true while true do end end}
    for i = 1, 1000 do setmetatable({}, mt) end
    collectgarbage() collectgarbage()
    assert(not called and mt.__gc ~= nil)`;
  assert.equal(await ending(source, 20_000), "done");
});

Deno.test("a caught lack of memory leaves the script at work", async () => {
  const source =
    "assert(not pcall(string.rep, 'x', 1e9)) local t = {} for i = 1, 1000 do t[i] = i end assert(#t == 1000)";
  assert.equal(await ending(source, 20_000), "done");
});

Deno.test("a mistake of the host ends the script and is not hidden from who runs it", async () => {
  const run = lua.run(new TextEncoder().encode("pcall(f) error('went on')"), {
    name: "x",
    print: () => {},
    signal: new AbortController().signal,
    globals: {
      f: () => {
        throw new TypeError("a mistake");
      },
    },
  });
  await assert.rejects(run, TypeError);
});
