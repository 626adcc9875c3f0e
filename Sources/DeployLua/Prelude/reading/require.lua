-- require "name": loads a plugin, a recipe that comes with Lander, or a file of the same plugin.

local import = ...
local boundary, copies, errors = import "runtime/boundary", import "runtime/copies", import "runtime/errors"
local grants, language, phase = import "runtime/grants", import "runtime/language", import "runtime/phase"
local problems, values, void = import "runtime/problems", import "runtime/values", import "runtime/void"
local source, plugin, strategy = import "reading/source", import "words/plugin", import "words/strategy"

language.word {
  name = "require", nature = "pure", phases = { "description" }, takes = "\"name\"",
  summary = "Returns the value of a plugin (name), of a recipe that comes with Lander (recipes.name), or of a file of the same plugin "
    .. "(./name).",
  example = "local http_check = require \"http_check\"",
}

local modules = {} -- by path: { value }, or { busy = true } while the file is being read

local require_for

--- Returns the engine's answer for the main file in a plugin's manifest, or nil if a problem was noted.
local function main_of(answer, place)
  local known = plugin.read(answer.plugin, answer.manifest_path, answer.manifest, answer.origin)
  if known.main == "init.lua" and answer.path then return answer end
  local main = boundary.ask { op = "require", name = "./" .. string.sub(known.main, 1, -5), besides = answer.manifest_path }
  if not main.message then return main end
  problems.add(string.format("plugin %q has no %s", answer.plugin, known.main),
    "write it, or name another file: main = \"…\" in plugin.lua", place)
end

local function run(answer)
  local chunk = source.compile(answer.path, answer.text, answer.globals, require_for)
  if not chunk then return void end
  modules[answer.path] = { busy = true }
  local value = chunk()
  modules[answer.path] = { value = value }
  return value
end

--- Returns whether a plugin with grants is allowed to require a module that is not one of its own files. Its dependencies and strategies
--- are allowed.
local function may_require(own, name, place)
  if string.find(name, "^%./") or string.find(name, "^recipes%.strategies%.") or own.dependencies[name] then return true end
  local declared = string.format("add to plugin.lua: dependencies = { %s = \"^1.0\" }", name)
  problems.add(string.format("plugin %q requires %q, which is none of its dependencies", own.name, name),
    not string.find(name, ".", 1, true) and declared or "a plugin reaches its own files, its dependencies and recipes.strategies", place)
  return false
end

--- Returns what a plugin with grants gets from another module: copies of tables, and strategies that act with the plugin's own grants.
local function handed_over(value, own, name, place)
  if string.find(name, "^%./") then return value end
  local other = grants.plugins[name]
  if other and not other.bound then
    problems.add(string.format("plugin %q requires %q, which may do everything because its plugin.lua has no capabilities", own.name, name),
      string.format("write what %s needs: capabilities = { … }", name), place)
    return void
  end
  -- The required plugin was granted nothing itself, so the plugin that requires it needs every capability that the required one asks for.
  if other and other.origin ~= "locked" then
    for _, one in ipairs(other.asks) do grants.may(own, one, string.format("require %q", name)) end
  end
  return strategy.shared(copies.of(value), own)
end

--- Returns advice about how to break a circle of files. path: the required file, which is still being read. place: the place of the
--- `require`.
local function way_out(path, place)
  if place and place.file == path then return "remove the line: a file need not require itself" end
  return "move the shared code to a third file, and require that file in both"
end

--- Returns the value of a file. The file is read when it is first required.
local function value_of(answer, name, place)
  local path = answer.path
  local known = answer.manifest and grants.plugins[answer.plugin]
  if answer.manifest then
    if known and known.path then path = known.path else
      answer = main_of(answer, place)
      if not answer then return void end
      path = answer.path
      local read = grants.plugin_of(path)
      if read then read.path = path end
    end
  end
  local loaded = modules[path]
  if not loaded then return run(answer) end
  if not loaded.busy then return loaded.value end
  problems.add(string.format("require %q goes round in a circle", name), way_out(path, place), place)
  return void
end

--- Makes the `require` of a file.
require_for = function(file)
  return function(name)
    local place = problems.here()
    if type(name) ~= "string" then
      problems.add("require takes a name in quotes, got " .. values.described(name))
      return void
    end
    if phase.is "run" then errors.usage("require belongs to the top of the file, where nothing runs yet") end
    local own = grants.of_file(file)
    if own and not may_require(own, name, place) then return void end
    local answer = boundary.ask { op = "require", name = name, besides = file }
    if answer.message then
      grants.refused[name] = true
      problems.add(answer.message, answer.fix, place)
      return void
    end
    local value = value_of(answer, name, place)
    return own and handed_over(value, own, name, place) or value
  end
end

return require_for
