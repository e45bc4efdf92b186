import assert from "node:assert/strict";
import { Lua, LuaExit } from "./mod.ts";

const lua = new Lua();

async function printed(source: string): Promise<string> {
  let text = "";
  await lua.run(new TextEncoder().encode(source), {
    name: "test",
    signal: new AbortController().signal,
    timeout: 60_000,
    print: (bytes) => text += new TextDecoder().decode(bytes),
  });
  return text.trimEnd();
}

/** Programs for Lua 5.1 and what they print there. */
const PROGRAMS: readonly (readonly [string, string])[] = [
  [
    "local function f() return x end setfenv(f, {x = 1}) x = 2 print(f(), x, getfenv(f).x, getfenv(f) ~= _G)",
    "1\t2\t1\ttrue",
  ],
  [
    "local function f() return x end local g = f local e = {x = 3} print(setfenv(f, e) == f, g(), getfenv(g) == e)",
    "true\t3\ttrue",
  ],
  // Functions of one chunk share an environment until one of them gets its own.
  [
    "local function f() return x end local function g() return x end setfenv(f, {x = 1}) x = 'g' print(f(), g())",
    "1\tg",
  ],
  // A function takes the environment that its maker has when it is made.
  [
    "local function maker() return function() return x end end x = 0 local before = maker() setfenv(maker, {x = 1}) print(before(), maker()())",
    "0\t1",
  ],
  ["local print = print setfenv(1, {y = 5}) print(y, _G)", "5\tnil"],
  ["local p, s = print, setfenv local function f() s(2, {z = 7}) end f() p(z)", "7"],
  ["local e = setmetatable({}, {__index = _G}) setfenv(1, e) a = 1 print(a, _G.a, getfenv() == e)", "1\tnil\ttrue"],
  [
    "local co = coroutine.wrap(function() setfenv(1, setmetatable({q = 1}, {__index = _G})) print(q) end) co() print(q)",
    "1\nnil",
  ],
  ["local f = loadstring('return v') setfenv(f, {v = 'loaded'}) print(f())", "loaded"],
  // What is loaded from now on finds other globals.
  ["local l = loadstring setfenv(0, {v = 'all'}) print(l('return v')(), getfenv(0).v)", "all\tall"],
  // A function without globals has no use for an environment, but remembers it.
  ["local function f() return 1 end local e = {} print(setfenv(f, e) == f, f(), getfenv(f) == e)", "true\t1\ttrue"],
  [
    "print(getfenv(print) == _G, getfenv(string.rep) == _G, getfenv(0) == _G, getfenv(1) == _G)",
    "true\ttrue\ttrue\ttrue",
  ],
  ["print(pcall(setfenv, os.time, {}))", "false\t'setfenv' cannot change environment of given object"],
  ["print(pcall(setfenv, 1))", "false\tbad argument #2 to 'setfenv' (table expected, got no value)"],
  ["print(pcall(getfenv, 99))", "false\tbad argument #1 to 'getfenv' (invalid level)"],
  ["print(pcall(getfenv, -1))", "false\tbad argument #1 to 'getfenv' (level must be non-negative)"],
  ["print(pcall(getfenv, {}))", "false\tbad argument #1 to 'getfenv' (number expected, got table)"],
  [
    "do local function define() module('a.b', package.seeall) function f() return tostring(_NAME) .. _PACKAGE end end define() end print(a.b.f(), f, a.b._M == a.b, package.loaded['a.b'] == a.b)",
    "a.ba.\tnil\ttrue\ttrue",
  ],
  ["local p = print module('m') x = 1 p(x, print, _NAME, _M.x)", "1\tnil\tm\t1"],
  ["module('m', package.seeall) x = 1 print(_G.m.x, _G.x)", "1\tnil"],
  ["taken = 1 print(pcall(module, 'taken.x'))", "false\tname conflict for module 'taken.x'"],
  ["print(pcall(module))", "false\tbad argument #1 to 'module' (string expected, got no value)"],
  ["io.write('a', 1, ' ', 2.5, '\\n')", "a1 2.5"],
];

Deno.test("functions have environments, and modules are made, as in Lua 5.1", async (t) => {
  for (const [source, expected] of PROGRAMS) {
    await t.step(source.slice(0, 60), async () => assert.equal(await printed(source), expected));
  }
});

Deno.test("environments give no way out of the sandbox", async () => {
  const source = `
    local seen = {}
    for _, f in pairs({ print, pcall, load, setfenv, getfenv, module, string.gsub, coroutine.wrap, table.sort, error }) do
      for name, value in pairs(getfenv(f)) do seen[name] = true end
    end
    for level = 1, 20 do
      local ok, env = pcall(getfenv, level)
      if ok then for name in pairs(env) do seen[name] = true end end
    end
    for _, name in ipairs({ "host", "HOST", "require", "dofile", "loadfile" }) do assert(not seen[name], name) end
    for name in pairs(debug) do assert(name == "traceback", name) end
    for name, value in pairs(package.loaded) do assert(_G[name] == value, name) end
    assert(io.open == nil and package.loadlib == nil and os.execute == nil)
    print("tight")`;
  assert.equal(await printed(source), "tight");
});

Deno.test("library functions work whatever environment they are given", async () => {
  const source = `
    local kept = { print = print, pcall = pcall, setfenv = setfenv, string = string, table = table, loadstring = loadstring }
    for _, library in pairs(package.loaded) do
      for _, f in pairs(library) do if type(f) == "function" then pcall(setfenv, f, {}) end end
    end
    setfenv(1, kept)
    local t = { 3, 1, 2 }
    table.sort(t, function(a, b) return a < b end)
    print(table.concat(t, ","), string.format("%d", 2.5), (string.gsub("abc", "b", "x")), loadstring("return 1")())`;
  assert.equal(await printed(source), "1,2,3\t2\taxc\t1");
});

Deno.test("os.exit ends the script and nothing catches it", async () => {
  const codes: readonly (readonly [string, number])[] = [
    ["os.exit()", 0],
    ["pcall(os.exit, 3)", 3],
    ["os.exit(true)", 0],
    ["coroutine.wrap(function() xpcall(function() os.exit(false) end, print) end)()", 1],
    ["table.sort({1, 2}, function() os.exit(2) end)", 2],
  ];
  for (const [source, code] of codes) {
    await assert.rejects(
      printed(`${source} print("never")`),
      (error) => error instanceof LuaExit && error.code === code,
      source,
    );
  }
});
