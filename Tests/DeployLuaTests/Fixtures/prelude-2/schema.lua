-- param and schema: typed options of recipes and of plugins.

parameter_type = kind "parameter"
local option_type = kind "option"

local function checked_number(whole)
  return function(options)
    return function(value)
      if whole and math.type(value) ~= "integer" or type(value) ~= "number" then return false end
      return not (options.min and value < options.min) and not (options.max and value > options.max), value
    end
  end
end

local function range_words(noun)
  return function(options)
    if options.min and options.max then return string.format("%s from %s to %s", noun, options.min, options.max) end
    if options.min then return string.format("%s from %s on", noun, options.min) end
    return options.max and string.format("%s up to %s", noun, options.max) or noun
  end
end

local function always(value) return function() return value end end

-- name -> words(options), reader(options)(value) -> ok, value
local kinds = {
  boolean = { words = always "true or false", reader = always(types.boolean.read) },
  integer = { words = range_words "a whole number", reader = checked_number(true) },
  number = { words = range_words "a number", reader = checked_number(false) },
  percent = { words = always 'a share such as "5%"', reader = always(function(value)
    local percent = type(value) == "number" and value or type(value) == "string" and tonumber(string.match(value, "^([%d.]+)%%?$"))
    return percent and percent >= 0 and percent <= 100 or false, percent or nil
  end) },
  string = { words = function(options) return options.help or (options.match and "a text like " .. options.match) or "a text" end,
    reader = function(options)
      return function(value)
        if type(value) ~= "string" or not options.match then return type(value) == "string", value end
        local good, found = pcall(string.find, value, options.match) -- a pattern that cannot be read lets nothing through
        return good and found ~= nil, value
      end
    end },
  choice = { words = function(options) return one_of(options.choices).words end,
    reader = function(options) return one_of(options.choices).read end },
  duration = { words = always(types.duration.words), reader = always(function(value) return duration(value) ~= nil, value end) },
}

--- Bounds that no value could be held against would be no bounds.
local function check_range(options, whole, entry, place)
  for _, bound in ipairs { "min", "max" } do
    local value = options[bound]
    if value and (value - value ~= 0 or whole and math.type(value) ~= "integer") then
      problem(string.format("%s of %s must be a %s, got %s", bound, entry, whole and "whole number" or "finite number", value), nil,
        at_field(place, bound))
      options[bound] = nil
    end
  end
  if options.min and options.max and options.min > options.max then
    problem(string.format("%s has min = %s above max = %s, and no value fits both", entry, options.min, options.max), nil,
      at_field(place, "min"))
    options.max = nil
  end
end

local function make(name, entry, metatable, given)
  local place = here_is()
  local options = {}
  if name == "choice" and type(given) == "table" then
    given = copy(given)
    local choices = {}
    for i, choice in ipairs(given) do choices[i] = tostring(choice) end
    for i = 1, #choices do given[i] = nil end
    options = read_fields(entry, entry, given, place)
    options.choices = choices
    if #choices == 0 then problem(entry .. " needs its choices: { \"a\", \"b\", default = \"a\" }", nil, place) end
  elseif given ~= nil then
    options = read_fields(entry, entry, given, place)
  end
  check_range(options, name == "integer", entry, place)
  local made = { kind = name, options = options, place = place, words = kinds[name].words(options), read = kinds[name].reader(options) }
  if options.default ~= nil and not (options.choices and #options.choices == 0) then
    local ok, value = made.read(options.default)
    if ok then options.default = value else
      problem(string.format("default of %s must be %s, got %s", entry, made.words, described(options.default)), nil,
        at_field(place, "default"))
    end
  end
  return proxy(metatable, 0, made)
end

local params, options = {}, {}
for _, name in ipairs { "boolean", "integer", "number", "percent", "string", "choice", "duration" } do
  params[name] = function(given)
    describing("param." .. name)
    return make(name, "param." .. name, parameter_type, given)
  end
  options[name] = function(given) return make(name, "schema." .. name, option_type, given) end
end

--- Options without a kind of their own: read by a type of this prelude.
local function typed(name, type_name)
  options[name] = function(given)
    local place = here_is()
    local read = given == nil and {} or read_fields("schema." .. name, "schema." .. name, given, place)
    local type_ = types[type_name]
    if read.default ~= nil and not type_.read(read.default) then
      problem(string.format("default of schema.%s must be %s, got %s", name, type_.words, described(read.default)), nil,
        at_field(place, "default"))
    end
    return proxy(option_type, 0, { kind = name, options = read, words = type_.words, read = function(v)
      local ok = type_.read(v)
      return ok, v
    end })
  end
end
typed("strings", "strings")
typed("amount", "amount")
typed("record", "record")
typed("any", "any")
options["function"] = nil
typed("callback", "function")

param = word("param", params)

--- Reads options by their declarations. `blame`: frames of files that begin so are not at fault.
local function read_declared(name, declared, names, given, skip)
  local place = here_is(skip)
  local result = {}
  if given == nil then given = {} end
  if type(given) ~= "table" then
    problem(string.format("%s takes a table of options { … }, got %s", name, described(given)), nil, place)
    return result
  end
  for key, value in pairs(given) do
    local option = declared[key]
    if not option then
      problem(string.format("%s: there is no option %s", name, described(key)),
        did_you_mean(key, names, "%q") or "it has " .. table.concat(names, ", "), at_field(place, key))
    elseif value ~= void then
      local ok, read = option.read(value)
      if ok then result[key] = read else
        problem(string.format("%s: option %q must be %s, got %s", name, key, option.words, described(value)), nil, at_field(place, key))
      end
    end
  end
  for _, key in ipairs(names) do
    local option = declared[key]
    if result[key] == nil and given[key] == nil then
      result[key] = option.options.default
      if option.options.required then
        problem(string.format("%s: option %q is needed: %s", name, key, option.words), nil, place)
      end
    end
  end
  return result
end

--- schema "http_check" { url = schema.string { … } } -> function(given) that checks and completes options.
local function declare(name, fields)
  local place, file = here_is(), where()
  local skip = file and string.match(file, "^(plugins/[^/]+/)") or file
  local declared = {}
  if type(fields) ~= "table" then
    problem("schema takes a table of options { name = schema.string { … } }", nil, place)
    fields = {}
  end
  for key, option in pairs(fields) do
    local inside = is(option, option_type)
    if inside then declared[key] = inside elseif option ~= void then
      problem(string.format("%s of schema must be an option such as schema.string { … }, got %s", tostring(key), described(option)), nil,
        at_field(place, tostring(key)))
    end
  end
  local names = keys_of(declared)
  return framed(function(given) return read_declared(name, declared, names, given, skip) end)
end

schema = word("schema", options, function(first)
  if type(first) ~= "string" then
    local file = where() or "options"
    return declare(string.match(file, "([^/]+)/init%.lua$") or string.match(file, "([^/]+)%.lua$") or file, first)
  end
  return framed(function(fields) return declare(first, fields) end)
end)
