-- Writes JSON on one line, with the names in order, so that equal values give equal texts.

local import = ...
local errors, tables, values = import "runtime/errors", import "runtime/tables", import "runtime/values"
local reader, void = import "types/json_reader", import "runtime/void"

--- The largest number of tables that can be nested.
local deepest = 100

local written_as = { ["\""] = "\\\"", ["\\"] = "\\\\", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }
local function quoted(text)
  if not utf8.len(text) then
    errors.usage("a string has bytes that are no UTF-8, which JSON and YAML do not have", "write it with base64.encode")
  end
  return "\"" .. string.gsub(text, "[%c\"\\]", function(c) return written_as[c] or string.format("\\u%04x", string.byte(c)) end) .. "\""
end

local function number(value, out)
  if math.type(value) == "integer" then return tostring(value) end
  if value ~= value or value == math.huge or value == -math.huge then errors.usage(out.word .. ": JSON has no such number") end
  for digits = 15, 17 do
    local text = string.format("%." .. digits .. "g", value)
    if tonumber(text) == value then return text end
  end
end

local write

local function write_list(value, out, depth)
  for _, name in ipairs(tables.keys(value)) do
    if math.type(name) ~= "integer" or name < 1 or name > #value then
      errors.usage(string.format("%s: a table is a list or has names, not both: %s would be lost", out.word, values.described(name)))
    end
  end
  out[#out + 1] = "["
  for i = 1, #value do
    if i > 1 then out[#out + 1] = "," end
    write(value[i], out, depth)
  end
  out[#out + 1] = "]"
end

local function write_object(value, out, depth)
  local names = tables.keys(value)
  for _, name in ipairs(names) do
    if type(name) ~= "string" then errors.usage(out.word .. ": names of JSON are strings, got " .. values.described(name)) end
  end
  table.sort(names)
  out[#out + 1] = "{"
  for i, name in ipairs(names) do
    out[#out + 1] = (i > 1 and "," or "") .. quoted(name) .. ":"
    write(value[name], out, depth)
  end
  out[#out + 1] = "}"
end

function write(value, out, depth)
  value = values.plain(value)
  if depth > deepest then errors.usage(out.word .. ": it is nested more than 100 deep, or goes round in a circle") end
  local kind = type(value)
  if kind == "string" then out[#out + 1] = quoted(value)
  elseif kind == "number" then out[#out + 1] = number(value, out)
  elseif kind == "boolean" then out[#out + 1] = tostring(value)
  elseif rawequal(value, reader.null) or rawequal(value, void) then out[#out + 1] = "null"
  elseif kind ~= "table" then errors.usage(out.word .. " takes tables, strings, numbers, true and false, got " .. values.described(value))
  elseif reader.is_list(value) or value[1] ~= nil then write_list(value, out, depth + 1)
  else write_object(value, out, depth + 1) end
end

--- Returns the text of a value. Raises an error if JSON cannot express the value. word: what a recipe called, for the message.
return function(value, word)
  local out = { word = word or "json.encode" }
  write(value, out, 0)
  return table.concat(out)
end
