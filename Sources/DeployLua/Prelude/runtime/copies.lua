-- Copies of values that a plugin gets from elsewhere, so that the plugin can change the tables without changing the originals.

local copies = {}
local getmetatable, setmetatable = for_recipes.getmetatable, for_recipes.setmetatable

--- Returns a copy of a value. Tables in it are copied with their metatables, each once. Functions and handles are not copied.
function copies.of(value, known)
  if type(value) ~= "table" then return value end
  known = known or {}
  if known[value] then return known[value] end
  local new = {}
  known[value] = new
  for key, member in pairs(value) do new[key] = copies.of(member, known) end
  local meta = getmetatable(value)
  if type(meta) == "table" then setmetatable(new, copies.of(meta, known)) end
  return new
end

return copies
