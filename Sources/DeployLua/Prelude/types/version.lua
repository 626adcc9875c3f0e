-- Versions of plugins, and ranges of versions, as a manifest has them. They are only checked here; the engine compares them.

local import = ...
local types = import "types/types"

local function is_number(text) return text == "0" or string.match(text, "^[1-9]%d*$") ~= nil and #text <= 9 end

--- Returns whether a text is a version, such as 1.2.3 or 2.0.0-rc.1. Missing numbers count as 0: 1.2 is 1.2.0.
local function is_version(text)
  local core, rest = string.match(text, "^([%d%.]+)(.*)$")
  if not core or (rest ~= "" and not string.match(rest, "^%-[%w%-]+[%w%.%-]*$")) then return false end
  local count = 0
  for part in string.gmatch(core .. ".", "([^%.]*)%.") do
    count = count + 1
    if not is_number(part) then return false end
  end
  return count <= 3
end

--- Returns whether a text is a range: "*", or comparisons with blanks between them, all of which must hold: "^1.2", "~1.2.3", ">=1.0 <2".
local function is_range(text)
  local count = 0
  for word in string.gmatch(text, "%S+") do
    count = count + 1
    local version = string.match(word, "^[%^~]?(.*)$")
    if version == word then version = string.match(word, "^[<>]?=?(.*)$") end
    if word ~= "*" and not is_version(version) then return false end
  end
  return count > 0 and #text <= 200
end

types.define("version", 'a version such as "1.2.0"', function(v) return type(v) == "string" and #v <= 100 and is_version(v), v end)
types.define("range", 'versions such as "^1.2", "~1.2.3", ">=1.0 <2" or "*"', function(v)
  return type(v) == "string" and is_range(v), v
end)
types.define("module", 'a file of the plugin such as "init.lua" or "lib/main.lua"', function(v)
  return type(v) == "string" and string.match(v, "^[%w_%-]+[%w_%-/]*%.lua$") ~= nil and not string.find(v, "//", 1, true)
    and not string.find(v, "/.lua", 1, true), v
end)
