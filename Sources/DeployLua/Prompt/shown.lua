-- Shows a value to a person.

local import = ...
local language, values = import "runtime/language", import "runtime/values"

local deepest, most, longest = 3, 40, 4096 -- the limits: tables inside each other, members of one, bytes of a text

local shown

local function text(value)
  if #value > longest then
    local stop = longest
    while string.find(value, "^[\x80-\xBF]", stop + 1) do stop = stop - 1 end
    return string.format("%s … (%d bytes)", text(string.sub(value, 1, stop)), #value)
  end
  return (string.gsub(string.format("%q", value), "\\\n", "\\n"))
end

local function key(name)
  if type(name) == "string" and string.find(name, "^[%a_][%w_]*$") then return name end
  return "[" .. (type(name) == "string" and text(name) or tostring(name)) .. "]"
end

--- Returns an object of the language with its declared fields. A field that raises an error is left out.
local function object(value, declared, depth)
  local parts = {}
  for _, field in ipairs(declared.fields) do
    local good, member = pcall(function() return value[field[1]] end)
    if good and member ~= nil and field[2] ~= "function" then parts[#parts + 1] = field[1] .. " = " .. shown(member, depth + 1) end
  end
  return declared.name .. " { " .. table.concat(parts, ", ") .. " }"
end

local function members(value, depth)
  local parts, length = {}, #value
  for i = 1, math.min(length, most) do parts[i] = shown(rawget(value, i), depth + 1) end
  for name, member in pairs(value) do
    if #parts >= most then
      parts[#parts + 1] = "…"
      break
    end
    if not (math.type(name) == "integer" and name >= 1 and name <= length) then
      parts[#parts + 1] = key(name) .. " = " .. shown(member, depth + 1)
    end
  end
  return #parts == 0 and "{}" or "{ " .. table.concat(parts, ", ") .. " }"
end

function shown(value, depth)
  depth = depth or 1
  if type(value) == "string" then return text(value) end
  if type(value) == "function" then return "a function" end
  local plain = values.plain(value)
  if not rawequal(plain, value) then return members(plain, depth) end
  if type(value) ~= "table" then return tostring(value) end
  local declared = language.objects[tostring(value)]
  if declared then return object(value, declared, depth) end
  if depth > deepest then return "{ … }" end
  return members(value, depth)
end

return shown
