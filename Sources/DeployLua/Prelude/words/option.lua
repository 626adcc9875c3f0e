-- Typed options: what the parameters of recipes and the options of plugins have in common.

local import = ...
local language, problems = import "runtime/language", import "runtime/problems"
local tables, values = import "runtime/tables", import "runtime/values"
local duration, fields, types = import "types/duration", import "types/fields", import "types/types"

local option = { names = { "boolean", "integer", "number", "percent", "string", "choice", "duration" } }
--- Kinds that take texts in addition to their fields: { "a", "b", default = "a" }.
local with_choices = { choice = true, list = true }

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

local function percent(value)
  local share = type(value) == "number" and value or type(value) == "string" and tonumber(string.match(value, "^([%d.]+)%%?$"))
  return share and share >= 0 and share <= 100 or false, share or nil
end

local function matching(options)
  return function(value)
    if type(value) ~= "string" or not options.match then return type(value) == "string", value end
    local good, found = pcall(string.find, value, options.match) -- a pattern that cannot be read matches no value
    return good and found ~= nil, value
  end
end

--- Reads lists of texts. The options limit the number of texts and describe each of them.
local function listed(options)
  local fits = matching(options)
  return function(value)
    if type(value) ~= "table" then return false end
    for key, item in pairs(value) do
      if math.type(key) ~= "integer" or not fits(item) then return false end
      if options.choices and not types.choice(options.choices).read(item) then return false end
    end
    return #value >= (options.min or 0) and #value <= (options.max or #value), value
  end
end

local function list_words(options)
  local texts = options.choices and "a list of " .. types.choice(options.choices).words
    or options.match and "a list of strings that match " .. options.match or "a list of strings { \"…\", \"…\" }"
  return texts .. range_words ""({ min = options.min, max = options.max })
end

local range = { { "min", "number", "the smallest value" }, { "max", "number", "the largest value" } }

-- The kinds by name: summary, type of the default, fields, words(options), and reader(options)(value), which returns whether the value is
-- valid, and the value.
local kinds = {
  boolean = { summary = "A value that is true or false.", default = "boolean", words = always "true or false",
    reader = always(types.named("boolean").read) },
  integer = { summary = "A whole number.", default = "integer", fields = range, words = range_words "a whole number",
    reader = checked_number(true) },
  number = { summary = "A number.", default = "number", fields = range, words = range_words "a number", reader = checked_number(false) },
  percent = { summary = "A percentage, such as \"5%\" or "
    .. "5.", default = "any", words = always 'a share such as "5%"', reader = always(percent) },
  string = { summary = "A string.", default = "string",
    fields = { { "match", "string", "a Lua pattern that the value must match. If the pattern begins with ^ and ends with $, it must match "
      .. "the whole value" } },
    words = function(options) return options.help or (options.match and "a string that matches " .. options.match) or "a string" end,
    reader = matching },
  choice = { summary = "One of several strings.", default = "string",
    words = function(options) return types.choice(options.choices).words end,
    reader = function(options) return types.choice(options.choices).read end },
  duration = { summary = "A duration, such as \"90s\" or \"5m\".", default = "any", words = always(duration.words),
    reader = always(function(value) return duration.milliseconds(value) ~= nil, value end) },
  list = { summary = "A list of strings. On the command line, the strings are separated by commas, as in a,b. If the declaration lists "
    .. "strings, only these strings are allowed.", default = "table",
    fields = { { "match", "string", "a Lua pattern that each string must match. If the pattern begins with ^ and ends with $, it must "
      .. "match the whole string" },
      { "min", "count", "the smallest number of strings" },
      { "max", "count", "the largest number of strings" } }, words = list_words, reader = listed },
}

--- Declares a word such as param.string. more: the fields that only this family of words has.
function option.declare(family, name, summary, default, own, more)
  local choices = with_choices[name] and "\"a\", \"b\", " or ""
  language.word {
    name = family .. "." .. name, nature = "pure", phases = { "description" },
    takes = "{ " .. choices .. "default = …, help = … }", summary = summary,
    example = string.format("local %s = %s.%s { %shelp = \"what it is\" }", family == "param" and "own" or "option", family, name, choices),
    fields = tables.joined(tables.joined(own, more),
      { { "default", default, "the value that is used if no value is given" }, { "help", "string", "one sentence" } }),
  }
end

--- Declares the words of some kinds.
function option.declare_kinds(family, names, more)
  for _, name in ipairs(names) do
    local kind = kinds[name]
    option.declare(family, name, kind.summary, kind.default, kind.fields, more)
  end
end

--- Reports bounds that no value can meet.
local function check_range(options, whole, word, place)
  for _, bound in ipairs { "min", "max" } do
    local value = options[bound]
    if value and (value - value ~= 0 or whole and math.type(value) ~= "integer") then
      problems.add(string.format("%s of %s must be a %s, got %s", bound, word, whole and "whole number" or "finite number", value), nil,
        problems.at_field(place, bound))
      options[bound] = nil
    elseif value and not whole and math.type(value) == "integer" and math.tointeger(value + 0.0) ~= value then
      problems.add(string.format("%s of %s cannot be held exactly: it would become %.0f", bound, word, value), nil,
        problems.at_field(place, bound))
      options[bound] = nil
    end
  end
  if options.min and options.max and options.min > options.max then
    problems.add(string.format("%s has min = %s above max = %s, and no value fits both", word, options.min, options.max), nil,
      problems.at_field(place, "min"))
    options.max = nil
  end
end

--- Separates the choices of a list from the fields of a table.
local function split_choices(given)
  local rest, choices = tables.copy(given), {}
  for i, choice in ipairs(rest) do choices[i] = tostring(choice) end
  for i = 1, #choices do rest[i] = nil end
  return rest, choices
end

--- Returns the contents of an option: { kind, options, place, words, read }; read(value) returns whether the value is valid, and the value.
function option.make(word, name, given)
  local place, choices = problems.here(), nil
  if with_choices[name] and type(given) == "table" then given, choices = split_choices(given) end
  local options = given == nil and {} or fields.read(word, word, given, place)
  if choices and (name == "choice" or #choices > 0) then
    options.choices = choices
    if #choices == 0 then problems.add(word .. " needs its choices: { \"a\", \"b\", default = \"a\" }", nil, place) end
  end
  check_range(options, name ~= "number", word, place)
  local made = { kind = name, options = options, place = place, words = kinds[name].words(options), read = kinds[name].reader(options) }
  if options.default ~= nil and not (name == "choice" and choices and #choices == 0) then
    local good, value = made.read(options.default)
    if good then options.default = value else
      local words = name == "duration" and duration.expected(options.default) or made.words
      problems.add(string.format("default of %s must be %s, got %s", word, words, values.described(options.default)), nil,
        problems.at_field(place, "default"))
    end
  end
  return made
end

return option
