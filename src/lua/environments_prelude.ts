/**
 * Environments of functions and modules as Lua 5.1 has them (reference manual, 5.1 and 5.3); a part of the prelude.
 *
 * @module
 */

/** Text of the part: `host`, `whole` and the libraries are those of the prelude. */
export const ENVIRONMENTS = `
local function_at, environment, set_environment = host.function_at, host.environment, host.set_environment
local globals = _G
do
  -- What was set for functions that use no globals.
  local unused = setmetatable({}, { __mode = "k" })
  local function target(f, name)
    if type(f) == "function" then return f end
    local level = whole(tonumber(f))
    if not level then
      error("bad argument #1 to '" .. name .. "' (number expected, got " .. type(f) .. ")", 3)
    elseif level < 0 then
      error("bad argument #1 to '" .. name .. "' (level must be non-negative)", 3)
    end
    local found = function_at(level + 2)
    if not found then error("bad argument #1 to '" .. name .. "' (invalid level)", 3) end
    return found
  end
  getfenv = function(f)
    if f == 0 then return globals end
    local found = target(f == nil and 1 or f, "getfenv")
    return environment(found) or unused[found] or globals
  end
  setfenv = function(f, t)
    if type(t) ~= "table" then
      error("bad argument #2 to 'setfenv' (table expected, got " .. (t == nil and "no value" or type(t)) .. ")", 2)
    end
    if f == 0 then
      globals = t
      return
    end
    local found = target(f, "setfenv")
    local changed = set_environment(found, function() return t end)
    if changed == nil then error("'setfenv' cannot change environment of given object", 2) end
    if not changed then unused[found] = t end
    return found
  end
end

do
  local gmatch, match = string.gmatch, string.match
  local loaded = { _G = _G, coroutine = coroutine, math = math, string = string, table = table }
  package = { loaded = loaded, preload = {} }
  package.seeall = function(m)
    if type(m) ~= "table" then error("bad argument #1 to 'seeall' (table expected, got " .. type(m) .. ")", 2) end
    local mt = getmetatable(m)
    if not mt then
      mt = {}
      setmetatable(m, mt)
    end
    mt.__index = globals
  end
  module = function(name, ...)
    if type(name) ~= "string" then
      error("bad argument #1 to 'module' (string expected, got " .. (name == nil and "no value" or type(name)) .. ")", 2)
    end
    local caller = function_at(2)
    local m = loaded[name]
    if type(m) ~= "table" then
      m = globals
      for part in gmatch(name, "[^.]+") do
        local inner = m[part]
        if inner == nil then
          inner = {}
          m[part] = inner
        elseif type(inner) ~= "table" then
          error("name conflict for module '" .. name .. "'", 2)
        end
        m = inner
      end
      loaded[name] = m
    end
    if m._NAME == nil then m._M, m._NAME, m._PACKAGE = m, name, match(name, "^(.*%.)[^.]*$") or "" end
    if set_environment(caller, function() return m end) == nil then
      error("'module' not called from a Lua function", 2)
    end
    for i = 1, select("#", ...) do (select(i, ...))(m) end
  end
end
`;
