-- The language as data for people: docs/words.md and the editor's stub are made from it.

local import = ...
local language, types = import "runtime/language", import "types/types"

local function fields_of(list)
  local result = {}
  for i, field in ipairs(list) do
    result[i] = { name = field[1], type = field[2], summary = field[3], required = field.required or false }
  end
  return result
end

--- { api, words, objects, types }: words in the order in which they were declared, objects by name, of types what they take.
return function()
  local result = { api = language.api, words = {}, objects = {}, types = {} }
  for i, name in ipairs(language.order) do
    local word = language.words[name]
    local fields = fields_of(word.fields)
    for _, field in ipairs(fields) do result.types[field.type] = types.named(field.type).words end
    result.words[i] = { name = name, nature = word.nature, phases = word.phases, takes = word.takes, summary = word.summary,
      example = word.example, fields = fields }
  end
  for name, object in pairs(language.objects) do
    result.objects[#result.objects + 1] = { name = name, summary = object.summary, fields = fields_of(object.fields) }
  end
  return result
end
