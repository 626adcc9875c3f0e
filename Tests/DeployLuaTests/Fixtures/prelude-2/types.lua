-- Types of fields and options. vocabulary (from the engine): name -> { fields = { { name, type, required } … } }.

local units = { ms = 1, s = 1000, m = 60000, h = 3600000, d = 86400000 }

--- Milliseconds of `90` (seconds), "90s", "1.5m", "250ms"; nil for anything else.
function duration(value)
  local count, unit = value, "s"
  if type(value) == "string" then
    count, unit = string.match(value, "^([%d.]+)(%a*)$")
    count = tonumber(count)
    if unit == "" then unit = "s" end
  end
  if type(count) ~= "number" or not units[unit] or count < 0 or count ~= count then return nil end
  local milliseconds = count * units[unit]
  if milliseconds > 8640000000 then return nil end
  return math.floor(milliseconds + 0.5)
end

--- { count = n } or { percent = p } of `2` or "25%"; nil for anything else.
function amount(value)
  if math.type(value) == "integer" and value >= 0 then return { count = value } end
  if type(value) ~= "string" then return nil end
  local percent = tonumber(string.match(value, "^%s*([%d.]+)%s*%%%s*$"))
  if percent and percent <= 100 then return { percent = percent + 0.0 } end
  local count = math.tointeger(tonumber(string.match(value, "^%d+$")))
  return count and { count = count }
end

--- So many of `total`; a share rounds down, but never to nothing.
function share(value, total)
  local a = amount(value)
  if not a then return nil end
  if a.count then return math.min(a.count, total) end
  if a.percent == 0 then return 0 end
  return math.min(total, math.max(1, math.floor(total * a.percent / 100 + 1e-9)))
end

--- What a value is, for messages.
function described(value)
  local t = type(value)
  if t == "string" then
    if #value > 60 then value = string.sub(value, 1, 57) .. "…" end
    return string.format("%q", value)
  end
  if t == "number" or t == "boolean" or t == "nil" then return tostring(value) end
  if t == "userdata" then return "a " .. string.match(tostring(value), "^[^\n]*") end
  return "a " .. t
end

-- A type: words for messages, and read(value) -> ok, value.
types = {}

local function plain(name, words) types[name] = { words = words, read = function(v) return type(v) == name, v end } end
plain("string", "a text in quotes")
plain("number", "a number")
plain("boolean", "true or false")
plain("function", "a function")
plain("table", "a table { … }")

types.any = { words = "a value", read = function(v) return true, v end }
types.integer = { words = "a whole number", read = function(v) return math.type(v) == "integer", v end }
types.positive = { words = "a whole number from 1", read = function(v) return math.type(v) == "integer" and v >= 1, v end }
types.port = { words = "a port from 1 to 65535", read = function(v) return math.type(v) == "integer" and v >= 1 and v <= 65535, v end }
types.name = { words = "a name in quotes", read = function(v) return type(v) == "string" and v ~= "", v end }
types.duration = { words = 'a duration such as "90s", "5m" or a number of seconds',
  read = function(v) local d = duration(v); return d ~= nil, d end }
types.amount = { words = 'a count such as 2 or a share such as "25%"', read = function(v) local a = amount(v); return a ~= nil, a end }
types.strings = { words = "a list of texts { \"…\", \"…\" }", read = function(v)
  if type(v) == "string" then return true, { v } end
  if type(v) ~= "table" then return false end
  for key, item in pairs(v) do if math.type(key) ~= "integer" or type(item) ~= "string" then return false end end
  return true, v
end }
types.functions = { words = "a function, or a list of functions", read = function(v)
  if type(v) == "function" then return true, { v } end
  if type(v) ~= "table" then return false end
  for key, item in pairs(v) do if math.type(key) ~= "integer" or type(item) ~= "function" then return false end end
  return true, v
end }
types.record = { words = "a table of plain values { name = value }", read = function(v)
  if type(v) ~= "table" then return false end
  local function good(value, depth)
    local t = type(value)
    if t ~= "table" then return t == "string" or t == "number" or t == "boolean" end
    if depth > 8 then return false end
    for _, member in pairs(value) do if not good(member, depth + 1) then return false end end
    return true
  end
  for key in pairs(v) do if type(key) ~= "string" then return false end end
  return good(v, 0), v
end }
types.mode = { words = 'permission bits such as "0644"', read = function(v)
  if math.type(v) == "integer" and v >= 0 and v <= 4095 then return true, v end
  local bits = type(v) == "string" and string.match(v, "^0?[0-7][0-7][0-7][0-7]?$") and tonumber(v, 8)
  return bits ~= nil and bits ~= false, bits or nil
end }
types.answer = { words = 'a text, or a table { stdout = "…", status = 0 }', read = function(v)
  if type(v) == "string" or type(v) == "number" then return true, { stdout = tostring(v) } end
  return type(v) == "table", v
end }
function one_of(choices)
  local words = {}
  for i, choice in ipairs(choices) do words[i] = string.format("%q", choice) end
  return { words = table.concat(words, " or "), choices = choices, read = function(v)
    for _, choice in ipairs(choices) do if v == choice then return true, v end end
    return false
  end }
end

--- The type of that name; a name with "|" lists the texts it may be.
function type_named(name)
  if not types[name] then
    if not string.find(name, "|", 1, true) then return internal("no type is called " .. name) end
    local choices = {}
    for choice in string.gmatch(name, "[^|]+") do choices[#choices + 1] = choice end
    types[name] = one_of(choices)
  end
  return types[name]
end

--- Reads one value; takes down what is wrong with it. Returns the value, or nil.
function read_value(subject, type_, value, place)
  if value == void then return nil end
  local ok, read = type_.read(value)
  if ok then return read end
  problem(string.format("%s must be %s, got %s", subject, type_.words, described(value)),
    type_.choices and type(value) == "string" and did_you_mean(value, type_.choices, "%q") or nil, place)
end

local shapes = {}

--- The fields of a word of the vocabulary: in their order, by name, and their names.
local function shape_of(entry)
  local shape = shapes[entry]
  if not shape then
    shape = { fields = vocabulary[entry].fields, known = {}, names = {} }
    for i, field in ipairs(shape.fields) do shape.known[field.name], shape.names[i] = field, field.name end
    shapes[entry] = shape
  end
  return shape
end

--- Reads a table by the fields of a word of the vocabulary. Returns what was good of it, and whether a field has no such name.
function read_fields(subject, entry, given, place)
  local shape, result, mistaken = shape_of(entry), {}, false
  local fields, known, names = shape.fields, shape.known, shape.names
  if type(given) ~= "table" then
    if given ~= void then problem(string.format("%s takes a table { … }, got %s", subject, described(given)), nil, place) end
    return result
  end
  for key, value in pairs(given) do
    local field = known[key]
    if field then
      result[key] = read_value(string.format("%s of %s", key, subject), type_named(field.type), value, place and at_field(place, key))
    elseif type(key) == "string" then
      problem(string.format("%s has no field %q", subject, key),
        did_you_mean(key, names) or "it has " .. table.concat(names, ", "), place and at_field(place, key), "misnamed")
      mistaken = true
    else
      problem(string.format("%s takes named fields only, got %s in the list", subject, described(value)), nil, place, "misnamed")
    end
  end
  for _, field in ipairs(fields) do
    if field.required and given[field.name] == nil then problem(string.format("%s needs %s", subject, field.name), field.help, place) end
  end
  return result, mistaken
end

--- Options of a function that runs: no place; what is wrong is raised, in a rehearsal noted.
function read_options(entry, given)
  if given == nil then return {} end
  return read_fields(entry, entry, given)
end
