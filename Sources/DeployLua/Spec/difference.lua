-- Says in words how two values differ.

local import = ...
local tables, line_difference = import "runtime/tables", import "spec/line_difference"

local difference = {}
local most = 8     -- the limit of differences that are listed
local deepest = 16 -- the limit of tables inside each other

--- Returns a text in quotes on one line, cut if it is long.
local function quoted(text)
  local cut = #text > 200 and string.sub(text, 1, 197) .. "…" or text
  return (string.gsub(string.format("%q", cut), "\\\n", "\\n"))
end

--- Returns whether a value is a text of several lines.
function difference.has_lines(value) return type(value) == "string" and string.find(value, "\n.", 1) ~= nil end

--- Returns a value on one line, cut if it is long.
function difference.text(value, depth)
  depth = depth or 0
  if type(value) == "string" then return quoted(value) end
  if type(value) ~= "table" then return tostring(value) end
  if depth > 3 then return "{ … }" end
  local parts = {}
  for i, item in ipairs(value) do parts[i] = difference.text(item, depth + 1) end
  for _, key in ipairs(tables.keys(value)) do
    if math.type(key) ~= "integer" or key < 1 or key > #value then
      parts[#parts + 1] = tostring(key) .. " = " .. difference.text(value[key], depth + 1)
    end
  end
  if #parts == 0 then return "{}" end
  local text = table.concat(parts, ", ", 1, math.min(#parts, 40)) .. (#parts > 40 and ", …" or "")
  return "{ " .. text .. " }"
end

--- The sentence before lines that differ. Reports know them by it.
difference.of_lines = "the texts differ (- expected, + got):"

local function step(path, key)
  if type(key) == "string" and string.find(key, "^[%a_][%w_]*$") then return path == "" and key or path .. "." .. key end
  return path .. "[" .. difference.text(key) .. "]"
end

local function compare(wanted, got, path, found, depth)
  if #found > most or rawequal(wanted, got) or wanted == got and type(wanted) ~= "table" then return end
  if type(wanted) == "string" and type(got) == "string" and (difference.has_lines(wanted) or difference.has_lines(got)) then
    found[#found + 1] = (path == "" and "" or path .. ": ") .. difference.of_lines .. "\n" .. line_difference.between(wanted, got)
    return
  end
  if type(wanted) ~= "table" or type(got) ~= "table" or depth > deepest then
    found[#found + 1] = (path == "" and "" or path .. ": ") .. "expected " .. difference.text(wanted) .. ", got " .. difference.text(got)
    return
  end
  local keys = tables.copy(wanted)
  for key in pairs(got) do keys[key] = true end
  for _, key in ipairs(tables.keys(keys)) do compare(wanted[key], got[key], step(path, key), found, depth + 1) end
end

--- Returns the differences in words, or nil if there are none.
function difference.between(wanted, got)
  local found = {}
  compare(wanted, got, "", found, 0)
  if #found == 0 then return nil end
  if #found > most then found[#found] = "…" end
  return table.concat(found, "\n")
end

return difference
