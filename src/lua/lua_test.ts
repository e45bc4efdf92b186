import assert from "node:assert/strict";
import { Lua, LuaError, LuaObject, LuaResults, LuaStopped, type LuaValue, type ScriptOptions } from "./mod.ts";

const lua = new Lua();

/** Runs a chunk; gives what it printed. */
async function printed(source: string, options: Partial<ScriptOptions> = {}): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  await lua.run(new TextEncoder().encode(source), {
    name: "test",
    signal: new AbortController().signal,
    timeout: 60_000,
    ...options,
    print: (bytes) => text += decoder.decode(bytes),
  });
  return text;
}

/** Programs for Lua 5.1 and what they print there. */
const PROGRAMS: readonly (readonly [string, string])[] = [
  ["print(10/2, 2^31, 1e15, 0.1, 1e100, -6/3, 2^53)", "5\t2147483648\t1e+15\t0.1\t1e+100\t-2\t9.007199254741e+15"],
  ['print(6/2 .. "x", tostring(4/2), string.format("%s", 8/4))', "3x\t2\t2"],
  ["print(7 % 3, -7 % 3, 5.5 % 2, 1/0, -1/0)", "1\t2\t1.5\tinf\t-inf"],
  ["print(unpack({1, 2, 3}, 1, 4/2))", "1\t2"],
  ["print(table.getn({1, 2}), table.maxn({[7] = 1}), #{1, 2, nil, 4} >= 2)", "2\t7\ttrue"],
  ["print(loadstring('return 1 + 1')())", "2"],
  ["print(loadstring('return'), select('#', loadstring('x x')))", /^function: \S+\t2$/.source],
  [
    "print(math.pow(2, 10), math.mod(7, 3), math.log10(1000), math.ldexp(0.5, 3), math.frexp(8))",
    "1024\t1\t3\t4\t0.5\t4",
  ],
  ["for w in string.gfind('one two', '%a+') do print(w) end", "one\ntwo"],
  [
    "print(string.format('%d %5d|%-5s|%05.1f %x %q %u', 3.7, 42, 'ab', 2.25, 255, 'a\"b', 7))",
    '3    42|ab   |002.2 ff "a\\"b" 7',
  ],
  ["print(('abc'):sub(2, 5/2), ('abc'):byte(1.9), ('x'):rep(2.5), string.char(65.0))", "b\t97\txx\tA"],
  ["print(string.find('a.b', '.', 1, true), string.find('hello', 'l+'), string.find('x', ''))", "2\t3\t1\t0"],
  ["print(string.match('key = value', '^(%w+)%s*=%s*(%w+)$'))", "key\tvalue"],
  ["print(string.gsub('hello world', 'o', '0', 1), (string.gsub('abc', '%w', '%0%0')))", "hell0 world\taabbcc"],
  ["print(string.gsub('abc', '', '-'), string.gsub('x.y', '%.', '%%'))", "-a-b-c-\tx%y\t1"],
  ["print(string.gsub('$name is', '%$(%w+)', {name = 'lua'}))", "lua is\t1"],
  ["print(string.gsub('a b', '%w', function(c) if c == 'a' then return c:upper() end end))", "A b\t2"],
  ["print(string.find('THE (quick) fox', '%((%a+)%)'), string.find('f(a(b)c)d', '%b()'))", "5\t2\t8"],
  ["for k, v in string.gmatch('a=1, b=2', '(%w+)=(%w+)') do print(k, v) end", "a\t1\nb\t2"],
  ["print(type(select(2, pcall(error, {code = 1}))), select(2, pcall(error)))", "table\tnil"],
  ["print(pcall(function() error('x') end))", "false\ttest:1: x"],
  ["print(pcall(function() error('x', 0) end))", "false\tx"],
  ["print(pcall(function() local t = nil; return t.x end))", "false\ttest:1: attempt to index a nil value (local 't')"],
  [
    "print(select(2, pcall(function() local s = string.rep(); return s end)))",
    "test:1: bad argument #1 to 'rep' (string expected, got nil)",
  ],
  [
    "print(select(2, pcall(function() local s = ('x'):sub({}); return s end)))",
    "test:1: bad argument #2 to 'sub' (number expected, got table)",
  ],
  ["local t = {5, 2, 8}; table.sort(t, function(a, b) return a > b end); print(table.concat(t, ','))", "8,5,2"],
  ["local t = {3, 1, 2}; table.sort(t, function(a, b) return a <= b end); print(table.concat(t, ','))", "1,2,3"],
  ["local t = {3, 'a'}; print((pcall(table.sort, t)))", "false"],
  [
    "local t = {1, 2, 3}; table.insert(t, 2, 9); print(table.remove(t, 1), table.remove(t), table.concat(t, ' '))",
    "1\t3\t9 2",
  ],
  ["print(table.remove({}), table.remove({1}, 7), #{n = 1})", "nil\tnil\t0"],
  ["table.foreach({x = 1}, print) table.foreachi({'a', 'b'}, print)", "x\t1\n1\ta\n2\tb"],
  [
    "print(table.concat({1, 2.5, 'x', 4/2}, '-'), table.concat({}, 'x'), table.concat({1, 2, 3}, ',', 2, 3))",
    "1-2.5-x-2\t\t2,3",
  ],
  [
    "local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) coroutine.yield(b * 2) end) print(co(1), co(10))",
    "2\t20",
  ],
  [
    "local co = coroutine.create(function() error('e') end) print(coroutine.resume(co)) print(coroutine.status(co))",
    "false\ttest:1: e\ndead",
  ],
  ["print(coroutine.running(), coroutine.status(coroutine.create(print)))", "nil\tsuspended"],
  ["print(select(2, pcall(coroutine.yield)))", "attempt to yield from outside a coroutine"],
  [
    "print(os.date('!%Y-%m-%dT%H:%M:%SZ', 0), os.date('!%A %B %j %p %y %%', 86400 * 59))",
    "1970-01-01T00:00:00Z\tSunday March 060 AM 70 %",
  ],
  ["local t = os.date('*t', 1e9); print(os.time(t) == 1e9, type(t.isdst))", "true\tboolean"],
  ["print(os.time({year = 2020, month = 14, day = 1, hour = 12}) - os.time({year = 2021, month = 2, day = 1}))", "0"],
  ["print(tonumber('0x10'), tonumber('10', 2), tonumber('z'), tonumber('  5  '), tostring(nil))", "16\t2\tnil\t5\tnil"],
  ["print(#arg0)", "!test:1: attempt to get length of a nil value (global 'arg0')"],
  ["goto done; do print('no') end ::done:: print('yes')", "yes"],
  ["print(xpcall(function() error('e') end, function(m) return 'handled ' .. m end))", "false\thandled test:1: e"],
  ["print((xpcall(function() error('e') end, debug.traceback)))", "false"],
  [
    "local mt = {__index = function(t, k) return k .. '!' end, __call = function(_, x) return x end, __lt = function() return true end}\nlocal t = setmetatable({}, mt); print(t.x, t(3), t < t, getmetatable(t) == mt)",
    "x!\t3\ttrue\ttrue",
  ],
  ["print(tostring(setmetatable({}, {__tostring = function() return 'T' end})))", "T"],
  ["function f(...) return select('#', ...), ... end print(f(nil, nil))", "2\tnil\tnil"],
  [
    "print(type(string.dump), type(io), type(require), type(module), type(dofile), type(loadfile), type(os.execute))",
    "nil\ttable\tnil\tfunction\tnil\tnil\tnil",
  ],
  ["print(load('return 2')(), select(2, load('\\27Lua')))", /^2\tattempt to load a binary chunk/.source],
  ["print(rawequal(getfenv(), _G), _VERSION, collectgarbage('count') > 0)", "true\tLua 5.1\ttrue"],
  ["#!/usr/bin/lua\nprint('shebang')", "shebang"],
  ["\ufeffprint('bom')", "bom"],
  ["print('a\\0b' == 'a' .. string.char(0) .. 'b', #'\\255\\0', ('\\255'):byte())", "true\t2\t255"],
  ["x x", "!test:1: syntax error near 'x'"],
  ["\n\nlocal a = b.c", "!test:3: attempt to index a nil value (global 'b')"],
  ["error({})", "!test: (error object is a table value)"],
];

