-- bundle "folder" or bundle { … }: the revision that is packed and sent.

local import = ...
local language, phases, problems = import "runtime/language", import "runtime/phases", import "runtime/problems"
local values = import "runtime/values"
local fields, types = import "types/fields", import "types/types"

local bundle = { kind = values.kind "bundle" }

language.word {
  name = "bundle", nature = "pure", phases = { "description" }, takes = "\"folder\" or { … }",
  summary = "The revision: what is packed and sent.",
  example = "bundle { build = \"make dist\", from = \"dist\", ignore = { \"*.map\" } }",
  fields = {
    { "from", "name", "a folder or an archive, relative to the project" }, { "build", "name", "a command run before, here" },
    { "ignore", "strings", "patterns of paths to leave out" }, { "git", "name", "a branch, tag or commit instead of from" },
    { "repository", "name", "the local repository of git; the project if not given" },
  },
}

local function define(given)
  phases.describing "bundle"
  local place = problems.here()
  if type(given) == "string" then given = { from = given } end
  local own = fields.read("bundle", "bundle", given, place)
  if type(given) == "table" and own.from and own.git then
    problems.add("a bundle comes from a path or from git, not from both", nil, problems.at_field(place, "git"))
  elseif type(given) == "table" and given.from == nil and given.git == nil then
    problems.add("bundle needs from (a folder or an archive) or git (a branch, tag or commit)", nil, place)
  end
  own.place = place
  return proxy(bundle.kind, 0, own)
end
language.meaning("bundle", define)

types.define("revision", 'bundle "folder" or bundle { from = …, build = … }', function(v)
  if type(v) == "string" then v = define(v) end
  return values.is(v, bundle.kind) ~= nil, v
end)

--- As the engine gets it; nil for none.
function bundle.data(value)
  if not value then return nil end
  local own = payload(value)
  return problems.placed({ from = own.from, git = own.git, repository = own.repository, build = own.build, ignore = own.ignore }, own.place)
end

return bundle
