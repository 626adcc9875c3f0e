-- Types as the annotations of Lua language servers write them: names, "a|b", T[], table<K, V>, fun(a: T, b?: T, ...: T): R, { a: T },
-- "text".
-- A type is a table with `kind`: "any", "name", "text", "union", "array", "map", "fun", "literal" (a table that a source writes).

local types = {}

types.any = { kind = "any" }

function types.name(name) return { kind = "name", name = name } end

--- Makes a union, or returns nil if one of the types is not known.
function types.union(list)
  if #list == 1 then return list[1] end
  return { kind = "union", list = list }
end

local function reader(text, at)
  return {
    blank = function() at = string.find(text, "[^%s]", at) or #text + 1 end,
    take = function(pattern)
      local first, last, found = string.find(text, "^" .. pattern, at)
      if not first then return nil end
      at = last + 1
      return found or string.sub(text, first, last)
    end,
    place = function() return at end,
    fail = function(wanted) error(string.format("%s is expected in %q at %d", wanted, text, at), 0) end,
  }
end

local union

--- Reads what stands in the brackets of fun( … ), and the results behind them.
local function fun(read)
  local made = { kind = "fun", params = {}, returns = {} }
  read.blank()
  while not read.take "%)" do
    local name = read.take "%.%.%." or read.take "[%a_][%w_]*" or read.fail "a parameter"
    local param = { name = name, optional = read.take "%?" ~= nil, type = types.any }
    read.blank()
    if read.take ":" then param.type = union(read) end
    if name == "..." then made.rest = param.type else made.params[#made.params + 1] = param end
    read.blank()
    read.take ","
    read.blank()
  end
  if read.take ":" then made.returns[1] = union(read) end
  return made
end

--- Reads what stands in the braces of { name: T, name?: T }: a class without a name.
local function record(read)
  local class = { name = "a table", fields = {}, calls = {} }
  read.blank()
  while not read.take "}" do
    local name = read.take "[%a_][%w_]*" or read.fail "a field"
    local optional = read.take "%?" ~= nil
    read.blank()
    if not read.take ":" then read.fail ":" end
    class.fields[name] = { type = union(read), optional = optional }
    read.blank()
    read.take ","
    read.blank()
  end
  return { kind = "name", name = class.name, class = class }
end

local function primary(read)
  if read.take "{" then return record(read) end
  if read.take "fun%(" then return fun(read) end
  if read.take "%(" then
    local inner = union(read)
    return read.take "%)" and inner or read.fail ")"
  end
  local text = read.take '"([^"]*)"'
  if text then return { kind = "text", text = text } end
  local name = read.take "[%a_][%w_%.]*" or read.fail "a type"
  if name == "any" then return types.any end
  if name == "table" and read.take "<" then
    local key = union(read)
    read.take ","
    local value = union(read)
    return read.take ">" and { kind = "map", key = key, value = value } or read.fail ">"
  end
  return types.name(name)
end

function union(read)
  local list = {}
  read.blank()
  repeat
    local one = primary(read)
    while read.take "%[%]" do one = { kind = "array", item = one } end
    list[#list + 1] = one
    if read.take "%?" then list[#list + 1] = types.name "nil" end
  until not read.take "|"
  return types.union(list)
end

--- Reads a type at a place of a text. Returns it, and the place after it.
function types.read(text, at)
  local read = reader(text, at or 1)
  return union(read), read.place()
end

--- Returns the members of a union, or the type alone. Nothing (`nil`) is left out.
function types.each(type_)
  local list = {}
  for _, one in ipairs(type_.kind == "union" and type_.list or { type_ }) do
    if one.kind == "union" then
      for _, inner in ipairs(types.each(one)) do list[#list + 1] = inner end
    elseif one.name ~= "nil" then
      list[#list + 1] = one
    end
  end
  return list
end

--- A type as its annotation writes it.
function types.shown(type_)
  if type_.kind == "union" then
    local list = {}
    for i, one in ipairs(type_.list) do list[i] = types.shown(one) end
    return table.concat(list, "|")
  end
  if type_.kind == "text" then return string.format("%q", type_.text) end
  if type_.kind == "array" then return types.shown(type_.item) .. "[]" end
  if type_.kind == "fun" then return "a function" end
  if type_.kind == "map" or type_.kind == "literal" then return "a table" end
  return type_.name or "any"
end

return types
