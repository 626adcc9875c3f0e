-- The globals that a file of a recipe can use, and the messages about those that it cannot use.

local import = ...
local errors, grants, language = import "runtime/errors", import "runtime/grants", import "runtime/language"
local near, phase = import "runtime/near", import "runtime/phase"
local problems, tables, void = import "runtime/problems", import "runtime/tables", import "runtime/void"
local shipped, schema = import("words/strategy").shipped, import "words/schema"

local environment = {}

local libraries = { "string", "table", "math", "utf8", "coroutine" }
local basics = { "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawlen", "rawset", "select",
  "setmetatable", "tonumber", "tostring", "type", "xpcall", "collectgarbage" }
local of_files = { "require", "load" } -- made for each environment
--- Names that people often try although they do not exist, each with its replacement.
local elsewhere = { os = "lander's own words reach hosts and files", io = "lander's own words reach hosts and files",
  debug = "it is not available in recipes", package = "require reaches plugins and shipped recipes",
  dofile = "require reaches plugins and shipped recipes", loadfile = "require reaches plugins and shipped recipes",
  deployment = "functions of hooks and stages get it: function(host, deployment) … end", warn = "use log.warn",
  upload = "did you mean stage.upload?", rollout = "did you mean stage.rollout?", unpack = "did you mean table.unpack?",
  loadstring = "it belongs to an older Lua: use load", setfenv = "it belongs to an older Lua: load takes an environment",
  getfenv = "it belongs to an older Lua: the environment is _ENV", module = "it belongs to an older Lua: a file returns its table" }

local strategies = tables.set(shipped)
local environments, reported_of = {}, {}

local function known_names()
  local names = {}
  for _, list in ipairs { libraries, basics, tables.keys(language.globals), shipped, of_files } do
    names = tables.joined(names, list)
  end
  return names
end

local function no_global(name, place)
  problems.add(string.format("there is no global %s", tostring(name)), elsewhere[name] or near.question(name, known_names()), place)
end

local function not_local(name, place)
  problems.add(string.format("%s is not local", tostring(name)), string.format("write: local %s = …", tostring(name)), place)
end

--- Makes the globals of an environment report a name that does not exist. While files are read, each name is reported once.
local function guarded(globals, reported, require)
  return setmetatable(globals, {
    __metatable = false,
    __index = function(_, name)
      if strategies[name] then return require("recipes.strategies." .. name) end
      if reported[name] and not phase.is "run" then return void end
      reported[name] = true
      no_global(name)
      return void
    end,
    __newindex = function(_, name)
      if reported[name] and not phase.is "run" then return end
      reported[name] = true
      not_local(name)
    end,
  })
end

--- Words that read the project and its environment. A plugin with grants does not have them.
local of_the_project = { "env", "read_dotenv", "read_json", "read_text", "read_yaml", "template" }

local function refused(name, plugin)
  return framed(function()
    problems.add(string.format("%s: plugin %q cannot read the project or its environment", name, plugin.name),
      string.format("read it in deploy.lua, and give it to %s as an option", plugin.name))
    return void
  end)
end

--- Adds the globals that only a plugin has: its own options, and words that act with its grants.
local function add_own(globals, plugin)
  if #tables.keys(plugin.options) > 0 then globals.options = schema.of_manifest(plugin) end
  if not plugin.bound then return end
  for name, make in pairs(language.bound) do globals[name] = make(plugin) end
  for _, name in ipairs(of_the_project) do globals[name] = refused(name, plugin) end
end

--- The `ipairs` of recipes. A loop over `void` ends immediately, so that the earlier mistake is reported and not an endless loop.
local function list_pairs(list)
  if rawequal(list, void) then return pairs(list) end
  return ipairs(list)
end

local function new(require, plugin)
  local globals, reported = tables.copy(language.globals), {}
  reported_of[globals] = reported
  for _, name in ipairs(libraries) do globals[name] = tables.copy(_ENV[name]) end
  for _, name in ipairs(basics) do globals[name] = for_recipes[name] or _ENV[name] end
  globals.ipairs = list_pairs
  globals.require = framed(require)
  globals.load = function(text, _, _, own)
    if type(text) ~= "string" then errors.usage "load takes a string" end
    return load(text, plugin and "@plugins/" .. plugin.name .. "/(load)" or "@(load)", own or globals)
  end
  if plugin then add_own(globals, plugin) end
  return guarded(globals, reported, require)
end

--- Returns the environment of a file: a plugin's files share one, and any other file has its own. require_for: makes the `require` of a
--- file. words: further globals of a file that belongs to no plugin, or nil for none.
function environment.of(file, require_for, words)
  local key = not words and string.match(file, "^(plugins/[^/]+/)") or file
  if not environments[key] then
    environments[key] = new(require_for(file), grants.plugin_of(file))
    for name, word in pairs(words or {}) do rawset(environments[key], name, word) end
  end
  return environments[key]
end

--- Reports globals that do not exist, even in functions that have not run. list: { name, line, written } for each global of the file.
function environment.check(own, file, list)
  local reported = reported_of[own]
  for _, global in ipairs(list) do
    local name, place = global.name, { file = file, line = global.line }
    if global.written then
      reported[name] = true
      not_local(name, place)
    elseif rawget(own, name) == nil and not strategies[name] and not reported[name] then
      reported[name] = true
      no_global(name, place)
    end
  end
end

return environment
