-- schema "name" { … }: typed options of plugins, and of recipes that come with Lander.

local import = ...
local language, near, problems = import "runtime/language", import "runtime/near", import "runtime/problems"
local tables, values, void = import "runtime/tables", import "runtime/values", import "runtime/void"
local fields, option, types = import "types/fields", import "words/option", import "types/types"

local declared_option = values.kind "option"
local more = {
  { "required", "boolean", "whether a value must be given", default = "false" },
  { "deprecated", "string", "says that the option is deprecated, and what to use instead, such as \"use url\". Lander warns about each "
    .. "line that sets the option" },
}

language.word {
  name = "schema", nature = "pure", phases = { "description" }, gives = "function",
  takes = "{ name = schema.string { … } }",
  summary = "Declares the typed options of a plugin, of a strategy, or of a recipe that comes with Lander.",
  example = "local options = schema { url = schema.string { required = true } }",
}
option.declare_kinds("schema", option.names, more)

local members = {}
for _, name in ipairs(option.names) do
  members[name] = function(given) return proxy(declared_option, 0, option.make("schema." .. name, name, given)) end
end

--- Declares a kind of options without bounds, which a type of this prelude reads.
local function typed(name, type_name, summary, default)
  local word, type_ = "schema." .. name, types.named(type_name)
  option.declare("schema", name, summary, default, {}, more)
  members[name] = function(given)
    local place = problems.here()
    local read = given == nil and {} or fields.read(word, word, given, place)
    if read.default ~= nil and not type_.read(read.default) then
      problems.add(string.format("default of %s must be %s, got %s", word, type_.words, values.described(read.default)), nil,
        problems.at_field(place, "default"))
    end
    return proxy(declared_option, 0, { kind = name, options = read, words = type_.words, read = function(v)
      local good = type_.read(v)
      return good, v
    end })
  end
end
typed("strings", "strings", "A list of strings.", "any")
typed("amount", "amount", "A count such as 2, or a share such as \"25%\".", "any")
typed("record", "record", "A table of plain values.", "record")
typed("any", "any", "A value of any kind.", "any")
typed("callback", "function", "A function.", "function")

--- Reads options by their declarations. skip: the beginning of paths whose files are not to blame.
local function read(name, declared, names, given, skip)
  local place = problems.here(skip)
  local result = {}
  if given == nil then given = {} end
  if type(given) ~= "table" then
    problems.add(string.format("%s takes a table of options { … }, got %s", name, values.described(given)), nil, place)
    return result
  end
  for key, value in pairs(given) do
    local one = declared[key]
    if not one then
      problems.add(string.format("%s: there is no option %s", name, values.described(key)),
        near.question(key, names, "%q") or "it has " .. table.concat(names, ", "), problems.at_field(place, key))
    elseif value ~= void then
      local good, taken = one.read(value)
      if one.options.deprecated then
        problems.deprecated(string.format("option %q of %s", key, name), one.options.deprecated, place, key)
      end
      if good then result[key] = taken else
        problems.add(string.format("%s: option %q must be %s, got %s", name, key, one.words, values.described(value)), nil,
          problems.at_field(place, key))
      end
    end
  end
  for _, key in ipairs(names) do
    local one = declared[key]
    if result[key] == nil and given[key] == nil then
      result[key] = one.options.default
      if one.options.required then problems.add(string.format("%s: option %q is needed: %s", name, key, one.words), nil, place) end
    end
  end
  return result
end

local function shown(value)
  if type(value) == "string" then return string.format("%q", value) end
  if type(value) ~= "table" then return tostring(value) end
  local items = {}
  for i, item in ipairs(value) do items[i] = shown(item) end
  return #items > 0 and "{ " .. table.concat(items, ", ") .. " }" or "{}"
end

--- Adds the options, with their types and help texts, to the data for the reference.
local function tell(name, file, names, declared)
  local options = {}
  for i, key in ipairs(names) do
    local one = declared[key]
    local default = one.options.default
    options[i] = { name = key, type = one.kind, takes = one.kind ~= "string" and one.words or one.options.match and "a string that matches "
      .. one.options.match or "a string", summary = one.options.help or "", required = one.options.required or false,
      choices = one.options.choices, deprecated = one.options.deprecated, default = default ~= nil and shown(default) or nil }
  end
  language.schemas[#language.schemas + 1] = { name = name, file = file, options = options }
end

--- Returns a function that checks and completes given options. file: the file with the declaration, or nil for the line that runs.
local function declare(name, given, file)
  local place = file and { file = file, line = 1 } or problems.here()
  local skip = place.file and string.match(place.file, "^(plugins/[^/]+/)") or place.file
  local declared = {}
  if type(given) ~= "table" then
    problems.add("schema takes a table of options { name = schema.string { … } }", nil, place)
    given = {}
  end
  for key, value in pairs(given) do
    local inside = values.is(value, declared_option)
    if inside then declared[key] = inside elseif value ~= void then
      problems.add(string.format("%s of schema must be an option such as schema.string { … }, got %s", tostring(key),
        values.described(value)), nil, problems.at_field(place, tostring(key)))
    end
  end
  local names = tables.keys(declared)
  tell(name, place.file, names, declared)
  return framed(function(options) return read(name, declared, names, options, skip) end)
end

language.meaning("schema", values.word("schema", members, function(first)
  if type(first) == "string" then return framed(function(given) return declare(first, given) end) end
  local file = problems.here().file or "options"
  return declare(string.match(file, "([^/]+)/init%.lua$") or string.match(file, "([^/]+)%.lua$") or file, first)
end))

local schema = {}

--- Returns the function that checks and completes the options that a plugin's manifest declares.
function schema.of_manifest(plugin)
  local declared = {}
  for name, one in pairs(plugin.options) do declared[name] = members[one.kind](one.given) end
  return declare(plugin.name, declared, plugin.manifest)
end

return schema