Deno.test("programs for Lua 5.1 print what they print there", async (t) => {
  for (const [source, expected] of PROGRAMS) {
    await t.step(source.slice(0, 60), async () => {
      if (expected.startsWith("!")) {
        await assert.rejects(
          printed(source),
          (error) => error instanceof LuaError && error.message === expected.slice(1),
        );
      } else if (expected.startsWith("^")) assert.match((await printed(source)).trimEnd(), new RegExp(expected, "s"));
      else assert.equal((await printed(source)).trimEnd(), expected);
    });
  }
});

const later = <T extends LuaValue>(value: T): Promise<T> =>
  new Promise((resolve) => setTimeout(() => resolve(value), 0));

Deno.test("functions of the host that wait look as if they did not, wherever they are called", async () => {
  const globals = {
    h: {
      twice: async (call: { number(at: number): number }) => {
        const number = call.number(1);
        return await later(number * 2);
      },
      fail: async () => {
        await later(1);
        throw new LuaError("it failed");
      },
      many: async () => new LuaResults(await later(1), null, 3),
      none: async () => void await later(1),
    },
  } as unknown as Record<string, LuaValue>;
  const run = (source: string) => printed(source, { globals });
  assert.equal(await run("print(h.twice(4), h.many())"), "8\t1\tnil\t3\n");
  assert.equal(await run("print(select('#', h.none()))"), "0\n");
  assert.equal(await run("print(pcall(h.fail))"), "false\ttest:1: it failed\n");
  assert.equal(await run("print(pcall(function() h.fail() end))"), "false\ttest:1: it failed\n");
  assert.equal(
    await run("print(pcall(h.twice, {}))"),
    "false\ttest:1: bad argument #1 to 'h.twice' (number expected, got table)\n",
  );
  assert.equal(
    await run("local t = {3, 1, 2} table.sort(t, function(a, b) return h.twice(a) < h.twice(b) end) print(unpack(t))"),
    "1\t2\t3\n",
  );
  assert.equal(await run("print((string.gsub('1 2', '%d', function(d) return h.twice(d) end)))"), "2 4\n");
  assert.equal(
    await run("local t = setmetatable({}, {__index = function(_, k) return h.twice(k) end}) print(t[21])"),
    "42\n",
  );
  const generator = `
    local function numbers() return coroutine.wrap(function() for i = 1, 3 do coroutine.yield(h.twice(i)) end end) end
    local outer = coroutine.wrap(function() for n in numbers() do coroutine.yield(n + h.twice(0)) end end)
    for n in outer do print(n) end`;
  assert.equal(await run(generator), "2\n4\n6\n");
  assert.equal(
    await run("print(select(2, pcall(tostring, setmetatable({}, {__tostring = function() return h.twice(1) end}))))"),
    "test:1: h.twice has to wait for an answer, which is not possible inside a metamethod, iterator or reader that a " +
      "library function calls\n",
  );
});

