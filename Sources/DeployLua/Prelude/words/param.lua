-- param.boolean { … } and the other kinds: typed parameters of a recipe.

local import = ...
local language, phases, problems = import "runtime/language", import "runtime/phases", import "runtime/problems"
local tables, values = import "runtime/tables", import "runtime/values"
local void, option = import "runtime/void", import "words/option"

local param = {}
local parameter = values.kind "parameter"

--- A schema has `strings` instead of `list`, because nobody types its options on a command line.
local names = tables.joined(option.names, { "list" })
option.declare_kinds("param", names, {})

local members = {}
for _, name in ipairs(names) do
  local word = "param." .. name
  members[name] = function(given)
    phases.describing(word)
    return proxy(parameter, 0, option.make(word, name, given))
  end
end
language.meaning("param", values.word("param", members))

--- Reads the field `params` of a recipe: a list of { name, inside }, in the order of the names.
function param.read(given, place)
  local list = {}
  for name, value in pairs(given) do
    local inside = values.is(value, parameter)
    if type(name) ~= "string" or not string.match(name, "^[%a_][%w_]*$") then
      problems.add("a parameter has a name made of letters, digits and '_', got " .. values.described(name), nil, place)
    elseif inside then
      list[#list + 1] = { name = name, inside = inside }
    elseif value ~= void then
      problems.add(string.format("parameter %q must be a param such as param.boolean { default = true }, got %s", name,
        values.described(value)), nil, problems.at_field(place, name))
    end
  end
  return list
end

--- Returns the parameter as data for the engine.
function param.data(one)
  local inside, options = one.inside, one.inside.options
  return problems.placed({ name = one.name, kind = inside.kind, default = options.default, help = options.help, min = options.min,
    max = options.max, match = options.match, choices = options.choices }, inside.place)
end

return param
