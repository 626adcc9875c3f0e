-- Reads tables of named fields as the language declares them.

local import = ...
local language, near = import "runtime/language", import "runtime/near"
local problems, values, void = import "runtime/problems", import "runtime/values", import "runtime/void"
local types = import "types/types"
import "types/duration"
import "types/amount"
import "types/record"

local fields, shapes = {}, {}

--- Returns the fields of a word: in their order, by name, and their names.
local function shape_of(word)
  local shape = shapes[word]
  if not shape then
    shape = { required = {}, known = {}, names = {}, deprecated = {} }
    for i, field in ipairs(language.words[word].fields) do
      local name = field[1]
      shape.known[name], shape.names[i] = types.named(field[2]), name
      shape.deprecated[name] = field.deprecated
      if field.required then shape.required[#shape.required + 1] = field end
    end
    shapes[word] = shape
  end
  return shape
end

--- Reads a table by the fields of a word. subject: what the table belongs to, for messages. place: the place of the table, or nil for the
--- line that runs. Returns the valid fields, and whether the table has a field that the word does not have.
function fields.read(subject, word, given, place)
  local shape, result, mistaken = shape_of(word), {}, false
  if type(given) ~= "table" then
    if given ~= void then problems.add(string.format("%s takes a table { … }, got %s", subject, values.described(given)), nil, place) end
    return result
  end
  for key, value in pairs(given) do
    local type_ = shape.known[key]
    if type_ then
      if shape.deprecated[key] then problems.deprecated(string.format("%s of %s", key, subject), shape.deprecated[key], place, key) end
      local good, read = true, nil
      if value ~= void then good, read = type_.read(value) end
      if good then result[key] = read else
        local inner = language.words[word .. "." .. key]
        types.read(string.format("%s of %s", key, subject), type_, value, place and problems.at_field(place, key), inner and inner.example)
      end
    elseif type(key) == "string" then
      problems.add(string.format("%s has no field %q", subject, key),
        near.question(key, shape.names) or "it has " .. table.concat(shape.names, ", "), place and problems.at_field(place, key),
        "misnamed")
      mistaken = true
    else
      problems.add(string.format("%s takes named fields only, got %s in the list", subject, values.described(value)), nil, place,
        "misnamed")
    end
  end
  for _, field in ipairs(shape.required) do
    if given[field[1]] == nil then problems.add(string.format("%s needs %s", subject, field[1]), field[3], place) end
  end
  return result, mistaken
end

local none = {}

--- Reads the options of a function that runs. A mistake is raised as an error, or noted in a rehearsal. word: the word with the fields.
--- subject: as for `fields.read`, or nil for the word.
function fields.options(word, given, subject)
  if given == nil then return none end
  return fields.read(subject or word, word, given)
end

return fields
