-- The types of fields and options, by their names. A type has words for messages, and read(value), which returns whether the value is valid
-- and the value to keep. expected(value), if present, returns words that fit this particular value better; propose(value) returns what to
-- write instead.

local import = ...
local errors, near = import "runtime/errors", import "runtime/near"
local problems, values, void = import "runtime/problems", import "runtime/values", import "runtime/void"

local types, named = {}, {}

function types.define(name, words, read)
  named[name] = { words = words, read = read }
  return named[name]
end

--- Makes a type that accepts one of several strings.
function types.choice(choices)
  local words = {}
  for i, choice in ipairs(choices) do words[i] = string.format("%q", choice) end
  return { words = table.concat(words, " or "), choices = choices, read = function(v)
    for _, choice in ipairs(choices) do if v == choice then return true, v end end
    return false
  end }
end

--- Returns the type of a name. A name with "|" lists the strings that the type accepts.
function types.named(name)
  if not named[name] then
    if not string.find(name, "|", 1, true) then return errors.internal("no type is called " .. name) end
    local choices = {}
    for choice in string.gmatch(name, "[^|]+") do choices[#choices + 1] = choice end
    named[name] = types.choice(choices)
  end
  return named[name]
end

--- Returns what to write instead of a value: the nearest choice, or what the type itself proposes, or nil if nothing is known.
local function proposed(type_, value)
  if type_.choices and type(value) == "string" then return near.question(value, type_.choices, "%q") end
  return type_.propose and type_.propose(value) or nil
end

--- Reads one value, and notes what is wrong with it. Returns the value to keep, or nil if the value is not valid. example: how the value is
--- written, or nil if the type's words say enough.
function types.read(subject, type_, value, place, example)
  if value == void then return nil end
  local ok, read = type_.read(value)
  if ok then return read end
  local words = type_.expected and type_.expected(value) or type_.words
  problems.add(string.format("%s must be %s, got %s", subject, words, values.described(value)),
    proposed(type_, value) or example and "as in " .. example, place)
end

-- Plain ones ---------------------------------------------------------------------------------------------------------

local function plain(name, words) types.define(name, words, function(v) return type(v) == name, v end) end
plain("string", "a string in quotes")
plain("number", "a number")
plain("boolean", "true or false")
plain("function", "a function")
plain("table", "a table { … }")

types.define("any", "a value", function(v) return true, v end)
types.define("integer", "a whole number", function(v) return math.type(v) == "integer", v end)
types.define("positive", "a whole number from 1", function(v) return math.type(v) == "integer" and v >= 1, v end)
types.define("count", "a whole number from 0", function(v) return math.type(v) == "integer" and v >= 0, v end)
types.define("chosen", "a set of hosts, a list of them, or one host", function(v) return type(v) == "userdata" or type(v) == "table", v end)
types.define("port", "a port from 1 to 65535", function(v) return math.type(v) == "integer" and v >= 1 and v <= 65535, v end)
types.define("factor", "a number from 0", function(v) return type(v) == "number" and v >= 0 and v < math.huge, v end)
types.define("name", "a name in quotes", function(v) return type(v) == "string" and v ~= "", v end)
types.define("url", "a URL that begins with http:// or https://", function(v)
  return type(v) == "string" and string.find(v, "^[hH][tT][tT][pP][sS]?://[^%s%c]+$") ~= nil, v
end)

-- Excludes what no system accepts as the name of a user: a blank, a colon, a slash, or a dash in front.
local account = "^[^%-%s%c:/][^%s%c:/]*$"
types.define("user", "the name of a user", function(v) return type(v) == "string" and string.find(v, account) ~= nil, v end)
types.define("owner", 'a user, or "user:group"', function(v)
  if type(v) ~= "string" then return false end
  local user, group = string.match(v, "^([^:]*):?([^:]*)$")
  return user ~= nil and string.find(user, account) ~= nil and (group == "" or string.find(group, account) ~= nil), v
end)

local function list_of(kind, value)
  if type(value) == kind then return true, { value } end
  if type(value) ~= "table" then return false end
  for key, item in pairs(value) do if math.type(key) ~= "integer" or type(item) ~= kind then return false end end
  return true, value
end
types.define("strings", "a list of strings { \"…\", \"…\" }", function(v) return list_of("string", v) end)
types.define("functions", "a function, or a list of functions", function(v) return list_of("function", v) end)

types.define("statuses", "a status such as 200, or a list of them", function(v)
  if math.type(v) == "integer" then return true, { v } end
  if type(v) ~= "table" then return false end
  for key, item in pairs(v) do if math.type(key) ~= "integer" or math.type(item) ~= "integer" then return false end end
  return #v > 0, v
end)

-- The mode is a string, because Lua has no octal numbers: 0644 would mean 01204.
types.define("mode", 'permission bits in quotes, such as "0644"', function(v)
  local bits = type(v) == "string" and string.match(v, "^0?[0-7][0-7][0-7][0-7]?$") and tonumber(v, 8)
  return bits ~= nil and bits ~= false, bits or nil
end)
types.define("answer", 'a string, or a table { stdout = "…", status = 0 }', function(v)
  if type(v) == "string" or type(v) == "number" then return true, { stdout = tostring(v) } end
  return type(v) == "table", v
end)

return types
