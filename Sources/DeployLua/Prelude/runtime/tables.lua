-- Functions for plain tables.

local tables = {}

function tables.copy(table_)
  local new = {}
  for key, value in pairs(table_) do new[key] = value end
  return new
end

--- Returns the keys in order.
function tables.keys(table_)
  local keys = {}
  for key in pairs(table_) do keys[#keys + 1] = key end
  return keys
end

--- Returns both lists as one. Nil counts as an empty list.
function tables.joined(first, second)
  local result = {}
  for _, item in ipairs(first or {}) do result[#result + 1] = item end
  for _, item in ipairs(second or {}) do result[#result + 1] = item end
  return result
end

--- Returns a table with the members of both. Members of `over` take precedence. Nil counts as an empty table.
function tables.merged(under, over)
  local result = tables.copy(under or {})
  for key, value in pairs(over or {}) do result[key] = value end
  return result
end

--- Returns a table that is true for each item of a list.
function tables.set(list)
  local set = {}
  for _, item in ipairs(list) do set[item] = true end
  return set
end

return tables
