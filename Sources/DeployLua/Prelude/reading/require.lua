-- require "name": a plugin, a shipped recipe, or a file of the same plugin.

local import = ...
local boundary, errors, language = import "runtime/boundary", import "runtime/errors", import "runtime/language"
local phase, problems = import "runtime/phase", import "runtime/problems"
local values, void = import "runtime/values", import "runtime/void"
local source, plugin = import "reading/source", import "words/plugin"

language.word {
  name = "require", nature = "pure", phases = { "description" }, takes = "\"name\"",
  summary = "A plugin, a shipped recipe (recipes.name), or a file of the same plugin (./name).",
  example = "local http_check = require \"http_check\"",
}

local modules = {} -- by path: { value }, or { busy = true } while it is read

local require_for

local function read(answer)
  if answer.manifest then plugin.read(answer.plugin, answer.manifest_path, answer.manifest) end
  local chunk = source.compile(answer.path, answer.text, answer.globals, require_for)
  if not chunk then return void end
  modules[answer.path] = { busy = true }
  local value = chunk()
  modules[answer.path] = { value = value }
  return value
end

--- The `require` of a file.
require_for = function(file)
  return function(name)
    local place = problems.here()
    if type(name) ~= "string" then
      problems.add("require takes a name in quotes, got " .. values.described(name))
      return void
    end
    if phase.is "run" then errors.usage("require belongs to the top of the file, where nothing runs yet") end
    local answer = boundary.ask { op = "require", name = name, besides = file }
    if answer.message then
      problems.add(answer.message, answer.fix, place)
      return void
    end
    local loaded = modules[answer.path]
    if not loaded then return read(answer) end
    if loaded.busy then
      problems.add(string.format("require %q goes round in a circle", name), nil, place)
      return void
    end
    return loaded.value
  end
end

return require_for
