/**
 * What scripts find changed in Lua 5.4: the names and ways of 5.1, coroutines that let the host work, and library functions without
 * loops in C that nothing could interrupt. Written in Lua; `host` holds functions of the host.
 *
 * @module
 */

import { ENVIRONMENTS } from "./environments_prelude.ts";

/** Runs before a script, on its thread. */
export const PRELUDE = `
local host, HOST = ...
local error, getmetatable, setmetatable, pairs, pcall, rawequal, rawget, rawset, select, tonumber, tostring, type =
  error, getmetatable, setmetatable, pairs, pcall, rawequal, rawget, rawset, select, tonumber, tostring, type
local coroutine, math, string, table = coroutine, math, string, table
local floor, mathtype = math.floor, math.type
-- Most elements that a function walks through in one go; more would not fit into memory.
local MANY = 2 ^ 24

-- Numbers with a fraction were cut off where whole ones are wanted.
local function whole(n)
  if mathtype(n) ~= "float" then return n end
  if n ~= n or n >= 2 ^ 62 or n <= -2 ^ 62 then return n > 0 and 2 ^ 62 // 1 | 0 or -2 ^ 62 // 1 | 0 end
  return n >= 0 and floor(n) or -floor(-n)
end

-- A library function whose failures are reported where it was called.
local function out(name, ok, ...)
  if ok then return ... end
  local message = ...
  if type(message) == "string" then message = host.replace(message, "to '%?'", "to '" .. name .. "'") end
  error(message, 2)
end

-- coroutine: what a coroutine yields to the host goes up to the host.
do
  local create, resume, running, status, yield =
    coroutine.create, coroutine.resume, coroutine.running, coroutine.status, coroutine.yield
  local main = running()
  local preempted = host.preempted
  local function pump(co, ok, ...)
    if ok and status(co) == "suspended" then
      local count = select("#", ...)
      if count == 1 and rawequal((...), HOST) then
        yield(HOST)
        return pump(co, resume(co))
      elseif count == 0 and preempted() then
        yield()
        return pump(co, resume(co))
      end
    end
    return ok, ...
  end
  coroutine.resume = function(co, ...) return pump(co, resume(co, ...)) end
  local function pass(ok, ...)
    if ok then return ... end
    error((...), 0)
  end
  coroutine.wrap = function(f)
    local co = create(f)
    return function(...) return pass(pump(co, resume(co, ...))) end
  end
  coroutine.yield = function(...)
    if running() == main then error("attempt to yield from outside a coroutine", 2) end
    return yield(...)
  end
  coroutine.running = function()
    local co = running()
    if co ~= main then return co end
  end
  coroutine.isyieldable = function() return running() ~= main end
end

-- Finalizers cannot be interrupted, and 5.1 has none for tables.
do
  local set = setmetatable
  _G.setmetatable = function(t, mt)
    local gc = type(mt) == "table" and rawget(mt, "__gc")
    if not gc then return set(t, mt) end
    rawset(mt, "__gc", nil)
    local ok, message = pcall(set, t, mt)
    rawset(mt, "__gc", gc)
    if not ok then error(message, 2) end
    return t
  end
end

-- string
do
  local byte, char, format, rep, sub, concat = string.byte, string.char, string.format, string.rep, string.sub, table.concat
  local next_match, replace = host.next_match, host.replace
  string.dump, string.pack, string.packsize, string.unpack = nil, nil, nil, nil
  string.find, string.match = host.find, host.match
  string.sub = function(s, i, j) return out("sub", pcall(sub, s, whole(i), whole(j))) end
  string.byte = function(s, i, j) return out("byte", pcall(byte, s, whole(i), whole(j))) end
  string.rep = function(s, n, sep)
    n = whole(n)
    if type(s) == "string" and s == "" and (sep == nil or sep == "") and tonumber(n) then return "" end
    return out("rep", pcall(rep, s, n, sep))
  end
  string.char = function(...)
    local ok, result = pcall(char, ...)
    if ok then return result end
    local codes = { ... }
    for i = 1, select("#", ...) do codes[i] = whole(codes[i]) end
    return out("char", pcall(char, table.unpack(codes, 1, select("#", ...))))
  end
  string.format = function(f, ...)
    local ok, result = pcall(format, f, ...)
    if ok then return result end
    if type(f) ~= "string" then error(result, 2) end
    local values, at = { ... }, 0
    -- %u is gone from 5.4, and whole numbers have to be whole.
    f = string.gsub(f, "%%([-+ #0]*%d*%.?%d*)(.)", function(flags, verb)
      if verb == "%" then return nil end
      at = at + 1
      if string.find(verb, "[cdiuoxX]") then
        local n = tonumber(values[at])
        if n then values[at] = whole(n) end
        if verb == "u" then return "%" .. flags .. "d" end
      end
      return nil
    end)
    local again
    again, result = pcall(format, f, table.unpack(values, 1, select("#", ...)))
    if again then return result end
    out("format", false, result)
  end
  string.gmatch = function(s, p)
    local at, last = 0, -1
    if type(s) == "number" then s = tostring(s) end
    local function step(from, to, ...)
      if from == nil then return nil end
      if to == last then
        at = from + 1
        if at > #s then return nil end
        return step(next_match(s, p, at))
      end
      at, last = to, to
      return ...
    end
    next_match(s, p, 0)
    return function()
      if at > #s then return nil end
      return step(next_match(s, p, at))
    end
  end
  string.gfind = string.gmatch
  string.gsub = function(s, p, r, n)
    local kind = type(r)
    if kind == "string" or kind == "number" then return replace(s, p, r, n) end
    if kind ~= "function" and kind ~= "table" then
      error("bad argument #3 to 'gsub' (string/function/table expected, got " .. (r == nil and "nil" or kind) .. ")", 2)
    end
    if type(s) == "number" then s = tostring(s) end
    local pieces, count, at, most = {}, 0, 0, n or #s + 1
    local anchored = type(p) == "string" and sub(p, 1, 1) == "^"
    local function step(from, to, first, ...)
      if from == nil then return false end
      count = count + 1
      pieces[#pieces + 1] = sub(s, at + 1, from)
      local value
      if kind == "function" then value = r(first, ...) else value = r[first] end
      if not value then
        value = sub(s, from + 1, to)
      elseif type(value) ~= "string" and type(value) ~= "number" then
        error("invalid replacement value (a " .. type(value) .. ")", 0)
      end
      pieces[#pieces + 1] = value
      at = to
      if to == from then
        pieces[#pieces + 1] = sub(s, at + 1, at + 1)
        at = at + 1
      end
      return at <= #s and not anchored
    end
    while count < most and step(next_match(s, p, at, true)) do end
    pieces[#pieces + 1] = sub(s, at + 1)
    return concat(pieces), count
  end
end

-- table
do
  local concat, sort, unpack_ = table.concat, table.sort, table.unpack
  local function check(t, name, at)
    if type(t) ~= "table" then
      error("bad argument #" .. (at or 1) .. " to '" .. name .. "' (table expected, got " .. (t == nil and "nil" or type(t)) .. ")", 3)
    end
    return t
  end
  table.unpack = function(t, i, j) return out("unpack", pcall(unpack_, t, whole(i), whole(j))) end
  unpack = table.unpack
  table.getn = function(t) return #check(t, "getn") end
  table.maxn = function(t)
    local most = 0
    for k in pairs(check(t, "maxn")) do
      if type(k) == "number" and k > most then most = k end
    end
    return most
  end
  table.foreach = function(t, f)
    for k, v in pairs(check(t, "foreach")) do
      local result = f(k, v)
      if result ~= nil then return result end
    end
  end
  table.foreachi = function(t, f)
    for i = 1, #check(t, "foreachi") do
      local result = f(i, t[i])
      if result ~= nil then return result end
    end
  end
  table.insert = function(t, ...)
    local n, count = #check(t, "insert"), select("#", ...)
    if count == 1 then
      t[n + 1] = ...
    elseif count == 2 then
      local at, value = ...
      at = whole(tonumber(at) or error("bad argument #2 to 'insert' (number expected, got " .. type(at) .. ")", 2))
      for i = n, at, -1 do t[i + 1] = t[i] end
      t[at] = value
    else
      error("wrong number of arguments to 'insert'", 2)
    end
  end
  table.remove = function(t, at)
    local n = #check(t, "remove")
    if at == nil then at = n else at = whole(tonumber(at)) end
    if at < 1 or at > n then
      if at ~= n + 1 then return nil end
    end
    local value = t[at]
    for i = at, n - 1 do t[i] = t[i + 1] end
    if n > 0 then t[n >= at and n or at] = nil end
    return value
  end
  table.move = function(from, f, e, t, to)
    check(from, "move")
    to = to or from
    f, e, t = whole(f), whole(e), whole(t)
    if t > f and t <= e and rawequal(from, to) then
      for i = e - f, 0, -1 do to[t + i] = from[f + i] end
    else
      for i = 0, e - f do to[t + i] = from[f + i] end
    end
    return to
  end
  table.concat = function(t, sep, i, j)
    check(t, "concat")
    i, j = whole(i or 1), whole(j or #t)
    if j - i > MANY then error("too many elements to concat", 2) end
    if getmetatable(t) ~= nil then
      local plain = {}
      for at = i, j do plain[at - i + 1] = t[at] end
      t, i, j = plain, 1, j - i + 1
    end
    return out("concat", pcall(concat, t, sep, i, j))
  end
  -- Stable, and content with any comparison: 5.1's and Go's sort do not complain about those that contradict themselves.
  local function merge_sort(t, less)
    local n = #t
    local from, to = {}, {}
    for i = 1, n do from[i] = t[i] end
    local width = 1
    while width < n do
      local at = 1
      while at <= n do
        local a, b = at, at + width
        local a_end, b_end = b < n + 1 and b or n + 1, at + 2 * width < n + 1 and at + 2 * width or n + 1
        for i = at, b_end - 1 do
          if a < a_end and (b >= b_end or not less(from[b], from[a])) then
            to[i], a = from[a], a + 1
          else
            to[i], b = from[b], b + 1
          end
        end
        at = at + 2 * width
      end
      from, to, width = to, from, 2 * width
    end
    for i = 1, n do t[i] = from[i] end
  end
  table.sort = function(t, less)
    check(t, "sort")
    if #t > MANY then error("bad argument #1 to 'sort' (array too big)", 2) end
    if less ~= nil then return merge_sort(t, less) end
    if getmetatable(t) == nil then
      local ok, message = pcall(sort, t)
      if not ok then error(message, 2) end
      return
    end
    return merge_sort(t, function(a, b) return a < b end)
  end
end

-- math
math.pow = function(a, b) return a ^ b end
math.mod = math.fmod
math.log10 = function(x) return math.log(x, 10) end
math.ldexp = function(m, e) return m * 2.0 ^ e end
math.frexp = function(x)
  if x == 0 or x ~= x or x == math.huge or x == -math.huge then return x, 0 end
  local e = floor(math.log(x < 0 and -x or x, 2)) + 1
  local m = x / 2.0 ^ e
  if m >= 1 or m <= -1 then m, e = m / 2, e + 1 elseif m < 0.5 and m > -0.5 then m, e = m * 2, e - 1 end
  return m, e
end
math.cosh = function(x) return (math.exp(x) + math.exp(-x)) / 2 end
math.sinh = function(x) return (math.exp(x) - math.exp(-x)) / 2 end
math.tanh = function(x)
  if x > 20 then return 1.0 elseif x < -20 then return -1.0 end
  local a, b = math.exp(x), math.exp(-x)
  return (a - b) / (a + b)
end
do
  local random, seed = math.random, math.randomseed
  math.random = function(a, b)
    if a == nil then return random() end
    if b == nil then return random(1, whole(a)) end
    return random(whole(a), whole(b))
  end
  math.randomseed = function(n) seed(whole(tonumber(n) or 0)) end
end

${ENVIRONMENTS}
-- Chunks are text: bytecode could break the machine.
do
  local load_ = load
  load = function(chunk, name, mode, ...)
    local env = globals
    if select("#", ...) > 0 then env = ... end
    return load_(chunk, name, "t", env)
  end
  loadstring = function(text, name) return load_(text, name or text, "t", globals) end
end
dofile, loadfile, warn = nil, nil, nil
do
  local collect = collectgarbage
  collectgarbage = function(what)
    if what == "count" then return collect("count") end
    if what == nil or what == "collect" then collect("collect") end
    return 0
  end
end
debug = { traceback = host.traceback }
_VERSION = "Lua 5.1"
print = function(...)
  local texts = {}
  for i = 1, select("#", ...) do texts[i] = tostring((select(i, ...))) end
  host.print(table.concat(texts, "\\t") .. "\\n")
end
`;
