-- Reads a project from its main file. Returns plain data that includes the problems.

local import = ...
local problems, grants, named = import "runtime/problems", import "runtime/grants", import "words/named"
local configuration, group, recipe = import "words/configuration", import "words/group", import "words/recipe"
local source, require_for, strategy = import "reading/source", import "reading/require", import "words/strategy"
local plugin, words = import "words/plugin", import "words/allow"
import "words/schema"
local given = { "env", "read_dotenv", "read_json", "read_text", "read_yaml", "template" }
local pure = { "base64", "json", "sha256", "url", "yaml" }
for _, names in ipairs { given, pure } do for _, name in ipairs(names) do import("words/" .. name) end end

--- Returns everything that was described, in the order of the files, so that equal sources give equal numbers to functions. checks: whether
--- names must exist. only: the requested recipes, by name, or nil for all. The other recipes get their numbers but are not included.
local function described(checks, only)
  local project = { recipes = {}, groups = {}, configurations = {}, problems = problems.list, warnings = problems.warnings }
  named.finish()
  if not only then
    for i, value in ipairs(named.group) do project.groups[i] = group.data(value, checks) end
    for i, value in ipairs(named.configuration) do project.configurations[i] = configuration.data(value) end
  end
  for _, value in ipairs(named.recipe) do
    local one = recipe.data(value, checks)
    if not only or only[value.name] then project.recipes[#project.recipes + 1] = one end
  end
  grants.finish()
  project.plugins = grants.data()
  return project
end

local function nothing() return { recipes = {}, groups = {}, configurations = {}, problems = problems.list } end

--- Reads a file. Returns false if the reading must stop there. words: the globals of the file besides those of the language.
local function has_read(file, words)
  local chunk = source.compile(file.path, file.text, file.globals, require_for, words)
  if not chunk then return false end
  local good, failure = xpcall(chunk, located)
  if not good then source.failed(failure) end
  return good
end

--- Reads what a request asks for. request: { path, text, globals, checks, only, spec }, or { manifest, path } for a manifest alone, or {
--- noted = true } for the problems that were found before an error ended the reading. spec: a file of tests, which is read after the main
--- file, or nil for none.
return function(request)
  if request.noted then return nothing() end
  if request.manifest then return plugin.described(request.manifest, request.path) end
  strategy.require = require_for(request.path)
  if not has_read(request, words) then return nothing() end
  local spec = request.spec and import "spec/words"
  grants.spec = spec and request.spec.path
  if spec then spec.chosen = request.only and 0 or request.spec.chosen end
  if spec and not has_read(request.spec, spec.words) then return nothing() end
  local project = described(request.checks, request.only)
  if spec and not request.only then project.tests = spec.data() end
  return project
end
