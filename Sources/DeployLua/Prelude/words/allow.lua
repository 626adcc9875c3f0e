-- allow "plugin" { "capability", … }: what a plugin from elsewhere is allowed to do in this project. Only deploy.lua has this word.

local import = ...
local capability, grants, language = import "runtime/capability", import "runtime/grants", import "runtime/language"
local phases, problems, values = import "runtime/phases", import "runtime/problems", import "runtime/values"
local void, named, types = import "runtime/void", import "words/named", import "types/types"

language.word {
  name = "allow", nature = "pure", phases = { "description" }, gives = "nothing", takes = "\"plugin\" { \"capability\", … }",
  summary = "Grants capabilities to a plugin that deploy.lock lists. Only deploy.lua may call this function.",
  example = "allow \"chat\" { \"host.run\", \"secret:CHAT_TOKEN\" }",
}

local function allow(name)
  phases.describing "allow"
  local place = problems.here()
  if type(name) ~= "string" then
    problems.add("allow takes a plugin's name in quotes, got " .. values.described(name), nil, place)
    return void
  end
  if grants.allowed[name] then
    problems.add(string.format("allow %q stands there twice", name),
      string.format("the first one is in %s:%d", grants.allowed[name].place.file, grants.allowed[name].place.line), place)
  end
  return named.begun("allow", name, place, function(given)
    local good, list = {}, types.read(string.format("allow %q", name), types.named "strings", given, place) or {}
    for _, one in ipairs(list) do
      local message, fix = capability.fault(one)
      if message then problems.add(string.format("allow %q: %s", name, message), fix, place) else good[#good + 1] = one end
    end
    grants.allowed[name] = grants.allowed[name] or { list = good, place = place }
  end)
end

return { allow = framed(allow) }
