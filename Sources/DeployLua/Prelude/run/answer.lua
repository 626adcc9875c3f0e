-- The answer to an operation, as recipes get it: an object whose fields can be read but not set. A rehearsal knows some of the fields and
-- invents the others.

local import = ...
local errors, language, rehearsal = import "runtime/errors", import "runtime/language", import "runtime/rehearsal"

local answer = {}

--- Returns a function that makes such objects, according to their declaration. methods: functions by name. missing(key): returns the value
--- of a declared field that the answer lacks. If missing is nil, such a field is nil. The returned function takes the known fields, and the
--- fields that a rehearsal invented. If a recipe reads an invented field, this is noted as a doubt.
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
