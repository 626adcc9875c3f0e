-- Records: tables of plain values with names.

local import = ...
local types = import "types/types"

local deepest = 8 -- the limit of tables inside each other

local function is_plain(value, depth)
  local t = type(value)
  if t ~= "table" then return t == "string" or t == "number" or t == "boolean" end
  if depth > deepest then return false end
  for _, member in pairs(value) do if not is_plain(member, depth + 1) then return false end end
  return true
end

return types.define("record", "a table of plain values { name = value }", function(v)
  if type(v) ~= "table" then return false end
  for key in pairs(v) do if type(key) ~= "string" then return false end end
  return is_plain(v, 0), v
end)
