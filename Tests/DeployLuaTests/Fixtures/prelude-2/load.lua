-- Reading files: environments, require, and the project itself.

local libraries = { "string", "table", "math", "utf8", "coroutine" }
local basics = { "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawequal", "rawget", "rawlen", "rawset", "select",
  "setmetatable", "tonumber", "tostring", "type", "xpcall", "collectgarbage", "print" }
local words = { "recipe", "group", "host", "configuration", "strategy", "stage", "transport", "bundle", "param", "schema", "secret", "log",
  "retry", "each", "all", "within", "fail", "sleep", "quote", "here" }
local elsewhere = { os = "lander's own words reach hosts and files", io = "lander's own words reach hosts and files",
  debug = "it is not available in recipes", package = "require reaches plugins and shipped recipes",
  dofile = "require reaches plugins and shipped recipes", loadfile = "require reaches plugins and shipped recipes",
  deployment = "functions of hooks and stages get it: function(host, deployment) … end", warn = "use log.warn",
  upload = "did you mean stage.upload?", rollout = "did you mean stage.rollout?", unpack = "did you mean table.unpack?" }
local strategies = {}
for _, name in ipairs(vocabulary.strategies) do strategies[name] = true end

local modules, environments, unknown = {}, {}, {}
local require_from

local function known_names()
  local names = {}
  for _, list in ipairs { libraries, basics, words, vocabulary.strategies, { "require", "load" } } do
    for _, name in ipairs(list) do names[#names + 1] = name end
  end
  return names
end

local function no_global(name, place)
  problem(string.format("there is no global %s", tostring(name)), elsewhere[name] or did_you_mean(name, known_names()), place)
end

local function not_local(name, place)
  problem(string.format("%s is not local", tostring(name)), string.format("write: local %s = …", tostring(name)), place)
end

local function new_environment(file)
  local globals, reported = {}, {}
  unknown[globals] = reported
  for _, name in ipairs(libraries) do globals[name] = copy(_ENV[name]) end
  for _, name in ipairs(basics) do globals[name] = for_recipes[name] or _ENV[name] end
  for _, name in ipairs(words) do
    local meaning = _ENV[name]
    globals[name] = type(meaning) == "function" and framed(meaning) or meaning
  end
  globals.require = framed(function(name) return require_from(file, name) end)
  globals.load = function(text, _, _, environment)
    if type(text) ~= "string" then usage "load takes a text" end
    return load(text, "@(load)", environment or globals)
  end
  return setmetatable(globals, {
    __metatable = false,
    __index = function(_, name)
      if strategies[name] then return require_from(file, "recipes.strategies." .. name) end
      if reported[name] and phase ~= "run" then return void end
      reported[name] = true
      no_global(name)
      return void
    end,
    __newindex = function(_, name)
      if reported[name] and phase ~= "run" then return end
      reported[name] = true
      not_local(name)
    end,
  })
end

--- One environment for a plugin, one for each other file.
local function environment_for(file)
  local key = string.match(file, "^(plugins/[^/]+)/") or file
  if not environments[key] then environments[key] = new_environment(file) end
  return environments[key]
end

--- Takes down globals that do not exist, in functions that have not run as well.
local function check_globals(file, list)
  local environment = environment_for(file)
  local reported = unknown[environment]
  for _, global in ipairs(list) do
    local name, place = global.name, { file = file, line = global.line }
    if global.written then
      reported[name] = true
      not_local(name, place)
    elseif rawget(environment, name) == nil and not strategies[name] and not reported[name] then
      reported[name] = true
      no_global(name, place)
    end
  end
end

--- What usually helps: Lua names the place where it could not go on, which is often below the mistake.
local function syntax_fix(message)
  local opener, opened = string.match(message, "to close '(.-)' at line (%d+)")
  if opened then return string.format("what begins with %s on line %s is not closed before this line", opener, opened) end
  if string.find(message, "near <eof>", 1, true) then return "the file ends too early: something above wants an end, a } or a )" end
  if string.find(message, "unfinished string", 1, true) then return "close the quotes on the same line; [[ … ]] holds longer texts" end
  if string.find(message, "unfinished long", 1, true) then return "close it with ]]" end
  return "look at the end of the line before, too: a comma, a quote, then, do or end may be missing there"
end

local function syntax_problem(message)
  local file, line, rest = string.match(message, "^(.-):(%d+): (.*)$")
  problems[#problems + 1] = { message = rest or message, file = file, line = math.tointeger(tonumber(line)), fix = syntax_fix(message) }
end

local function read_manifest(name, path, text, place)
  local ok, manifest = pcall(data, text, "@" .. path)
  local at = { file = path, line = 1 }
  if not ok then
    local message = type(manifest) == "table" and manifest.message or tostring(manifest)
    return problem(string.format("plugin %q: %s", name, message), "plugin.lua holds data only: return { name = … }", at)
  end
  local fields = read_fields("plugin.lua of " .. name, "plugin", manifest, at)
  if fields.api and fields.api > vocabulary.api then
    problem(string.format("plugin %q needs API %d, this lander has %d", name, fields.api, vocabulary.api),
      "install a newer lander", at)
  end
  if fields.name and fields.name ~= name then
    problem(string.format("the plugin in plugins/%s calls itself %q", name, fields.name), nil, at_field(at, "name"))
  end
end

require_from = function(from, name)
  local place = here_is()
  if type(name) ~= "string" then
    problem("require takes a name in quotes, got " .. described(name))
    return void
  end
  if phase == "run" then usage("require belongs to the top of the file, where nothing runs yet") end
  local answer = ask("require", from, name)
  if answer.message then
    problem(answer.message, answer.fix, place)
    return void
  end
  local loaded = modules[answer.path]
  if loaded then
    if loaded.busy then
      problem(string.format("require %q goes round in a circle", name), nil, place)
      return void
    end
    return loaded.value
  end
  if answer.manifest then read_manifest(answer.plugin, answer.manifest_path, answer.manifest, place) end
  local chunk, message = load(answer.text, "@" .. answer.path, environment_for(answer.path))
  if not chunk then
    syntax_problem(message)
    return void
  end
  check_globals(answer.path, answer.globals)
  modules[answer.path] = { busy = true }
  local value = chunk()
  modules[answer.path] = { value = value }
  return value
end

local function error_problem(e)
  local file, line = string.match(rawget(e, "where") or "", "^(.*):(%d+)$")
  local message = rawget(e, "message")
  if type(message) == "string" and file then
    local prefix = file .. ":" .. line .. ": "
    if string.sub(message, 1, #prefix) == prefix then message = string.sub(message, #prefix + 1) end
  end
  problems[#problems + 1] = { message = message, fix = rawget(e, "fix"), file = file, line = math.tointeger(tonumber(line)) }
end

--- Reads a project from its main file; the result is plain data with problems beside it.
load_number = register(function(path, request)
  local chunk, message = load(request.text, "@" .. path, environment_for(path))
  if not chunk then
    syntax_problem(message)
    return { recipes = {}, groups = {}, configurations = {}, problems = problems }
  end
  check_globals(path, request.globals)
  local ok, failure = xpcall(chunk, located)
  if not ok then error_problem(failure) end
  if not ok then return { recipes = {}, groups = {}, configurations = {}, problems = problems } end
  return project_data(request.checks, request.only)
end)
