-- Values of the prelude: handles whose contents no recipe can reach. Their kind is recognised by their metatable.

local import = ...
local errors, near, problems = import "runtime/errors", import "runtime/near", import "runtime/problems"
local tables, void = import "runtime/tables", import "runtime/void"

local values = {}

--- Returns the payload of a value with this metatable, or nil if the value has another metatable.
function values.is(value, metatable)
  if type(value) ~= "userdata" then return nil end
  local inside, made_with = payload(value)
  if made_with == metatable then return inside end
end

--- Returns the name of a value's kind, or nil if the value has no kind.
function values.kind_of(value)
  if type(value) ~= "userdata" then return nil end
  local _, kind = payload(value)
  return kind and rawget(kind, "__name")
end

--- Makes a kind of values: a metatable with a name that appears in messages.
function values.kind(name)
  return { __name = name, __metatable = false, __newindex = function(_, key)
    return errors.usage(string.format("%s cannot be changed: %s keeps its value", name, tostring(key)))
  end }
end

--- Returns a text such as "log has debug, error, info, warn", or nil if there are too many members to list.
local function listed(name, members)
  local names = tables.keys(members)
  if #names > 12 then return nil end
  table.sort(names)
  return string.format("%s has %s", name, table.concat(names, ", "))
end

--- Returns the table that a value stands for, such as the values of `deployment.params`. Returns any other value itself.
function values.plain(value)
  if type(value) ~= "userdata" then return value end
  local inside, kind = payload(value)
  local plain = kind and rawget(kind, "plain")
  if plain then return plain(inside) end
  return value
end

--- Returns a text, a number or a boolean as text. A number has as many digits as it needs to be the same number again.
function values.as_text(value)
  local text = tostring(value)
  if math.type(value) ~= "float" then return text end
  for digits = 15, 17 do
    if tonumber(text) == value then break end
    text = string.format("%." .. digits .. "g", value)
  end
  return text
end

--- Makes a word with members, such as `log` or `param`. call: what the word does if it is called itself, or nil if it cannot be called.
function values.word(name, members, call)
  local type_ = values.kind(name)
  for key, member in pairs(members) do
    if type(member) == "function" then members[key] = framed(member) end
  end
  type_.__index = function(_, key)
    local member = members[key]
    if member ~= nil then return member end
    local fix = near.question(key, tables.keys(members), name .. ".%s") or listed(name, members)
    problems.add(string.format("%s has no %s", name, tostring(key)), fix, nil, "misnamed")
    return void
  end
  if call then type_.__call = framed(function(_, ...) return call(...) end) end
  return proxy(type_, 0, nil)
end

--- Returns a description of a value, for messages.
function values.described(value)
  local t = type(value)
  if t == "string" then
    if #value > 60 then value = string.sub(value, 1, 57) .. "…" end
    return string.format("%q", value)
  end
  if t == "number" or t == "boolean" or t == "nil" then return tostring(value) end
  if t == "userdata" then return "a " .. string.match(tostring(value), "^[^\n]*") end
  return "a " .. t
end

return values
