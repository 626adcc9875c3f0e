-- What recipes, groups, configurations and transports have in common: each has a name and only one definition.

local import = ...
local phase, problems = import "runtime/phase", import "runtime/problems"
local values, void = import "runtime/values", import "runtime/void"

local named = {
  -- The definitions, in the order of the files and by name.
  recipe = {}, group = {}, configuration = {}, transport = {},
  by_name = { recipe = {}, group = {}, configuration = {}, transport = {} },
}
local longest = 200   -- bytes of a name
local unfinished = {} -- names after which the table is still missing

--- Keeps a definition, and reports a second one of the same name. Returns whether it is the first.
function named.declare(what, name, value, place)
  if phase.is "test" then
    problems.add(string.format("%s %q is described in a test, when everything is read already", what, name),
      "move it out of the test, to the top of the file", place)
  end
  local other = named.by_name[what][name]
  if other then
    problems.add(string.format("%s %q is defined twice", what, name),
      string.format("the first one is in %s:%d", other.place.file or "?", other.place.line or 0), place)
    return false
  end
  named.by_name[what][name] = value
  local list = named[what]
  list[#list + 1] = value
  return true
end

--- Returns whether a name can be used in file names and on command lines. If it cannot, reports that.
function named.is_good(what, name, place)
  if type(name) == "string" and #name > longest then
    problems.add(string.format("a %s's name has at most %d bytes, got %d", what, longest, #name), nil, place)
    return false
  end
  if type(name) == "string" and string.match(name, "^[%w][%w%._%-]*$") then return true end
  if name ~= void then
    problems.add(string.format("a %s's name is made of letters, digits, '.', '_' and '-', got %s", what, values.described(name)), nil,
      place)
  end
  return false
end

--- Begins a definition whose word takes a name and then a table. Until the table is given, the definition is unfinished.
function named.begun(what, name, place, finish)
  local entry = { what = what, name = name, place = place }
  unfinished[#unfinished + 1] = entry
  return framed(function(body)
    entry.done = true
    return finish(body)
  end)
end

--- Reports each name that was not followed by a table.
function named.finish()
  for _, entry in ipairs(unfinished) do
    if not entry.done then
      problems.add(string.format("%s %q has a name and nothing else", entry.what, entry.name), "a table { … } belongs after it",
        entry.place)
    end
  end
end

return named
