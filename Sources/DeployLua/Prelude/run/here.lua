-- here: the engine's own machine.

local import = ...
local language, near, phases = import "runtime/language", import "runtime/near", import "runtime/phases"
local problems, rehearsal, tables = import "runtime/problems", import "runtime/rehearsal", import "runtime/tables"
local values, void, command, file = import "runtime/values", import "runtime/void", import "run/command", import "run/file"

local kind = values.kind "here"
local here = proxy(kind, 0, nil)
language.object { name = "here", summary = "The engine's own machine.", fields = {} }

local methods = {
  run = function(given, options) return command.run("here:run", nil, given, options, false) end,
  try = function(given, options) return command.run("here:try", nil, given, options, true) end,
  read = function(path, options) return file.read("here:read", nil, path, options) end,
}
local callable = {}
for name, method in pairs(methods) do
  local word = "here:" .. name
  callable[name] = framed(function(self, ...)
    if not phases.running(word) then return void end
    if self == here then return method(...) end
    return rehearsal.misuse(string.format("%s is written with a colon, got %s for here", word, values.described(self)))
  end)
end

kind.__index = function(_, key)
  if callable[key] then return callable[key] end
  problems.add(string.format("here has no %s", tostring(key)), near.question(key, tables.keys(methods)), nil, "misnamed")
  return void
end

language.meaning("here", here)
