-- bundle "folder" or bundle { … }: the revision that is packed and sent.

local import = ...
local grants, language = import "runtime/grants", import "runtime/language"
local phases, problems = import "runtime/phases", import "runtime/problems"
local values = import "runtime/values"
local fields, types = import "types/fields", import "types/types"

local bundle = { kind = values.kind "bundle" }

language.word {
  name = "bundle", nature = "pure", phases = { "description" }, takes = "\"folder\" or { … }",
  summary = "Describes the revision: the files that Lander packs and sends to the hosts.",
  example = "bundle { build = \"make dist\", from = \"dist\", ignore = { \"*.map\" } }",
  fields = {
    { "from", "name", "the path of a folder or an archive, relative to the project's folder" },
    { "build", "name", "a command that makes the files. It runs on the engine's machine, before Lander packs the files" },
    { "ignore", "strings", "patterns of paths to leave out" },
    { "git", "name", "a branch, a tag or a commit whose files Lander packs. With git, leave out the field from" },
    { "repository", "name", "the path of the local git repository that has this branch, tag or commit", default = "the project" },
  },
}

--- plugin: the plugin whose grants count, or nil if the caller is allowed to do everything.
local function define(given, plugin)
  phases.describing "bundle"
  local place = problems.here()
  if type(given) == "string" then given = { from = given } end
  local own = fields.read("bundle", "bundle", given, place)
  if type(given) == "table" and own.from and own.git then
    problems.add("a bundle comes from a path or from git, not from both", nil, problems.at_field(place, "git"))
  elseif type(given) == "table" and given.from == nil and given.git == nil then
    problems.add("bundle needs from (a folder or an archive) or git (a branch, tag or commit)", nil, place)
  end
  if own.build then grants.may(plugin, "local.exec:sh", "build of bundle") end
  if own.from then grants.may(plugin, "local.read:" .. own.from, "from of bundle") end
  if own.git then grants.may(plugin, "local.read:" .. (own.repository or "./"), "git of bundle") end
  own.place = place
  return proxy(bundle.kind, 0, own)
end
local function with_grants(plugin)
  return function(given, ...)
    problems.surplus("bundle", select("#", ...), 'bundle { from = "dist", build = … }')
    return define(given, plugin)
  end
end
language.meaning("bundle", with_grants(nil))
language.meaning_with_grants("bundle", with_grants)

types.define("revision", 'bundle "folder" or bundle { from = …, build = … }', function(v)
  if type(v) == "string" then v = define(v, grants.asking()) end
  return values.is(v, bundle.kind) ~= nil, v
end)

--- Returns the bundle as data for the engine, or nil if there is none.
function bundle.data(value)
  if not value then return nil end
  local own = payload(value)
  return problems.placed({ from = own.from, git = own.git, repository = own.repository, build = own.build, ignore = own.ignore }, own.place)
end

return bundle