Deno.test("strings are bytes both ways, tables and whole numbers are what they were", async () => {
  const seen: unknown[] = [];
  const globals: Record<string, LuaValue> = {
    bytes: new Uint8Array([0, 255, 10]),
    list: [1, "two", [3]],
    big: 2 ** 40,
    sink: (call) => {
      seen.push(call.type(1) === "string" ? [...call.bytes(1)] : call.value(1));
    },
  };
  const source =
    "print(#bytes, bytes:byte(1, -1)) print(#list, list[3][1], big, big + 1) sink('\\0\\255') sink({1, x = {y = true}})";
  assert.equal(await printed(source, { globals }), "3\t0\t255\t10\n3\t3\t1099511627776\t1099511627777\n");
  assert.deepEqual(seen[0], [0, 255]);
  const table = seen[1] as { get(key: string | number): { get(key: string): unknown } };
  assert.equal(table.get("x").get("y"), true);
  await assert.rejects(
    printed("local t = {} t.t = t sink(t)", { globals }),
    (error) => error instanceof LuaError && /contains itself/.test(error.message),
  );
});

Deno.test("one record under two names is one table, and what a script makes of it can be read", async () => {
  const inner = new Map<string, LuaValue>([["k", "v"]]);
  const seen: unknown[] = [];
  const kind = {
    name: "thing",
    methods: {
      look: (call: import("./types.ts").LuaCall) => {
        seen.push(call.fields(1).get("Map"));
      },
    },
    text: () => "a thing",
  };
  const globals: Record<string, LuaValue> = {
    thing: new LuaObject(kind, {}, new Map<string, LuaValue>([["Map", inner], ["map", inner], ["n", 1]])),
  };
  const source = `
    print(type(thing), tostring(thing), thing.n, getmetatable(thing), rawequal(thing.Map, thing.map))
    thing.map.k = "w"; thing:look()
    print(pcall(function() thing.n = 2 end))`;
  const text = await printed(source, { globals });
  assert.match(text, /^userdata\ta thing\t1\tthing\ttrue\nfalse\ttest:4: attempt to index a thing value/);
  assert.equal((seen[0] as Map<string, unknown>).get("k"), "w");
});

Deno.test("two scripts take turns while they compute", async () => {
  const order: string[] = [];
  const source = "for i = 1, 3 do local n = 0 while n < 3e6 do n = n + 1 end mark() end";
  const run = (name: string) => printed(source, { globals: { mark: () => void order.push(name) } });
  await Promise.all([run("a"), run("b")]);
  assert.equal(order.length, 6);
  assert.notDeepEqual(order, ["a", "a", "a", "b", "b", "b"]);
});

Deno.test("a signal stops a script that computes, and one that waits", async () => {
  for (const source of ["while true do end", "wait()", "while true do pcall(wait) end"]) {
    const controller = new AbortController();
    const globals: Record<string, LuaValue> = {
      wait: async (call) => {
        await new Promise((_, reject) => call.signal.addEventListener("abort", () => reject(new LuaError("stopped"))));
      },
    };
    const done = printed(source, { signal: controller.signal, globals });
    setTimeout(() => controller.abort(new Error("enough")), 20);
    await assert.rejects(done, (error) => error instanceof LuaStopped && error.reason === "signal");
  }
});

Deno.test("syntax is checked without running", () => {
  const check = (source: string) => lua.check(new TextEncoder().encode(source), "name");
  assert.equal(check("error('never')"), undefined);
  assert.equal(check("a = 1\nb = = 2"), "name:2: unexpected symbol near '='");
});
