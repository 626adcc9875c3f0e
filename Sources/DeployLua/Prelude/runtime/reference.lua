-- Makes the language as data for people, from which docs/reference, lander docs and the editor's stub are made.

local import = ...
local capability, errors = import "runtime/capability", import "runtime/errors"
local language, types = import "runtime/language", import "types/types"

local function fields_of(list)
  local result = {}
  for i, field in ipairs(list) do
    result[i] = { name = field[1], type = field[2], summary = field[3] or "", required = field.required or false,
      default = field.default, deprecated = field.deprecated }
  end
  return result
end

local function pairs_of(list)
  local result = {}
  for i, one in ipairs(list) do result[i] = { name = one[1], summary = one[#one], what = one[3] and one[2] } end
  return result
end

local function words_of(result)
  for i, name in ipairs(language.order) do
    local word = language.words[name]
    local fields = fields_of(word.fields)
    local arguments = fields_of(word.arguments)
    for _, list in ipairs { fields, arguments } do
      for _, field in ipairs(list) do result.types[field.type] = types.named(field.type).words end
    end
    result.words[i] = { name = name, nature = word.nature, phases = word.phases, takes = word.takes, summary = word.summary,
      example = word.example, fields = fields, arguments = arguments,
      errors = word.errors or {}, needs = capability.needs[name], members = word.members or {},
      gives = type(word.gives) == "table" and word.gives or { word.gives }, optional = word.optional or {}, deprecated = word.deprecated }
  end
end

--- Returns { api, words, objects, types, errors, error_fields, events, capabilities, strategies, schemas }. Words are in the order of their
--- declaration, objects are by name, and each type has what it accepts.
return function()
  local result = { api = language.api, words = {}, objects = {}, types = {}, schemas = {}, errors = pairs_of(errors.kinds),
    error_fields = fields_of(errors.fields), events = pairs_of(language.events), strategies = language.strategies,
    capabilities = pairs_of(capability.plain) }
  for _, one in ipairs(pairs_of(capability.named)) do result.capabilities[#result.capabilities + 1] = one end
  words_of(result)
  for name, object in pairs(language.objects) do
    result.objects[#result.objects + 1] = { name = name, summary = object.summary, fields = fields_of(object.fields) }
  end
  for _, one in ipairs(language.schemas) do
    result.schemas[#result.schemas + 1] = { name = one.name, file = one.file, options = one.options }
  end
  return result
end
