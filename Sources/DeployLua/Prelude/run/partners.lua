-- deployment:partners "lb" and deployment:partner "lb1": return hosts that are not targets, by the names that the recipe gives its
-- partners.

local import = ...
local language, rehearsal, tables = import "runtime/language", import "runtime/rehearsal", import "runtime/tables"
local values, void, fleet, sets = import "runtime/values", import "runtime/void", import "run/fleet", import "run/sets"

language.word {
  name = "deployment:partners", nature = "pure", phases = { "run" }, gives = "hosts", optional = { "\"name\"" },
  takes = "\"name\"",
  summary = "Returns the hosts of a group of partners, or all partners if no name is given. Partners have the same methods as other hosts.",
  example = "for _, balancer in ipairs(deployment:partners \"balancers\") do balancer:run \"systemctl reload nginx\" end",
}
language.word {
  name = "deployment:partner", nature = "pure", phases = { "run" }, gives = "host", takes = "\"name\"",
  summary = "Returns the partner of the recipe that has this name. A partner is a host that the deployment uses without installing a "
    .. "release there, such as a balancer.",
  example = "deployment:partner(\"db1\"):run \"bin/backup\"",
}

language.word {
  name = "rollout:partners", nature = "pure", phases = { "run" }, gives = "hosts", optional = { "\"name\"" },
  takes = "\"name\"",
  summary = "Returns the hosts of a group of partners, as deployment:partners does.",
  example = "rollout:partners(\"lb\"):first():run \"bin/announce\"",
}
language.word {
  name = "rollout:partner", nature = "pure", phases = { "run" }, gives = "host", takes = "\"name\"",
  summary = "Returns the partner of the recipe that has this name, as deployment:partner does.",
  example = "rollout:partner(\"db1\"):run \"bin/backup\"",
}

local fix = "a recipe names the groups that it works with: partners = group %q"

local function is_name(word, name)
  if type(name) == "string" and name ~= "" then return true end
  if name ~= void then
    rehearsal.complain(string.format("deployment:%s takes a name in quotes, got %s", word, values.described(name)))
  end
end

--- Calls visit(number, facts) for each partner.
local function each_partner(visit)
  for number = 0, fleet.count() - 1 do
    local facts = fleet.facts(number)
    if facts.partner then visit(number, facts) end
  end
end

local partners = {}

--- plugin: the plugin whose grants the handles carry, or nil if the handles are allowed to do everything.
function partners.partners(name, plugin)
  if name ~= nil and not is_name("partners", name) then return sets.new {} end
  local numbers, known = {}, {}
  each_partner(function(number, facts)
    local fits = name == nil
    for _, group in ipairs(facts.partner) do
      known[group] = true
      fits = fits or group == name
    end
    if fits then numbers[#numbers + 1] = number end
  end)
  if #numbers > 0 or name == nil then return sets.of(numbers, plugin) end
  local names = tables.keys(known)
  if #names > 0 then rehearsal.misnamed(string.format("the recipe has no partners %q", name), name, names) else
    rehearsal.misuse(string.format("the recipe has no partners %q", name), string.format(fix, name))
  end
  return sets.new {}
end

function partners.partner(name, plugin)
  if not is_name("partner", name) then return void end
  local found, names = nil, {}
  each_partner(function(number, facts)
    names[#names + 1] = facts.name
    if facts.name == name then found = number end
  end)
  if found then return fleet.handle(found, plugin) end
  return rehearsal.misnamed(string.format("no partner is called %q", name), name, names)
end

return partners
