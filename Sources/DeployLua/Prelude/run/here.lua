-- here: the engine's own machine.

local import = ...
local grants, language = import "runtime/grants", import "runtime/language"
local near, phases = import "runtime/near", import "runtime/phases"
local problems, rehearsal, tables = import "runtime/problems", import "runtime/rehearsal", import "runtime/tables"
local values, void, command, file = import "runtime/values", import "runtime/void", import "run/command", import "run/file"

local kind = values.kind "here"
local here = proxy(kind, 0, {})
language.object { name = "here", summary = "The engine's own machine.", fields = {} }

--- Copies the words of a command, so that nothing can change them after the check.
local function own_words(given) return type(given) == "table" and tables.joined(given) or given end

--- Environment variables that make a shell, a linker or an interpreter run something other than the command.
local leading = tables.set { "BASH_ENV", "BASHOPTS", "EDITOR", "ENV", "GCONV_PATH", "IFS", "PAGER", "PATH", "PROMPT_COMMAND", "PS4",
  "SHELLOPTS", "VISUAL" }
local families = { "BASH_FUNC_", "CLASSPATH", "GEM_", "GIT_", "JAVA_", "JDK_", "LD_", "LUA_", "NODE_", "NPM_", "PERL", "PHP", "PYTHON",
  "RUBY", "SSH_", "_JAVA_" }

local function leads_astray(name)
  local upper = string.upper(tostring(name))
  if leading[upper] then return true end
  for _, family in ipairs(families) do if string.sub(upper, 1, #family) == family then return true end end
  return false
end

--- Returns a call's options without those that would make the command run another program. Such options are reported as mistakes.
local function own_options(given, plugin, method, program)
  local options = type(given) == "table" and tables.copy(given) or given
  if type(options) ~= "table" then return options end
  local others = options.cwd ~= nil and string.find(program, "/", 1, true) ~= nil
  if type(options.env) == "table" then
    options.env = tables.copy(options.env)
    for name in pairs(options.env) do others = others or leads_astray(name) end
  end
  local what = method .. " with another folder, or variables that lead to other programs"
  if others and not grants.may(plugin, "local.exec:sh", what) then return nil, true end
  return options
end

--- Returns true and the arguments of a call if the plugin's grants cover the call; otherwise false.
local function covered(plugin, name, given, options)
  local method = "here:" .. name
  if name == "read" then
    if type(given) ~= "string" or grants.may(plugin, "local.read:" .. given, method) then return true, given, options end
    return false
  end
  given = own_words(given)
  local program = "sh" -- the program for a command that is one text
  if type(given) == "table" then program = type(given[1]) == "string" and given[1] or "sh" end
  if not grants.may(plugin, "local.exec:" .. program, method) then return false end
  local refused
  options, refused = own_options(options, plugin, method, program)
  return not refused, given, options
end

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
    local inside = values.is(self, kind)
    if inside and not inside.plugin then return method(...) end
    if inside then
      local good, given, options = covered(inside.plugin, name, ...)
      if not good then return void end
      return method(given, options)
    end
    return rehearsal.misuse(string.format("%s is written with a colon, got %s for here", word, values.described(self)))
  end)
end

kind.__index = function(_, key)
  if callable[key] then return callable[key] end
  problems.add(string.format("here has no %s", tostring(key)), near.question(key, tables.keys(methods)), nil, "misnamed")
  return void
end

language.meaning("here", here)
language.meaning_with_grants("here", function(plugin) return proxy(kind, 0, { plugin = plugin }) end)
