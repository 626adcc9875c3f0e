-- What an answer of the world is for a recipe: an object whose fields can be read and not be set, of which a rehearsal knows some and makes
-- up the others.

local import = ...
local errors, language, rehearsal = import "runtime/errors", import "runtime/language", import "runtime/rehearsal"

local answer = {}

--- A maker of such objects, as they are declared. methods: by name. missing(key): stands for a declared field that nobody gave; nil: it is
--- nil.
--- The maker takes the fields that are known, and those that a rehearsal makes up: to look at one of these is to doubt.
function answer.maker(object, methods, missing)
  local names, known = language.fields_of(object)
  for name, method in pairs(methods) do methods[name] = framed(method) end
  return function(own, guessed)
    return setmetatable({}, { __name = object.name, __metatable = false, __index = function(_, key)
      if methods[key] then return methods[key] end
      if not known[key] then return rehearsal.misnamed(string.format("a %s has no %s", object.name, tostring(key)), key, names) end
      if own[key] ~= nil then return own[key] end
      if guessed then
        rehearsal.doubt()
        return guessed[key]
      end
      return missing and missing(key)
    end, __newindex = function(_, key)
      errors.usage(string.format("a %s cannot be changed: %s keeps its value", object.name, tostring(key)))
    end })
  end
end

return answer
