-- Reads JSON (RFC 8259): tables, strings, numbers, true and false. `null` and empty lists are marked, because Lua has no value for them.

local import = ...
local values = import "runtime/values"

local null_kind = values.kind "null"
null_kind.__tostring = function() return "null" end

--- null: the value for JSON's null.
local reader = { null = proxy(null_kind, 0, nil) }
--- The key in the metatable of lists, by which an empty list differs from an object. No recipe has this key.
local mark = {}
local list_meta = { __metatable = false, __index = { [mark] = true } }
--- Marks a table as a list, and returns it.
function reader.list(table_) return setmetatable(table_, list_meta) end
function reader.is_list(table_) return table_[mark] == true end
--- The largest number of tables that can be nested.
local deepest = 100

local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ["\""] = "\"", ["\\"] = "\\", ["/"] = "/" }
local literals = { ["true"] = true, ["false"] = false, ["null"] = reader.null }
local value_at

--- Raises an error about a mistake in the text, for `json.parse` to catch.
local function flawed(at, message) error({ at = at, message = message }, 0) end

local function skip(text, at) return string.find(text, "[^ \t\r\n]", at) or #text + 1 end

--- Returns the number of the four hexadecimal digits after \u.
local function unit(text, at)
  local digits = string.match(text, "^%x%x%x%x", at) or flawed(at, "\\u wants four hexadecimal digits")
  return tonumber(digits, 16)
end

--- Returns the character of the escape that begins at a position, and the position after it.
local function escaped(text, at)
  local sign = string.sub(text, at + 1, at + 1)
  if sign ~= "u" then return escapes[sign] or flawed(at, "\\" .. sign .. " is no escape of JSON"), at + 2 end
  local code = unit(text, at + 2)
  if code >= 0xDC00 and code <= 0xDFFF then flawed(at, "the second half of a pair stands alone") end
  if code < 0xD800 or code > 0xDBFF then return utf8.char(code), at + 6 end
  local low = string.sub(text, at + 6, at + 7) == "\\u" and unit(text, at + 8) or 0
  if low < 0xDC00 or low > 0xDFFF then flawed(at, "the first half of a pair stands alone") end
  return utf8.char(0x10000 + (code - 0xD800 << 10) + (low - 0xDC00)), at + 12
end

local function text_at(text, at)
  local parts, from = {}, at + 1
  while true do
    local stop = string.find(text, "[\"\\%c]", from) or flawed(at, "the string is not closed")
    parts[#parts + 1] = string.sub(text, from, stop - 1)
    local sign = string.sub(text, stop, stop)
    if sign == "\"" then return table.concat(parts), stop + 1 end
    if sign ~= "\\" then
      if sign == "\127" then parts[#parts + 1], from = sign, stop + 1 else flawed(stop, "a control character has to be written as \\u") end
    else
      parts[#parts + 1], from = escaped(text, stop)
    end
  end
end

local function number_at(text, at)
  local whole = string.match(text, "^-?%d+", at) or flawed(at, "here no value begins")
  if string.match(whole, "^-?0%d") then flawed(at, "a number does not begin with 0") end
  local fraction = string.match(text, "^%.%d+", at + #whole) or ""
  local power = string.match(text, "^[eE][+-]?%d+", at + #whole + #fraction) or ""
  local written = whole .. fraction .. power
  return fraction .. power == "" and math.tointeger(tonumber(whole)) or tonumber(written) + 0.0, at + #written
end

--- Reads members up to the closing character. member: reads one member, and returns the position after it.
local function members(text, at, closing, member)
  at = skip(text, at + 1)
  if string.sub(text, at, at) == closing then return at + 1 end
  while true do
    at = skip(text, member(at))
    local sign = string.sub(text, at, at)
    if sign == closing then return at + 1 end
    if sign ~= "," then flawed(at, string.format("here a comma or %s belongs", closing)) end
    at = skip(text, at + 1)
  end
end

local function list_at(text, at, depth)
  local list, count = reader.list {}, 0
  return list, members(text, at, "]", function(place)
    local value, after = value_at(text, place, depth)
    count = count + 1
    list[count] = value
    return after
  end)
end

local function object_at(text, at, depth)
  local object = {}
  return object, members(text, at, "}", function(place)
    if string.sub(text, place, place) ~= "\"" then flawed(place, "here a name in double quotes belongs") end
    local name, after = text_at(text, place)
    after = skip(text, after)
    if string.sub(text, after, after) ~= ":" then flawed(after, "here a colon belongs") end
    if object[name] ~= nil then flawed(place, string.format("the name %q is there twice", name)) end
    object[name], after = value_at(text, skip(text, after + 1), depth)
    return after
  end)
end

function value_at(text, at, depth)
  if depth >= deepest then flawed(at, "it is nested more than 100 deep") end
  local sign = string.sub(text, at, at)
  if sign == "{" then return object_at(text, at, depth + 1) end
  if sign == "[" then return list_at(text, at, depth + 1) end
  if sign == "\"" then return text_at(text, at) end
  local word = string.match(text, "^%a+", at)
  if word then
    if literals[word] == nil then flawed(at, string.format("%s is no value of JSON", word)) end
    return literals[word], at + #word
  end
  return number_at(text, at)
end

--- Returns the value of a text. If the text is not JSON, returns nil, what is wrong, and the number of the line.
function reader.parse(text)
  local good, value, after = pcall(value_at, text, skip(text, 1), 0)
  if good then after = skip(text, after) end
  if good and after > #text then return value end
  local flaw = good and { at = after, message = "something follows the value" } or value
  if type(flaw) ~= "table" or not flaw.at then error(value, 0) end
  local _, line = string.gsub(string.sub(text, 1, flaw.at - 1), "\n", "")
  return nil, string.format("this is no JSON: %s (byte %d)", flaw.message, flaw.at), line + 1
end

return reader
